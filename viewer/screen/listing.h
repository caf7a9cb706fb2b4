/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a report as rows of a table: the figures of report/columns.h, the verdict, the name. What
 * the views of sites, functions and of the tree have in common, and what others need of a row.
 */
#ifndef SEEP_LISTING_H
#define SEEP_LISTING_H

#include "screen/view.h"

/* Its elements are pointers to rows of the report. */
extern const struct grid_table listing_table;

/* What the picture's columns depend on. */
struct column_context listing_context(const struct picture *picture);

/* What tells a row apart from others, also in another reading of the same trace. */
uint64_t listing_key(const struct picture *picture, const struct analysis_site *site);

/* The site's name as the rows show it. */
#define LISTING_NAME 1024
const char *listing_name(char out[LISTING_NAME], const struct picture *picture,
                         const struct analysis_site *site);

/* Whether the site has needle in its function, file, module or name. */
bool listing_matches(const struct picture *picture, const struct analysis_site *site,
                     const char *needle);

#endif
