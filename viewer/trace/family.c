/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/family.h"
#include "trace/array.h"
#include "trace/peek.h"
#include "trace/reader.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAMILY_SLACK_NS 2000000000ull /* between a file's time and the clock's */

/* ---- Candidates ---- */

static bool family_same_id(const uint8_t *a, const uint8_t *b) {
  return memcmp(a, b, sizeof((struct family_member *)0)->trace_id) == 0;
}

static bool family_has(const struct family *family, const struct family_member *member) {
  for (size_t i = 0; i < family->count; i++)
    if (family_same_id(family->list[i].trace_id, member->trace_id))
      return true;
  return false;
}

/* A copy of a trace that is there already counts once. */
static enum trace_status family_add(struct family *family, const char *path) {
  struct family_member member;
  enum trace_status status = peek_member(&member, path);
  if (status != TRACE_OK)
    return status;
  if (family_has(family, &member)) {
    peek_release(&member);
    return TRACE_OK;
  }
  if (!array_room(&family->list, family->count, sizeof *family->list)) {
    peek_release(&member);
    return TRACE_MEMORY;
  }
  family->list[family->count++] = member;
  return TRACE_OK;
}

static bool family_is_stage(const char *name) {
  size_t bytes = strlen(name), end = strlen(SEEP_STAGE_SUFFIX);
  return bytes >= end && strcmp(name + bytes - end, SEEP_STAGE_SUFFIX) == 0;
}

/* What stands beside path, as far as it is a trace; what cannot be looked at is passed over. */
static enum trace_status family_add_neighbours(struct family *family, const char *path) {
  char name[PATH_MAX + NAME_MAX + 2];
  const char *slash = strrchr(path, '/');
  int folder = slash ? (int)(slash - path + 1) : 0;
  snprintf(name, sizeof name, "%.*s", folder, path);
  DIR *directory = opendir(folder ? name : ".");
  if (!directory)
    return TRACE_OK;
  enum trace_status status = TRACE_OK;
  for (struct dirent *entry; status != TRACE_MEMORY && (entry = readdir(directory));) {
    if (family_is_stage(entry->d_name) || (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
      continue;
    snprintf(name, sizeof name, "%.*s%s", folder, path, entry->d_name);
    status = family_add(family, name);
  }
  closedir(directory);
  return status == TRACE_MEMORY ? status : TRACE_OK;
}

/* ---- Who is whose ---- */

static bool family_is_forked(const struct family_member *member) {
  static const uint8_t none[sizeof member->parent_id];
  return member->fork_stamp && memcmp(member->parent_id, none, sizeof none) != 0;
}

static size_t family_by_id(const struct family *family, const uint8_t *id) {
  for (size_t i = 0; i < family->count; i++)
    if (family_same_id(family->list[i].trace_id, id))
      return i;
  return FAMILY_NONE;
}

/* Whether the member's process still ran at a time: its file was written later, or its stage is
 * there. Tells a process from an earlier one of the same number. */
static bool family_ran_at(const struct family_member *member, uint64_t realtime_ns) {
  char stage[PATH_MAX];
  struct stat is;
  snprintf(stage, sizeof stage, "%s%s", member->path, SEEP_STAGE_SUFFIX);
  if (access(stage, F_OK) == 0)
    return true;
  if (stat(member->path, &is))
    return false;
  uint64_t written = (uint64_t)is.st_mtim.tv_sec * 1000000000u + (uint64_t)is.st_mtim.tv_nsec;
  return written + FAMILY_SLACK_NS >= realtime_ns;
}

/* Whether one may be what started the other: the same process before it executed a program, or its
 * parent. */
static bool family_may_start(const struct family_member *first,
                             const struct family_member *member) {
  if (first == member || first->start_realtime_ns > member->start_realtime_ns)
    return false;
  bool same = first->pid == member->pid && first->pid_start == member->pid_start;
  return same ||
         (first->pid == member->parent_pid && family_ran_at(first, member->start_realtime_ns));
}

/* Of a program that was executed; of several the last that started. */
static size_t family_by_pid(const struct family *family, const struct family_member *member) {
  size_t found = FAMILY_NONE;
  for (size_t i = 0; i < family->count; i++)
    if (family_may_start(&family->list[i], member) &&
        (found == FAMILY_NONE ||
         family->list[i].start_realtime_ns > family->list[found].start_realtime_ns))
      found = i;
  return found;
}

static void family_link(struct family *family) {
  for (size_t i = 0; i < family->count; i++) {
    struct family_member *member = &family->list[i];
    bool forked = family_is_forked(member);
    member->parent =
        forked ? family_by_id(family, member->parent_id) : family_by_pid(family, member);
    member->parent_missing = forked && member->parent == FAMILY_NONE;
    member->executed = !forked && member->parent != FAMILY_NONE;
  }
}

/* Traces may claim anything: a ring of parents ends somewhere. */
static size_t family_eldest(const struct family *family, size_t at) {
  for (size_t steps = 0; steps < family->count && family->list[at].parent != FAMILY_NONE; steps++)
    at = family->list[at].parent;
  return at;
}

/* Children of one parent are of one family, also where its own trace is not here. */
static bool family_together(const struct family *family, size_t a, size_t b) {
  const struct family_member *x = &family->list[family_eldest(family, a)];
  const struct family_member *y = &family->list[family_eldest(family, b)];
  return x == y ||
         (x->parent_missing && y->parent_missing && family_same_id(x->parent_id, y->parent_id));
}

/* ---- The list ---- */

/* Indexes are no longer right then: link again. */
static void family_keep(struct family *family, const bool *wanted) {
  size_t kept = 0;
  for (size_t i = 0; i < family->count; i++) {
    if (wanted[i])
      family->list[kept++] = family->list[i];
    else
      peek_release(&family->list[i]);
  }
  family->count = kept;
}

static bool family_keep_relatives(struct family *family) {
  bool *wanted = calloc(family->count + 1, sizeof *wanted);
  if (!wanted)
    return false;
  for (size_t i = 0; i < family->count; i++)
    wanted[i] = family_together(family, 0, i);
  family_keep(family, wanted);
  free(wanted);
  return true;
}

static int family_compare(const void *a, const void *b) {
  const struct family_member *x = a, *y = b;
  if (x->start_realtime_ns != y->start_realtime_ns)
    return x->start_realtime_ns < y->start_realtime_ns ? -1 : 1;
  return strcmp(x->path, y->path);
}

static void family_sort(struct family *family) {
  uint8_t self[sizeof family->list->trace_id];
  memcpy(self, family->list[0].trace_id, sizeof self);
  qsort(family->list, family->count, sizeof *family->list, family_compare);
  family->self = family_by_id(family, self);
  family_link(family);
}

enum trace_status family_find(struct family *family, const char *const *paths, size_t count,
                              struct trace_error *error) {
  *family = (struct family){.list = NULL};
  enum trace_status status = TRACE_OK;
  for (size_t i = 0; i < count && status == TRACE_OK; i++) {
    status = family_add(family, paths[i]);
    family->self = i;
    if (status != TRACE_OK)
      return reader_fail(error, status, 0, status == TRACE_NOT_FOUND ? errno : 0, NULL);
  }
  if (count == 1)
    status = family_add_neighbours(family, paths[0]);
  family_link(family);
  if (status != TRACE_OK || (count == 1 && !family_keep_relatives(family)))
    return reader_fail(error, TRACE_MEMORY, 0, 0, NULL);
  family_sort(family);
  return TRACE_OK;
}

void family_release(struct family *family) {
  for (size_t i = 0; i < family->count; i++)
    peek_release(&family->list[i]);
  free(family->list);
  *family = (struct family){.list = NULL};
}

/* ---- Marks ---- */

static bool family_is_running(const struct family_member *member) {
  struct trace *trace;
  if (trace_open(member->path, &trace, NULL) != TRACE_OK)
    return false;
  bool running = trace->state == TRACE_RUNNING;
  trace_close(trace);
  return running;
}

size_t family_mark(const struct family *family, size_t except, enum seep_mark_kind kind,
                   const char *label, uint64_t units) {
  size_t marked = 0;
  for (size_t i = 0; i < family->count; i++)
    if (i != except && family_is_running(&family->list[i]))
      marked += trace_mark(family->list[i].path, kind, label, units, NULL) == TRACE_OK;
  return marked;
}
