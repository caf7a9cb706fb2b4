/* SPDX-License-Identifier: Apache-2.0
 *
 * A program whose code addresses stand in the traces of screen_traces: so that screens show
 * functions, files and lines. Each function returns the address of a call in itself.
 */
#ifndef SEEP_TEST_SAMPLE_H
#define SEEP_TEST_SAMPLE_H

#include <stdint.h>

uint64_t sample_session_create(void);
uint64_t sample_cache_fill(void);
uint64_t sample_serve(void);
uint64_t sample_main(void);

/* Where this program is: its load bias, and its build-id (owned by the program). */
struct sample_module {
  uint64_t bias;
  const void *build_id;
  uint64_t build_id_bytes;
};
struct sample_module sample_module(void);

#endif
