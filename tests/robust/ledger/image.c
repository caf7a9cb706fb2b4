/* SPDX-License-Identifier: Apache-2.0 */
#include "image.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define IMAGE_WAITS 200
#define IMAGE_WAIT_US 50000

static bool image_fail(const char *path, const char *what) {
  fprintf(stderr, "ledgercheck: %s: %s\n", path, what);
  return false;
}

static struct image *image_add(struct images *images) {
  struct image *list = realloc(images->list, (images->count + 1) * sizeof *list);
  if (!list)
    abort();
  images->list = list;
  list[images->count] = (struct image){0};
  return &list[images->count++];
}

/* ---- Pages ------------------------------------------------------------------------------------*/

static bool image_read_page(struct images *images, const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  const struct ledger *page = mmap(NULL, sizeof *page, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (page == MAP_FAILED || page->magic != LEDGER_MAGIC)
    return image_fail(path, "is no page of a ledger");
  image_add(images)->page = page;
  return true;
}

/* ---- Traces -----------------------------------------------------------------------------------*/

/* The image whose first call came next after the trace began. */
static struct image *image_of(struct images *images, const struct trace *trace) {
  struct image *found = NULL;
  for (size_t i = 0; i < images->count; i++) {
    const struct ledger *page = images->list[i].page;
    if (page && page->pid == trace->process.pid &&
        page->start_ns >= trace->process.start_realtime_ns &&
        (!found || page->start_ns < found->page->start_ns))
      found = &images->list[i];
  }
  return found && !found->trace ? found : image_add(images);
}

/* Processes that a script leaves behind may be about to end. */
static enum trace_status image_open(const char *path, struct trace **trace) {
  struct trace_error error;
  enum trace_status status = trace_open(path, trace, &error);
  for (int waits = 0; waits < IMAGE_WAITS && status == TRACE_OK; waits++) {
    if ((*trace)->state != TRACE_RUNNING)
      return status;
    trace_close(*trace);
    usleep(IMAGE_WAIT_US);
    status = trace_open(path, trace, &error);
  }
  return status;
}

static bool image_read_trace(struct images *images, const char *path) {
  struct trace_error error;
  struct trace *trace;
  enum trace_status status = image_open(path, &trace);
  if (status != TRACE_OK)
    return image_fail(path, trace_status_text(status));
  struct image *image = image_of(images, trace);
  image->trace = trace;
  snprintf(image->path, sizeof image->path, "%s", path);
  status = analysis_new(trace, NULL, NULL, &image->analysis, &error);
  if (status != TRACE_OK)
    return image_fail(path, trace_status_text(status));
  image->totals = analysis_totals(image->analysis);
  return true;
}

/* ---- Both -------------------------------------------------------------------------------------*/

static bool image_is_stage(const char *name) {
  return strstr(name, ".stage") != NULL;
}

static bool images_of(struct images *images, const char *directory,
                      bool (*read)(struct images *images, const char *path)) {
  char path[PATH_MAX];
  struct dirent **entries;
  bool good = true;
  int count = scandir(directory, &entries, NULL, alphasort);
  if (count < 0)
    return image_fail(directory, "cannot be read");
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
    if (entries[i]->d_name[0] != '.' && !image_is_stage(entries[i]->d_name))
      good = read(images, path) && good;
    free(entries[i]);
  }
  free(entries);
  return good;
}

bool images_read(struct images *images, const char *ledgers, const char *traces) {
  return images_of(images, ledgers, image_read_page) && images_of(images, traces, image_read_trace);
}

void images_free(struct images *images) {
  for (size_t i = 0; i < images->count; i++) {
    if (images->list[i].analysis)
      analysis_free(images->list[i].analysis);
    if (images->list[i].trace)
      trace_close(images->list[i].trace);
  }
  free(images->list);
}
