/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#define SITE_DEPTH 16
#define MODULE_NAME 64
#define PAGE_MASK                                                                                  \
  0xfff /* modules are loaded at whole pages: these bits of an address never change */

struct frame {
  char module[MODULE_NAME];
  uintptr_t offset;
};

static struct frame frames[SITE_DEPTH];
static unsigned depth;
static char executable[4096];

/* Reads one frame and moves *text behind it, and behind a comma. */
static bool frame_read(const char **text, struct frame *frame) {
  const char *plus = strstr(*text, "+0x");
  if (!plus || plus == *text || (size_t)(plus - *text) >= sizeof frame->module)
    return false;
  memcpy(frame->module, *text, (size_t)(plus - *text));
  char *end;
  frame->offset = strtoull(plus + 3, &end, 16);
  *text = *end == ',' ? end + 1 : end;
  return end > plus + 3 && (*end == ',' || !*end);
}

bool site_choose(const char *text) {
  unsigned read = 0;
  if (!text)
    return false;
  while (*text) {
    if (read == SITE_DEPTH || !frame_read(&text, &frames[read]))
      return false;
    read++;
  }
  depth = read;
  return depth > 0 && readlink("/proc/self/exe", executable, sizeof executable - 1) > 0;
}

/* The executable's own map has no name. */
static const char *module_of(const struct link_map *map) {
  const char *path = *map->l_name ? map->l_name : executable, *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static bool frame_is(const struct frame *frame, uintptr_t address) {
  struct dl_find_object found;
  if ((address & PAGE_MASK) != (frame->offset & PAGE_MASK))
    return false;
  if (_dl_find_object((void *)address, &found))
    return false;
  return address - found.dlfo_link_map->l_addr == frame->offset &&
         !strcmp(module_of(found.dlfo_link_map), frame->module);
}

struct walk {
  const void *caller;
  unsigned matched; /* frames of the site that were met; 0: its first has not been */
  bool is_site;
};

static _Unwind_Reason_Code walk_step(struct _Unwind_Context *context, void *data) {
  struct walk *walk = data;
  uintptr_t address = _Unwind_GetIP(context);
  if (!walk->matched && address != (uintptr_t)walk->caller)
    return _URC_NO_REASON; /* still in the injector */
  if (walk->matched && !frame_is(&frames[walk->matched], address))
    return _URC_END_OF_STACK;
  walk->matched++;
  walk->is_site = walk->matched == depth;
  return walk->is_site ? _URC_END_OF_STACK : _URC_NO_REASON;
}

bool site_has(const void *caller) {
  if (!frame_is(&frames[0], (uintptr_t)caller))
    return false;
  if (depth == 1)
    return true;
  struct walk walk = {.caller = caller};
  _Unwind_Backtrace(walk_step, &walk);
  return walk.is_site;
}
