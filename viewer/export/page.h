/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts that an HTML page is put together from.
 */
#ifndef SEEP_EXPORT_PAGE_H
#define SEEP_EXPORT_PAGE_H

#include "export/export.h"

/* page.css and page.js, embedded by the build, with the hashes by which the page's
 * Content-Security-Policy knows them. */
extern const unsigned char page_css[], page_js[];
extern const size_t page_css_bytes, page_js_bytes;
extern const char page_css_hash[], page_js_hash[];

/* What stood over time, with the marks and the report's interval, as an svg element. */
void page_timeline(FILE *out, const struct export_request *request);

/* The report's rows, each with its largest stacks to unfold. */
void page_sites(FILE *out, const struct export_request *request);

/* All stacks as a tree, in a script element that page.js reads. false: no memory. */
bool page_data(FILE *out, const struct export_request *request);

#endif
