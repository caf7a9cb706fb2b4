/* SPDX-License-Identifier: Apache-2.0
 *
 * A source file, for the lines around a frame. Debug information may name anything: only a regular
 * file of bounded size is read.
 */
#ifndef SEEP_SOURCE_H
#define SEEP_SOURCE_H

#include <stddef.h>

#define SOURCE_BYTES_LIMIT (4u << 20)

struct source {
  char *path;   /* NULL: empty */
  char *text;   /* NULL: cannot be read */
  char **lines; /* in text, without their ends; lines[0] is line 1 */
  size_t line_count;
};

/* Makes source the file at path; nothing is done when it is already. */
void source_load(struct source *source, const char *path);
void source_release(struct source *source);

/* The line (from 1), or NULL. */
const char *source_line(const struct source *source, size_t line);

#endif
