/* SPDX-License-Identifier: Apache-2.0
 *
 * What an export wrote of a scene, in memory.
 */
#ifndef SEEP_TEST_EXPORTED_H
#define SEEP_TEST_EXPORTED_H

#include "export/export.h"
#include "scene.h"

typedef bool exported_format(FILE *out, const struct export_request *request);

/* What format writes of [from, to], with a NUL behind it; bytes may be NULL. Free it. Ends the test
 * when the export fails. */
char *exported(const struct scene *scene, exported_format *format, size_t from, size_t to,
               size_t *bytes);

/* export_folded with EXPORT_INUSE_SPACE. */
bool exported_folded(FILE *out, const struct export_request *request);

/* How often part occurs in text. */
size_t exported_count(const char *text, const char *part);

#endif
