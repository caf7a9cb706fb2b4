/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/libraries.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct libraries_search {
  const struct image *origin; /* whose directory $ORIGIN is */
  const char *name;
  char *path;
  bool found;
};

/* Writes directory, with $ORIGIN filled in, and the name behind it. */
static bool libraries_compose(struct libraries_search *search, const char *directory, int length) {
  static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
  const char *prefix = "";
  int prefix_length = 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    int word = (int)strlen(words[i]);
    if (length < word || strncmp(directory, words[i], (size_t)word) != 0)
      continue;
    prefix = search->origin->path;
    prefix_length = (int)(image_name(search->origin) - prefix);
    directory += word;
    length -= word;
  }
  return snprintf(search->path, PATH_MAX, "%.*s%.*s/%s", prefix_length, prefix, length, directory,
                  search->name) < PATH_MAX;
}

static bool libraries_try(struct libraries_search *search, const char *directory, int length) {
  char resolved[PATH_MAX];
  struct image image;
  if (search->found || !length || !libraries_compose(search, directory, length) ||
      !realpath(search->path, resolved) || !image_open(&image, "", resolved))
    return search->found;
  search->found = image_is_native(&image); /* the loader passes over others, too */
  image_close(&image);
  if (search->found)
    memcpy(search->path, resolved, strlen(resolved) + 1);
  return search->found;
}

/* A list with colons between; true: go on. */
static bool libraries_try_list(const char *list, void *data) {
  struct libraries_search *search = data;
  while (*list && !search->found) {
    int length = (int)strcspn(list, ":");
    libraries_try(search, list, length);
    list += length + (list[length] == ':');
  }
  return !search->found;
}

static void libraries_try_configuration(struct libraries_search *search, const char *file) {
  char *line = NULL;
  size_t room = 0;
  FILE *stream = fopen(file, "re");
  while (stream && !search->found && getline(&line, &room, stream) > 0)
    if (*line == '/')
      libraries_try(search, line, (int)strcspn(line, " \t\n#"));
  free(line);
  if (stream)
    fclose(stream);
}

static void libraries_try_usual(struct libraries_search *search) {
  glob_t files = {0};
  if (glob("/etc/ld.so.conf.d/*.conf", 0, NULL, &files) == 0)
    for (size_t i = 0; i < files.gl_pathc; i++)
      libraries_try_configuration(search, files.gl_pathv[i]);
  globfree(&files);
  libraries_try_configuration(search, "/etc/ld.so.conf");
  libraries_try_list("/lib64:/usr/lib64:/lib:/usr/lib:/lib/x86_64-linux-gnu", search);
}

bool libraries_find(const struct image *executable, const struct image *asker, const char *name,
                    char *path) {
  struct libraries_search search = {asker, name, path, false};
  if (strchr(name, '/'))
    return realpath(name, path);
  image_each_dynamic(asker, DT_RPATH, libraries_try_list, &search);
  image_each_dynamic(asker, DT_RUNPATH, libraries_try_list, &search);
  search.origin = executable;
  image_each_dynamic(executable, DT_RPATH, libraries_try_list, &search);
  const char *environment = getenv("LD_LIBRARY_PATH");
  if (environment)
    libraries_try_list(environment, &search);
  libraries_try_usual(&search);
  return search.found;
}
