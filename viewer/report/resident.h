/* SPDX-License-Identifier: Apache-2.0
 *
 * Resident memory in words: how much of its growth the recorded blocks explain, and what the rest
 * is; or why that is not known. Labels of marks are made harmless on the way.
 */
#ifndef SEEP_REPORT_RESIDENT_H
#define SEEP_REPORT_RESIDENT_H

#include "analysis/resident.h"
#include "report/json_writer.h"

#define RESIDENT_SENTENCE_BYTES 1400

/* "resident memory grew 412 MiB: 395 MiB (96 %) are recorded blocks, 9.00 MiB the allocator's
 * headers and free memory, 6.00 MiB stacks", of an interval of the analysis. Writes into
 * out[RESIDENT_SENTENCE_BYTES] and returns it. */
const char *resident_growth_sentence(char *out, const struct trace *trace,
                                     const struct analysis *analysis, size_t from, size_t to);

/* "at after it was 512 MiB: 401 MiB (78 %) recorded blocks, …": what it consisted of at the end of
 * the interval; false: that is not known, and the growth's sentence says why. */
bool resident_state_sentence(char *out, const struct trace *trace, const struct analysis *analysis,
                             size_t from, size_t to);

/* "72.6 MiB at +3.50 s: 56.9 MiB malloc's heaps, …; 220 mappings": a reading by itself, without the
 * blocks. */
const char *resident_reading_sentence(char *out, const struct trace *trace,
                                      const struct trace_resident *reading);

/* An item's name for a table: a constant. */
const char *resident_item_text(enum resident_item item);

/* The member "resident" of an interval, and the member "resident" that lists all readings. */
void resident_json(struct json *json, const struct trace *trace, const struct analysis *analysis,
                   size_t from, size_t to);
void resident_json_readings(struct json *json, const struct trace *trace);

#endif
