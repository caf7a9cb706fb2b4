/* SPDX-License-Identifier: Apache-2.0
 *
 * Stacks that SEEP_VERIFY found unwound differently: written to the trace at the next drain.
 */
#ifndef SEEP_DISAGREEMENTS_H
#define SEEP_DISAGREEMENTS_H

void disagreements_write(void);

#endif
