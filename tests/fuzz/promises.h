/* SPDX-License-Identifier: Apache-2.0
 *
 * What trace.h promises of any trace that opens.
 */
#ifndef SEEP_FUZZ_PROMISES_H
#define SEEP_FUZZ_PROMISES_H

/* Opens the trace at path if it can be, looks at what it says, and replays it twice. */
void promises_hold(const char *path);

#endif
