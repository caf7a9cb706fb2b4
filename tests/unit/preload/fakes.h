/* SPDX-License-Identifier: Apache-2.0
 *
 * What capture and contexts need of the rest of the recorder, made simple: a stage of anonymous
 * memory, and modules that are told apart by where they are mapped.
 */
#ifndef SEEP_TESTS_FAKES_H
#define SEEP_TESTS_FAKES_H

#include <stdint.h>

/* The load bias of a module that fake modules_find gave. */
uintptr_t fakes_bias(uint32_t module);
/* From now on stage_part gives nothing (or something again). */
void fakes_fail_stage(int fail);

#endif
