/* SPDX-License-Identifier: Apache-2.0
 *
 * What a report or an info wrote, as text to look at.
 */
#ifndef SEEP_TEST_PAGE_H
#define SEEP_TEST_PAGE_H

#include "report/info.h"
#include "report/report.h"
#include "scene.h"

/* What the scene's report says over [from, to]; NULL: it said it could not be written. Free it. */
char *page_report(const struct scene *scene, bool json, const struct analysis_query *query,
                  size_t limit);
char *page_info(const struct scene *scene, bool json);

/* Runs jq with this program over the JSON document; ends the test unless every output is true. */
void page_jq(const char *json, const char *program);

#endif
