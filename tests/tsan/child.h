/* SPDX-License-Identifier: Apache-2.0
 *
 * Forked children, which live a short life of their own.
 */
#ifndef RACE_CHILD_H
#define RACE_CHILD_H

/* By any thread; waits for the child. Ends the process where the child did not end well. */
void child_fork(void);

#endif
