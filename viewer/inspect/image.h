/* SPDX-License-Identifier: Apache-2.0
 *
 * One ELF file, as far as it matters to recording a program that consists of it. The file is
 * untrusted: what does not make sense in it counts as not there.
 */
#ifndef SEEP_INSPECT_IMAGE_H
#define SEEP_INSPECT_IMAGE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>

struct image {
  char *path; /* as the process names it */
  int file;
  Elf *elf;
};

/* Opens root + path (root may be ""). false: it cannot be read or is no ELF file; then nothing
 * needs to be closed. */
bool image_open(struct image *image, const char *root, const char *path);
void image_close(struct image *image);

/* The path without directories. */
const char *image_name(const struct image *image);

/* Whether it is code for x86-64 in 64-bit files, as libseep.so is. */
bool image_is_native(const struct image *image);

/* Its program interpreter (the dynamic loader), read into text; false: it has none. */
bool image_interpreter(const struct image *image, char *text, size_t text_bytes);

bool image_has_segment(const struct image *image, unsigned type);
bool image_has_section(const struct image *image, const char *name);

/* Calls visit with each text of a dynamic entry (DT_NEEDED, DT_RUNPATH, DT_RPATH) until it returns
 * false. */
void image_each_dynamic(const struct image *image, long tag,
                        bool (*visit)(const char *text, void *data), void *data);

enum image_symbols {
  IMAGE_EXPORTED, /* defined for everyone */
  IMAGE_IMPORTED, /* wanted of others */
  IMAGE_DEFINED,  /* defined, exported or not, as far as the file was not stripped */
};

/* The first of names (NULL-terminated) that is among these symbols, or NULL. */
const char *image_symbol(const struct image *image, enum image_symbols which,
                         const char *const *names);

/* Whether text stands among its read-only data. */
bool image_holds(const struct image *image, const char *text);

/* Whether its debug information is there: inside, or in a separate file that is installed below
 * root. */
bool image_is_debuggable(const struct image *image, const char *root);

#endif
