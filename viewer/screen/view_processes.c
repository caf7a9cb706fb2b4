/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes of a family: each below the one that forked or executed it, with what it holds,
 * what it inherited, and the site that leaks most in it.
 */
#include "compare/family_words.h"
#include "report/escape.h"
#include "report/format.h"
#include "screen/view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT_MOST 16    /* columns that children of children stand back */
#define TRACE_COLUMNS 140 /* of a screen that has room for the traces' names */

struct process_row {
  size_t member;
  size_t rank; /* among all, as the table is sorted */
  int depth;
};

struct processes {
  struct view view;
  struct process_row *rows;     /* parents first */
  struct process_row *children; /* all members, by parent, in the order of siblings */
  uint8_t key[16];              /* of the selected row, while the picture changes */
};

static struct processes *processes_of(struct view *view) {
  return (struct processes *)view;
}

static const struct merge *processes_merge(const struct view *view) {
  return &view->picture->family->merge;
}

/* ---- Columns ----------------------------------------------------------------------------------*/

static const struct merge_member *member_of(const struct grid_row *row) {
  return &processes_merge(row->view)->members[((const struct process_row *)row->own)->member];
}

static const struct family_member *who_of(const struct grid_row *row) {
  return &processes_merge(row->view)->family->list[((const struct process_row *)row->own)->member];
}

static double outstanding_value(const struct grid_row *row) {
  return member_of(row)->taken ? (double)member_of(row)->figures.outstanding_bytes : NAN;
}

static bool outstanding_text(char *out, const struct grid_row *row) {
  return member_of(row)->taken && format_size(out, member_of(row)->figures.outstanding_bytes);
}

static double growth_value(const struct grid_row *row) {
  return member_of(row)->taken ? (double)member_of(row)->figures.growth_bytes : NAN;
}

static bool growth_text(char *out, const struct grid_row *row) {
  return member_of(row)->taken && format_growth(out, member_of(row)->figures.growth_bytes);
}

static enum screen_style growth_style(const struct grid_row *row) {
  return member_of(row)->figures.growth_bytes > 0 ? STYLE_GROWTH : STYLE_QUIET;
}

static double leaks_value(const struct grid_row *row) {
  return member_of(row)->taken ? (double)member_of(row)->leaks : NAN;
}

static bool leaks_text(char *out, const struct grid_row *row) {
  return member_of(row)->taken && format_count(out, member_of(row)->leaks);
}

static enum screen_style leaks_style(const struct grid_row *row) {
  return member_of(row)->leaks ? STYLE_LEAK : STYLE_QUIET;
}

static bool state_text(char *out, const struct grid_row *row) {
  snprintf(out, GRID_CELL, "%s", family_state(member_of(row)));
  return true;
}

static enum screen_style state_style(const struct grid_row *row) {
  const struct merge_member *member = member_of(row);
  bool fell = !member->taken || member->state == TRACE_DIED || member->state == TRACE_NO_STAGE;
  return fell ? STYLE_WARNING : STYLE_QUIET;
}

/* Of what was inherited there are columns where a child inherited anything. */
static bool has_heirs(const struct view *view) {
  return processes_merge(view)->inherited.blocks;
}

static bool is_heir(const struct grid_row *row) {
  return who_of(row)->fork_stamp && member_of(row)->inherited_known;
}

static double inherited_value(const struct grid_row *row) {
  const struct inheritance_sum *sum = &member_of(row)->inherited;
  return is_heir(row) ? (double)(sum->bytes - sum->freed_bytes) : NAN;
}

static bool inherited_text(char *out, const struct grid_row *row) {
  const struct inheritance_sum *sum = &member_of(row)->inherited;
  if (is_heir(row))
    format_size(out, sum->bytes - sum->freed_bytes);
  else
    strcpy(out, who_of(row)->fork_stamp ? "not known" : "-");
  return true;
}

static double freed_value(const struct grid_row *row) {
  return is_heir(row) ? (double)member_of(row)->inherited.freed_blocks : NAN;
}

static bool freed_text(char *out, const struct grid_row *row) {
  return is_heir(row) && format_count(out, member_of(row)->inherited.freed_blocks);
}

static double blocks_value(const struct grid_row *row) {
  return member_of(row)->taken ? (double)member_of(row)->figures.outstanding_blocks : NAN;
}

static bool blocks_text(char *out, const struct grid_row *row) {
  return member_of(row)->taken && format_count(out, member_of(row)->figures.outstanding_blocks);
}

static double started_value(const struct grid_row *row) {
  const struct family_member *first = processes_merge(row->view)->family->list;
  return ((double)who_of(row)->start_realtime_ns - (double)first->start_realtime_ns) / 1e9;
}

static bool started_text(char *out, const struct grid_row *row) {
  char after[FORMAT_BYTES];
  bool first = who_of(row) == processes_merge(row->view)->family->list;
  snprintf(out, GRID_CELL, "%s%.40s", first ? "-" : "+",
           first ? "" : format_duration(after, started_value(row)));
  return true;
}

static const struct grid_column processes_own[] = {
    {.title = "outstanding",
     .help = "bytes that the process holds",
     .width = 11,
     .text = outstanding_text,
     .value = outstanding_value},
    {.title = "growth",
     .help = "by how much that grew in the interval",
     .width = 11,
     .text = growth_text,
     .value = growth_value,
     .style = growth_style},
    {.title = "leaks",
     .help = "call sites that leak in it",
     .width = 6,
     .text = leaks_text,
     .value = leaks_value,
     .style = leaks_style},
    {.title = "state",
     .help = "running, ended, died; no stage: the same, and its last blocks are missing; unread: "
             "its trace cannot be read",
     .width = 8,
     .left = true,
     .text = state_text,
     .style = state_style},
    {.title = "inherited",
     .help = "bytes that its fork copied from its parent, and it has not freed",
     .width = 11,
     .text = inherited_text,
     .value = inherited_value,
     .known = has_heirs},
    {.title = "freed",
     .help = "inherited blocks that it has freed",
     .width = 9,
     .text = freed_text,
     .value = freed_value,
     .known = has_heirs},
    {.title = "blocks",
     .help = "blocks that the process holds",
     .width = 9,
     .text = blocks_text,
     .value = blocks_value},
    {.title = "started",
     .help = "when it came, after the first",
     .width = 12,
     .text = started_text,
     .value = started_value},
};

static const char *processes_heading(const struct view *view) {
  (void)view;
  return "process; what leaks most there";
}

static struct grid_row processes_row(const struct view *view, const void *element) {
  return (struct grid_row){view, element, NULL};
}

/* By program, then by pid. */
static const char *processes_text(char *out, const struct grid_row *row) {
  char program[200];
  snprintf(out, GRID_NAME, "%s %20" PRIu64,
           escape_text(program, sizeof program, 40, who_of(row)->program), who_of(row)->pid);
  return out;
}

static const struct grid_table processes_table = {.name = "processes",
                                                  .own = processes_own,
                                                  .own_count =
                                                      sizeof processes_own / sizeof *processes_own,
                                                  .usual = 0,
                                                  .heading = processes_heading,
                                                  .row = processes_row,
                                                  .text = processes_text};

/* ---- Order: children below their parents ------------------------------------------------------*/

static int processes_compare(const void *a, const void *b, void *data) {
  const struct family *family = data;
  const struct process_row *x = a, *y = b;
  size_t above = family->list[x->member].parent, other = family->list[y->member].parent;
  if (above != other)
    return above < other ? -1 : 1;
  return (x->rank > y->rank) - (x->rank < y->rank);
}

/* The first of the children that are not a lower parent's. */
static size_t processes_first(const struct processes *self, const struct family *family,
                              size_t parent) {
  size_t low = 0, high = family->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (family->list[self->children[middle].member].parent < parent)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Puts the children of a row behind it, with room made once for all. Returns how many rows there
 * are now. */
static size_t processes_unfold(struct processes *self, const struct family *family, size_t at,
                               size_t count, bool *seen) {
  size_t parent = self->rows[at].member, first = processes_first(self, family, parent), born = 0;
  int depth = self->rows[at].depth + 1;
  for (size_t i = first; i < family->count; i++) {
    if (family->list[self->children[i].member].parent != parent)
      break;
    born += !seen[self->children[i].member];
  }
  struct process_row *place = self->rows + at + 1;
  memmove(place + born, place, (count - at - 1) * sizeof *place);
  for (size_t i = first, left = born; left; i++)
    if (!seen[self->children[i].member]) {
      seen[self->children[i].member] = true;
      *place++ = (struct process_row){.member = self->children[i].member, .depth = depth};
      left--;
    }
  return count + born;
}

/* Puts a process and everything below it behind the rows there are, which themselves say where to
 * go on: no stack is needed, however deep it goes. */
static size_t processes_descend(struct processes *self, const struct family *family, size_t root,
                                size_t count, bool *seen) {
  size_t at = count;
  self->rows[count++] = (struct process_row){.member = root};
  seen[root] = true;
  for (; at < count; at++)
    count = processes_unfold(self, family, at, count, seen);
  return count;
}

/* All members as the table is sorted, but those of one parent together. */
static void processes_rank(struct processes *self, const struct family *family) {
  for (size_t i = 0; i < family->count; i++)
    self->children[i] = (struct process_row){.member = i};
  grid_arrange(&self->view, self->children, family->count, sizeof *self->children);
  for (size_t i = 0; i < family->count; i++)
    self->children[i].rank = i;
  qsort_r(self->children, family->count, sizeof *self->children, processes_compare, (void *)family);
}

/* Those without a parent first; then whoever claims to be a child of its own children. */
static void processes_arrange(struct view *view) {
  struct processes *self = processes_of(view);
  const struct family *family = processes_merge(view)->family;
  bool *seen = calloc(family->count + 1, sizeof *seen);
  size_t count = 0;
  processes_rank(self, family);
  for (size_t i = processes_first(self, family, FAMILY_NONE); seen && i < family->count; i++)
    count = processes_descend(self, family, self->children[i].member, count, seen);
  for (size_t i = 0; seen && i < family->count; i++)
    if (!seen[i])
      count = processes_descend(self, family, i, count, seen);
  free(seen);
  table_count(&view->table, count);
}

/* ---- Coming and going -------------------------------------------------------------------------*/

static void processes_close(struct view *view) {
  free(processes_of(view)->rows);
  free(processes_of(view)->children);
}

static const struct family_member *processes_at(const struct view *view, size_t row) {
  const struct processes *self = (const struct processes *)view;
  return &processes_merge(view)->family->list[self->rows[row].member];
}

static void processes_remember(struct view *view) {
  if (view->table.count)
    memcpy(processes_of(view)->key, processes_at(view, view->table.cursor)->trace_id,
           sizeof processes_of(view)->key);
}

/* The cursor stays on its process. */
static void processes_seek(struct view *view) {
  struct processes *self = processes_of(view);
  for (size_t row = 0; row < view->table.count; row++)
    if (memcmp(processes_at(view, row)->trace_id, self->key, sizeof self->key) == 0) {
      table_move_to(&view->table, row);
      return;
    }
}

static void processes_refresh(struct view *view) {
  struct processes *self = processes_of(view);
  size_t count = processes_merge(view)->family->count, cursor = view->table.cursor;
  struct process_row *rows = reallocarray(self->rows, count + 1, sizeof *rows);
  if (rows)
    self->rows = rows;
  struct process_row *children = reallocarray(self->children, count + 1, sizeof *children);
  if (children)
    self->children = children;
  table_count(&view->table, 0);
  if (rows && children)
    processes_arrange(view);
  view->table.cursor = cursor;
  processes_seek(view);
}

/* ---- Drawing ----------------------------------------------------------------------------------*/

/* What is missing from the family, on screens with room for it. Returns the rows that it took. */
static int processes_head(struct view *view, struct screen *screen, int first) {
  char warning[WARNING_BYTES];
  int rows = 0;
  while (screen->rows >= 20 + rows && family_warning(warning, (size_t)rows, processes_merge(view)))
    screen_put(screen, first + rows++, 1, screen->columns - 2, STYLE_WARNING, warning);
  return rows;
}

/* "4713 nginx", and behind it in the accent what leaks there; where there is room the trace. */
static void processes_name(const struct view *view, const struct process_row *row,
                           struct screen *screen, int at) {
  const struct merge *merge = processes_merge(view);
  const struct merge_member *member = &merge->members[row->member];
  const struct family_member *who = &merge->family->list[row->member];
  char text[IDENTITY_BYTES + 100], name[IDENTITY_BYTES], program[200];
  int indent = 2 * row->depth < INDENT_MOST ? 2 * row->depth : INDENT_MOST;
  snprintf(text, sizeof text, "%" PRIu64 " %s%s", who->pid,
           escape_text(program, sizeof program, 40, who->program),
           who->parent_missing ? " (its parent is not here)" : "");
  grid_name(view, screen, at, indent, STYLE_TEXT, text);
  int column = view->grid.name_at + indent + screen_width(screen, text) + 2;
  if (member->worst)
    column += 2 + screen_put(screen, at, column, screen->columns - column, STYLE_LEAK,
                             identity_text(name, &member->worst->identity));
  if (screen->columns >= TRACE_COLUMNS)
    screen_put(screen, at, column, screen->columns - column, STYLE_QUIET, who->path);
}

static void processes_draw(void *data, size_t index, struct screen *screen, int at) {
  struct view *view = data;
  const struct process_row *row = &processes_of(view)->rows[index];
  grid_cells(view, row, screen, at);
  processes_name(view, row, screen, at);
}

/* ---- Acting -----------------------------------------------------------------------------------*/

static bool processes_matches(void *data, size_t row, const char *needle) {
  const struct processes *self = data;
  const struct family_member *who = processes_at(data, row);
  const struct merge_site *worst = processes_merge(data)->members[self->rows[row].member].worst;
  char pid[24], name[IDENTITY_BYTES];
  snprintf(pid, sizeof pid, "%" PRIu64, who->pid);
  return view_text_has(pid, needle) || view_text_has(who->program, needle) ||
         view_text_has(who->path, needle) ||
         (worst && view_text_has(identity_text(name, &worst->identity), needle));
}

static enum view_result processes_act(struct view *view, enum action action,
                                      const struct key *key) {
  (void)view;
  (void)key;
  return action == ACTION_OPEN ? VIEW_VISIT : VIEW_IGNORED;
}

static size_t processes_process(struct view *view, const struct identity **site) {
  (void)site;
  return view->table.count ? processes_of(view)->rows[view->table.cursor].member : FAMILY_NONE;
}

const struct view_ops view_processes = {
    .name = "processes",
    .bytes = sizeof(struct processes),
    .by = -1,
    .hints = {ACTION_OPEN, ACTION_SEARCH, ACTION_FILTER, ACTION_SORT, ACTION_FROM_FORWARD,
              ACTION_TO_BACK},
    .rows = {processes_draw, processes_matches},
    .close = processes_close,
    .remember = processes_remember,
    .refresh = processes_refresh,
    .head = processes_head,
    .grid = &processes_table,
    .act = processes_act,
    .process = processes_process,
};
