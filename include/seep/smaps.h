/* SPDX-License-Identifier: Apache-2.0
 *
 * A mapping of a process, from its lines in /proc/PID/smaps: what resident.h sums up. The first of
 * them begins with its address, the others with a capital letter.
 */
#ifndef SEEP_SMAPS_H
#define SEEP_SMAPS_H

#include <seep/stage.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum seep_mapping_name { /* what the name of a mapping says */
                         SEEP_NAME_NONE,
                         SEEP_NAME_FILE,
                         SEEP_NAME_MEMORY, /* a file that is none */
                         SEEP_NAME_DEVICE,
                         SEEP_NAME_KERNEL,
                         SEEP_NAME_HEAP,
                         SEEP_NAME_STACK,
                         SEEP_NAME_STAGE,
                         SEEP_NAME_RECORDER,
};

struct seep_mapping {
  uint64_t start, stop, file; /* file: device and inode, 0: none */
  uint64_t resident, swapped;
  enum seep_mapping_name name;
  bool open; /* lines of it have been seen */
  bool reads, writes, executes, shared;
  bool unreserved, random, small; /* flags nr, rr, nh */
};

struct seep_text {
  const char *at, *end;
};

/* The number at the front, in base 10 or 16, and the character behind it. */
static inline uint64_t seep_text_number(struct seep_text *text, unsigned base) {
  uint64_t value = 0;
  for (; text->at < text->end; text->at++) {
    char c = *text->at;
    unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                            : 16;
    if (digit >= base)
      break;
    value = value * base + digit;
  }
  text->at += text->at < text->end;
  return value;
}

static inline void seep_text_skip_blanks(struct seep_text *text) {
  while (text->at < text->end && *text->at == ' ')
    text->at++;
}

static inline bool seep_text_starts(struct seep_text text, const char *with) {
  size_t bytes = strlen(with);
  return (size_t)(text.end - text.at) >= bytes && memcmp(text.at, with, bytes) == 0;
}

static inline bool seep_text_ends(struct seep_text text, const char *with) {
  size_t bytes = strlen(with);
  return (size_t)(text.end - text.at) >= bytes && memcmp(text.end - bytes, with, bytes) == 0;
}

/* One of ours, wherever it lies; else a file like others. */
static inline enum seep_mapping_name seep_mapping_file_of(struct seep_text text) {
  static const char deleted[] = " (deleted)";
  if (seep_text_ends(text, deleted))
    text.end -= sizeof deleted - 1;
  if (seep_text_ends(text, SEEP_STAGE_SUFFIX))
    return SEEP_NAME_STAGE;
  return seep_text_ends(text, "libseep.so") ? SEEP_NAME_RECORDER : SEEP_NAME_FILE;
}

static inline enum seep_mapping_name seep_mapping_name_of(struct seep_text text) {
  static const struct {
    const char *start;
    enum seep_mapping_name name;
  } starts[] = {
      {"[heap]", SEEP_NAME_HEAP},
      {"[stack]", SEEP_NAME_STACK},
      {"[anon:", SEEP_NAME_NONE},
      {"[anon_shmem:", SEEP_NAME_MEMORY},
      {"[", SEEP_NAME_KERNEL},
      {"/dev/zero", SEEP_NAME_NONE},
      {"/dev/shm/", SEEP_NAME_MEMORY},
      {"/dev/", SEEP_NAME_DEVICE},
      {"/anon_hugepage", SEEP_NAME_NONE},
      {"/memfd:", SEEP_NAME_MEMORY},
      {"/SYSV", SEEP_NAME_MEMORY},
      {"anon_inode:", SEEP_NAME_DEVICE},
  };
  enum seep_mapping_name name = text.at < text.end ? seep_mapping_file_of(text) : SEEP_NAME_NONE;
  for (size_t i = 0; name == SEEP_NAME_FILE && i < sizeof starts / sizeof *starts; i++)
    if (seep_text_starts(text, starts[i].start))
      return starts[i].name;
  return name;
}

/* Begins anew: "55d0c0a00000-55d0c0a21000 rw-p 00000000 fe:00 247134      /usr/bin/cat" */
static inline void seep_mapping_begin(struct seep_mapping *mapping, struct seep_text text) {
  memset(mapping, 0, sizeof *mapping);
  mapping->open = true;
  mapping->start = seep_text_number(&text, 16);
  mapping->stop = seep_text_number(&text, 16);
  if (text.end - text.at < 5)
    return;
  mapping->reads = text.at[0] == 'r';
  mapping->writes = text.at[1] == 'w';
  mapping->executes = text.at[2] == 'x';
  mapping->shared = text.at[3] == 's';
  text.at += 5;
  seep_text_number(&text, 16); /* the offset */
  uint64_t major = seep_text_number(&text, 16), minor = seep_text_number(&text, 16);
  uint64_t inode = seep_text_number(&text, 10);
  mapping->file = inode ? inode ^ (major << 20 | minor) << 40 : 0;
  seep_text_skip_blanks(&text);
  mapping->name = seep_mapping_name_of(text);
}

/* "Rss:                  12 kB": adds it up. */
static inline bool seep_mapping_take(struct seep_text text, const char *name, uint64_t *bytes) {
  if (!seep_text_starts(text, name))
    return false;
  text.at += strlen(name);
  seep_text_skip_blanks(&text);
  *bytes += seep_text_number(&text, 10) * 1024;
  return true;
}

/* "VmFlags: rd wr mr mw me ac sd" */
static inline bool seep_mapping_flags(struct seep_text text, struct seep_mapping *mapping) {
  if (!seep_text_starts(text, "VmFlags:"))
    return false;
  for (; text.at < text.end; text.at++) {
    mapping->unreserved |= seep_text_starts(text, " nr");
    mapping->random |= seep_text_starts(text, " rr");
    mapping->small |= seep_text_starts(text, " nh");
  }
  return true;
}

/* Any other of its lines. Pages of hugetlbfs are not in Rss. */
static inline void seep_mapping_add(struct seep_mapping *mapping, struct seep_text text) {
  if (!seep_mapping_flags(text, mapping) && !seep_mapping_take(text, "Rss:", &mapping->resident) &&
      !seep_mapping_take(text, "Private_Hugetlb:", &mapping->resident) &&
      !seep_mapping_take(text, "Shared_Hugetlb:", &mapping->resident))
    seep_mapping_take(text, "Swap:", &mapping->swapped);
}

#endif
