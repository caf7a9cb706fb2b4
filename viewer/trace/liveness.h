/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the target of a stage is alive.
 */
#ifndef SEEP_TRACE_LIVENESS_H
#define SEEP_TRACE_LIVENESS_H

#include "trace/file.h"
#include <seep/stage.h>
#include <stdio.h>

/* A target holds a lock on its stage's first byte for as long as it lives. Where locks do not work
 * (some network file systems), a process of the stage's pid and start time that maps the stage. */
bool liveness_check(const struct file *stage_file, const struct seep_stage *stage);

/* A process's mappings, as /proc has them; those of a thread that is left where the first has ended
 * before the others. NULL: they are not to be had. */
FILE *liveness_open_maps(uint32_t pid);
/* Its target's process id in the namespace of whoever asks, as far as /proc tells; 0: it does not.
 */
uint32_t liveness_pid(const struct file *stage_file, const struct seep_stage *stage);

#endif
