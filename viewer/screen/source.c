/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/source.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file's bytes with a terminator, or NULL. */
static char *read_descriptor(int descriptor, size_t *bytes) {
  struct stat status;
  if (fstat(descriptor, &status) || !S_ISREG(status.st_mode) ||
      status.st_size > (off_t)SOURCE_BYTES_LIMIT)
    return NULL;
  char *text = malloc((size_t)status.st_size + 1);
  if (!text)
    return NULL;
  size_t done = 0;
  while (done < (size_t)status.st_size) {
    ssize_t got = read(descriptor, text + done, (size_t)status.st_size - done);
    if (got <= 0)
      break;
    done += (size_t)got;
  }
  text[done] = '\0';
  *bytes = done;
  return text;
}

/* Never a device, never a wait for a pipe's other end. */
static char *read_regular(const char *path, size_t *bytes) {
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0)
    return NULL;
  char *text = read_descriptor(descriptor, bytes);
  close(descriptor);
  return text;
}

static bool split_lines(struct source *source, size_t bytes) {
  size_t count = 1;
  for (size_t i = 0; i < bytes; i++)
    count += source->text[i] == '\n';
  source->lines = reallocarray(NULL, count, sizeof *source->lines);
  if (!source->lines)
    return false;
  char *at = source->text, *stop = source->text + bytes;
  while (at < stop) {
    char *end = memchr(at, '\n', (size_t)(stop - at));
    source->lines[source->line_count++] = at;
    if (!end)
      break;
    end[end > at && end[-1] == '\r' ? -1 : 0] = '\0';
    at = end + 1;
  }
  return true;
}

void source_load(struct source *source, const char *path) {
  if (source->path && strcmp(source->path, path) == 0)
    return;
  source_release(source);
  size_t bytes = 0;
  source->path = strdup(path);
  source->text = path[0] == '/' ? read_regular(path, &bytes) : NULL;
  if (source->text && !split_lines(source, bytes)) {
    free(source->text);
    source->text = NULL;
  }
}

void source_release(struct source *source) {
  free(source->path);
  free(source->text);
  free(source->lines);
  *source = (struct source){0};
}

const char *source_line(const struct source *source, size_t line) {
  return line >= 1 && line <= source->line_count ? source->lines[line - 1] : NULL;
}
