/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of a family in words, by its report and by the viewer alike. Everything is harmless
 * for a terminal.
 */
#ifndef SEEP_COMPARE_FAMILY_WORDS_H
#define SEEP_COMPARE_FAMILY_WORDS_H

#include "compare/merge.h"
#include "report/sentence.h"
#include "report/warnings.h"

/* "running", "ended", "died", "no stage"; "unread" where the trace could not be read. */
const char *family_state(const struct merge_member *member);

/* "session_create (session.c:47) leaks in 2 of 4 processes that use it, at this load 1.9 GiB a day;
 * most in pid 4711: EVIDENCE (confidence 0.90)". Of a site that leaks; the rate is of all of them.
 * Writes into out[FAMILY_SENTENCE_BYTES] and returns it. */
#define FAMILY_SENTENCE_BYTES (IDENTITY_BYTES + SENTENCE_BYTES)
const char *family_sentence(char *out, const struct merge *merge, const struct merge_site *site);

/* Warning number index (from 0) about what is missing, as warnings_text has them; false: there are
 * no more. */
bool family_warning(char out[WARNING_BYTES], size_t index, const struct merge *merge);

#endif
