/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/state.h"

#include "screen/views.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_BYTES 4096 /* more is not read: it is not ours */

bool state_path(char *path, size_t bytes) {
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  int length = 0;
  if (config && *config == '/') /* as the specification has it: others are ignored */
    length = snprintf(path, bytes, "%s/seep/view", config);
  else if (home && *home == '/')
    length = snprintf(path, bytes, "%s/.config/seep/view", home);
  return length > 0 && (size_t)length < bytes;
}

/* ---- Texts ------------------------------------------------------------------------------------*/

#define NAME_BYTES 32 /* of a column's name in the file */

/* A column's title with dashes for what is no letter: names have no spaces between them. */
static const char *column_name(char out[NAME_BYTES], const struct grid_table *table, int column) {
  snprintf(out, NAME_BYTES, "%s", grid_title(table, column));
  for (char *at = out; *at; at++)
    *at = *at == ' ' ? '-' : *at;
  return out;
}

/* -1: none is called so. The name of rows is behind all columns. */
static int column_named(const struct grid_table *table, const char *text) {
  char name[NAME_BYTES];
  for (int column = 0; column <= grid_columns(table); column++)
    if (strcmp(column_name(name, table, column), text) == 0)
      return column;
  return -1;
}

/* The table of a line "columns.threads"; NULL: there is none of that name. */
static const struct grid_table *table_named(const char *name) {
  for (size_t i = 0; i < VIEWS_COUNT; i++)
    if (views_ops(i)->grid && strcmp(views_ops(i)->grid->name, name) == 0)
      return views_ops(i)->grid;
  return NULL;
}

static void state_take_columns(struct state *state, const struct grid_table *table, char *names) {
  uint32_t chosen = 0;
  char *rest;
  for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
    int column = column_named(table, name);
    if (column >= 0 && column < grid_columns(table))
      chosen |= 1u << column;
  }
  if (chosen)
    state->columns[views_of_table(table)] = chosen;
}

/* The order by what only this table has. */
static void state_take_order(struct state *state, const struct grid_table *table,
                             const char *name) {
  int column = column_named(table, name);
  if (column >= COLUMN_COUNT)
    state->order.own[views_of_table(table)] = (uint8_t)(column - COLUMN_COUNT + 1);
}

static void state_take_table(struct state *state, const char *name, char *value) {
  const char *dot = strchr(name, '.');
  const struct grid_table *table = table_named(dot + 1);
  if (table && strncmp(name, "columns.", 8) == 0)
    state_take_columns(state, table, value);
  else if (table && strncmp(name, "sort.", 5) == 0)
    state_take_order(state, table, value);
}

static void state_take(struct state *state, const char *name, char *value) {
  int number;
  if (strchr(name, '.'))
    state_take_table(state, name, value);
  else if (strcmp(name, "figures") == 0 && (number = figure_set_of(value)) >= 0)
    state->figures = (enum figure_set)number;
  else if (strcmp(name, "sort") == 0 && (number = analysis_sort_of(value)) >= 0)
    state->sort = (enum analysis_sort)number;
  else if (strcmp(name, "theme") == 0 && (number = theme_of(value)) >= 0)
    state->theme = (enum theme)number;
  else if (strcmp(name, "reverse") == 0)
    state->order.reverse = strcmp(value, "yes") == 0;
}

void state_read(struct state *state, const char *path) {
  char text[STATE_BYTES + 1], *rest;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return;
  ssize_t length = read(descriptor, text, STATE_BYTES);
  close(descriptor);
  text[length > 0 ? length : 0] = '\0';
  for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char *space = strchr(line, ' ');
    if (!space)
      continue;
    *space = '\0';
    state_take(state, line, space + 1);
  }
}

/* What was set of one table. */
static void state_put_table(FILE *out, const struct state *state, const struct grid_table *table) {
  char name[NAME_BYTES];
  size_t number = views_of_table(table);
  if (state->columns[number])
    fprintf(out, "columns.%s", table->name);
  for (int column = 0; column < grid_columns(table); column++)
    if (state->columns[number] & 1u << column)
      fprintf(out, " %s", column_name(name, table, column));
  if (state->columns[number])
    fputc('\n', out);
  if (state->order.own[number])
    fprintf(out, "sort.%s %s\n", table->name,
            column_name(name, table, COLUMN_COUNT + state->order.own[number] - 1));
}

static void state_put(FILE *out, const struct state *state) {
  fprintf(out, "figures %s\nsort %s\nreverse %s\ntheme %s\n", figure_set_name(state->figures),
          analysis_sort_name(state->sort), state->order.reverse ? "yes" : "no",
          theme_name(state->theme));
  for (size_t i = 0; i < VIEWS_COUNT; i++)
    if (views_ops(i)->grid && views_of_table(views_ops(i)->grid) == i)
      state_put_table(out, state, views_ops(i)->grid);
}

/* ---- Writing ----------------------------------------------------------------------------------*/

/* Makes the folders above path. */
static void make_folders(const char *path) {
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", path);
  for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
    *at = '\0';
    mkdir(folder, 0700); /* the write says whether it is there */
    *at = '/';
  }
}

static bool write_all(int descriptor, const struct state *state) {
  FILE *out = fdopen(descriptor, "w");
  if (!out) {
    close(descriptor);
    return false;
  }
  state_put(out, state);
  bool done = fflush(out) == 0 && fsync(descriptor) == 0;
  return fclose(out) == 0 && done;
}

bool state_write(const struct state *state, const char *path) {
  char draft[PATH_MAX];
  if (snprintf(draft, sizeof draft, "%s.XXXXXX", path) >= (int)sizeof draft) {
    errno = ENAMETOOLONG;
    return false;
  }
  make_folders(path);
  int descriptor = mkostemp(draft, O_CLOEXEC); /* 0600 */
  if (descriptor < 0)
    return false;
  if (write_all(descriptor, state) && rename(draft, path) == 0)
    return true;
  int why = errno;
  unlink(draft);
  errno = why;
  return false;
}

bool state_same(const struct state *a, const struct state *b) {
  return a->figures == b->figures && memcmp(a->columns, b->columns, sizeof a->columns) == 0 &&
         order_same(&a->order, &b->order) && a->theme == b->theme && a->sort == b->sort;
}
