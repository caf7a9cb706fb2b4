/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/state.h"

#include "screen/listing.h"

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

/* A column by its title, spaces as dashes; -1: none. */
static int column_named(const char *name) {
  for (int id = 0; id < COLUMN_COUNT; id++) {
    const char *title = columns()[id].title, *at = name;
    while (*title && (*at == *title || (*at == '-' && *title == ' '))) {
      title++;
      at++;
    }
    if (!*title && !*at)
      return id;
  }
  return -1;
}

static void state_take_columns(struct state *state, char *names) {
  uint32_t chosen = 0;
  char *rest;
  for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
    if (column_named(name) >= 0)
      chosen |= 1u << column_named(name);
  if (chosen)
    state->columns = chosen;
}

static void state_take(struct state *state, const char *name, char *value) {
  int number;
  if (strcmp(name, "columns") == 0)
    state_take_columns(state, value);
  else if (strcmp(name, "figures") == 0 && (number = listing_figures_of(value)) >= 0)
    state->figures = number;
  else if (strcmp(name, "sort") == 0 && (number = analysis_sort_of(value)) >= 0)
    state->sort = (enum analysis_sort)number;
  else if (strcmp(name, "theme") == 0 && (number = theme_of(value)) >= 0)
    state->theme = (enum theme)number;
  else if (strcmp(name, "reverse") == 0)
    state->reverse = strcmp(value, "yes") == 0;
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

static int state_text(const struct state *state, char *out, size_t bytes) {
  int used = snprintf(out, bytes, "figures %s\nsort %s\nreverse %s\ntheme %s\n",
                      listing_figures_name(state->figures), analysis_sort_name(state->sort),
                      state->reverse ? "yes" : "no", theme_name(state->theme));
  if (!state->columns)
    return used;
  used += snprintf(out + used, bytes - (size_t)used, "columns");
  for (int id = 0; id < COLUMN_COUNT; id++)
    if (state->columns & 1u << id) {
      int begin = used;
      used += snprintf(out + used, bytes - (size_t)used, " %s", columns()[id].title);
      for (char *at = out + begin + 1; *at; at++)
        *at = *at == ' ' ? '-' : *at;
    }
  return used + snprintf(out + used, bytes - (size_t)used, "\n");
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

static bool write_all(int descriptor, const char *text, size_t bytes) {
  ssize_t written = write(descriptor, text, bytes);
  bool done = written == (ssize_t)bytes && fsync(descriptor) == 0;
  if (written >= 0 && written != (ssize_t)bytes)
    errno = ENOSPC;
  return close(descriptor) == 0 && done;
}

bool state_write(const struct state *state, const char *path) {
  char text[STATE_BYTES], draft[PATH_MAX];
  int length = state_text(state, text, sizeof text);
  if (snprintf(draft, sizeof draft, "%s.XXXXXX", path) >= (int)sizeof draft) {
    errno = ENAMETOOLONG;
    return false;
  }
  make_folders(path);
  int descriptor = mkostemp(draft, O_CLOEXEC); /* 0600 */
  if (descriptor < 0)
    return false;
  if (write_all(descriptor, text, (size_t)length) && rename(draft, path) == 0)
    return true;
  int why = errno;
  unlink(draft);
  errno = why;
  return false;
}

bool state_same(const struct state *a, const struct state *b) {
  return a->figures == b->figures && a->columns == b->columns && a->reverse == b->reverse &&
         a->theme == b->theme && a->sort == b->sort;
}
