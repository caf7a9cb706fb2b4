/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/target.h"
#include "inspect/libraries.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TARGET_IMAGES_MOST 4096

/* Of a target that could not be opened. */
static bool target_give_up(struct inspect_target *target) {
  inspect_target_free(target);
  return false;
}

static bool target_knows(const struct inspect_target *target, const char *path) {
  for (size_t i = 0; i < target->count; i++)
    if (!strcmp(target->images[i].path, path))
      return true;
  return false;
}

/* false: no such ELF file, or there already. */
static bool target_add(struct inspect_target *target, const char *path) {
  if (target->count == TARGET_IMAGES_MOST || target_knows(target, path))
    return false;
  struct image *images = reallocarray(target->images, target->count + 1, sizeof *images);
  if (!images)
    return false;
  target->images = images;
  if (!image_open(&images[target->count], target->root, path))
    return false;
  target->count++;
  return true;
}

struct target_search {
  struct inspect_target *target;
  size_t asker; /* the image that needs it */
};

static bool target_add_needed(const char *name, void *data) {
  const struct target_search *search = data;
  struct inspect_target *target = search->target;
  char path[PATH_MAX];
  if (libraries_find(&target->images[0], &target->images[search->asker], name, path))
    target_add(target, path);
  return true;
}

bool inspect_target_program(struct inspect_target *target, const char *path) {
  *target = (struct inspect_target){0};
  snprintf(target->path, sizeof target->path, "%s", path);
  if (!target_add(target, path))
    return target_give_up(target);
  for (size_t i = 0; i < target->count; i++) {
    struct image asker = target->images[i]; /* the list moves as it grows */
    struct target_search search = {target, i};
    image_each_dynamic(&asker, DT_NEEDED, target_add_needed, &search);
  }
  return true;
}

/* A line of /proc/PID/maps whose part of a file may be executed names a file of code. */
static void target_add_mapping(struct inspect_target *target, char *line) {
  char flags[8];
  int at = 0;
  line[strcspn(line, "\n")] = '\0';
  if (sscanf(line, "%*s %7s %*s %*s %*s %n", flags, &at) == 1 && at && flags[2] == 'x' &&
      line[at] == '/')
    target_add(target, line + at);
}

bool inspect_target_process(struct inspect_target *target, uint64_t pid) {
  char name[INSPECT_ROOT_BYTES], *line = NULL;
  size_t room = 0;
  *target = (struct inspect_target){.pid = pid};
  snprintf(name, sizeof name, "/proc/%" PRIu64 "/exe", pid);
  ssize_t length = readlink(name, target->path, sizeof target->path - 1);
  snprintf(name, sizeof name, "/proc/%" PRIu64 "/maps", pid);
  FILE *maps = length > 0 ? fopen(name, "re") : NULL;
  if (!maps)
    return false;
  snprintf(target->root, sizeof target->root, "/proc/%" PRIu64 "/root", pid);
  target_add(target, target->path);
  while (getline(&line, &room, maps) > 0)
    target_add_mapping(target, line);
  free(line);
  fclose(maps);
  return target->count > 0 || target_give_up(target);
}

void inspect_target_free(struct inspect_target *target) {
  for (size_t i = 0; i < target->count; i++)
    image_close(&target->images[i]);
  free(target->images);
  *target = (struct inspect_target){0};
}

bool inspect_target_has(const struct inspect_target *target, const char *name) {
  for (size_t i = 1; i < target->count; i++)
    if (!strncmp(image_name(&target->images[i]), name, strlen(name)))
      return true;
  return false;
}
