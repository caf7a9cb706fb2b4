/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel says of this process, again and again while it runs. Where there are descriptors
 * enough, the files are held open, at high numbers: opened each time, they would take for a moment
 * the number that another thread of the target is about to get. They serve where /proc is gone, and
 * behind a chroot.
 */
#ifndef SEEP_PROC_H
#define SEEP_PROC_H

#include <stddef.h>
#include <stdint.h>

enum proc_file { PROC_STATM, PROC_PAGEMAP, PROC_SMAPS, PROC_FILES };

/* Opens them, while the process most likely has one thread. */
void proc_start(void);
/* Bytes read, 0 at the end; negated errno: it is not to be had, or (-EAGAIN) another thread is just
 * reading. */
long proc_read(enum proc_file which, uint64_t offset, void *buffer, size_t bytes);
/* The thread that it was opened for has ended: next time it is opened for another. */
void proc_close(enum proc_file which);
/* In a forked child, and at the end. */
void proc_forget(void);

#endif
