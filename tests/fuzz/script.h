/* SPDX-License-Identifier: Apache-2.0
 *
 * Traces as a fuzzer can change them: a script of frames, in which what a checksum or a length says
 * is left out, because it is made right when the trace is. So an input gets behind all that keeps
 * damage away from the decoders.
 *
 * A script is frames, each of
 *
 *   u8  type
 *   u8  how         SCRIPT_*
 *   u8  thread
 *   i8  step        first_sequence less the number that the thread's frames have come to
 *   u16 more        EVENTS: record_count less survivors; RECORDS: record_count less what fits
 *   u16 elapsed     first_stamp less that of the frame before, in 256 ticks
 *   u16 span        last_stamp less first_stamp, in 256 ticks
 *   u16 bytes       of the payload, which follows; what the script lacks of it is left out
 *
 * seeds.py makes scripts of traces.
 */
#ifndef SEEP_FUZZ_SCRIPT_H
#define SEEP_FUZZ_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

enum script_how {
  SCRIPT_COMPRESS = 1,
  SCRIPT_FIT = 2,   /* EVENTS: the lengths of the columns are made to fit the payload */
  SCRIPT_REPEAT = 4 /* the payload stands there 64 times over */
};

#define SCRIPT_HEAD_BYTES 12

/* The trace that a script makes, to be freed. */
uint8_t *script_trace(const uint8_t *script, size_t bytes, size_t *trace_bytes);

#endif
