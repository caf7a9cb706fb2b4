/* SPDX-License-Identifier: Apache-2.0 */
#include "modules.h"
#include "arena.h"
#include "clock.h"
#include "message.h"
#include "output.h"
#include "requests.h"
#include "settings.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>

#define MODULE_LIMIT 4096 /* the last one stands for all that are not told apart any more */
#define BEYOND_PATH "[libraries beyond the first 4,095]"
#define BUILD_ID_LIMIT 64
#define LOCK_TRIES 100000 /* some milliseconds: longer than it is held, if nobody interrupts */

struct module {
  uintptr_t start, stop, bias;
  const struct link_map *_Atomic map;
  _Atomic uint32_t epoch; /* in which it was last seen to be what it is */
  _Atomic bool written, unloaded;
  bool is_recorder;
  uint8_t build_id_bytes;
  uint8_t build_id[BUILD_ID_LIMIT];
  char path[512];
};

/* What is known of the code around an address. */
struct range {
  uintptr_t start, stop;
  const struct link_map *map;
};

static struct module *modules; /* [1 … count] */
static _Atomic uint32_t count;
static _Atomic int table_lock;
static _Atomic uint64_t epoch = 1;
static _Atomic uint32_t written_below = 1; /* all ids below are in the trace; may lag behind */
static int (*find_object)(void *, struct dl_find_object *);

void modules_start(void) {
  /* Looked up, not linked: with a C library older than 2.35 the recorder must still load. */
  find_object = (int (*)(void *, struct dl_find_object *))dlsym(RTLD_DEFAULT, "_dl_find_object");
  if (!modules)
    modules = arena_map((MODULE_LIMIT + 1) * sizeof *modules);
}

void modules_forget(void) {
  atomic_store(&table_lock, 0);
  for (uint32_t id = 1; id <= atomic_load(&count); id++)
    modules[id].written = false;
  atomic_store(&written_below, 1);
}

/* ---- epochs
 * -------------------------------------------------------------------------------------*/

struct changes {
  unsigned long long added, removed;
};

static int read_changes(struct dl_phdr_info *info, size_t size, void *data) {
  struct changes *changes = data;
  if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs)
    *changes = (struct changes){info->dlpi_adds, info->dlpi_subs};
  return 1; /* the first object knows the counters: go no further */
}

uint32_t modules_epoch(void) {
  return (uint32_t)atomic_load_explicit(&epoch, memory_order_acquire);
}

/* The loader's counters themselves, which only grow: who comes second finds what the first found.
 */
bool modules_refresh(void) {
  struct changes changes = {0, 0};
  dl_iterate_phdr(read_changes, &changes);
  uint64_t now = 1 + changes.added + changes.removed, before = atomic_load(&epoch);
  while (before < now)
    if (atomic_compare_exchange_weak(&epoch, &before, now))
      return true;
  return false;
}

/* ---- what the loader knows
 * ----------------------------------------------------------------------*/

struct search {
  uintptr_t pc;
  struct range range;
};

static int search_object(struct dl_phdr_info *info, size_t size, void *data) {
  struct search *search = data;
  (void)size;
  uintptr_t low = UINTPTR_MAX, high = 0;
  bool inside = false;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD)
      continue;
    uintptr_t start = info->dlpi_addr + header->p_vaddr, stop = start + header->p_memsz;
    low = start < low ? start : low;
    high = stop > high ? stop : high;
    inside |= search->pc - start < header->p_memsz;
  }
  if (!inside)
    return 0;
  search->range = (struct range){low, high, NULL};
  return 1;
}

static bool find_range(uintptr_t pc, struct range *range) {
  struct dl_find_object found;
  if (find_object) {
    if (find_object((void *)pc, &found))
      return false;
    *range = (struct range){(uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end,
                            found.dlfo_link_map};
    return true;
  }
  struct search search = {.pc = pc}; /* takes the loader's lock; only with an old C library */
  Dl_info info;
  struct link_map *map = NULL;
  if (!dl_iterate_phdr(search_object, &search) ||
      !dladdr1((void *)pc, &info, (void **)&map, RTLD_DL_LINKMAP))
    return false;
  *range = search.range;
  range->map = map;
  return true;
}

static void take_note(struct module *module, const uint8_t *at, size_t bytes) {
  while (bytes >= sizeof(ElfW(Nhdr))) {
    const ElfW(Nhdr) *note = (const void *)at;
    size_t name = (note->n_namesz + 3u) & ~3u, value = (note->n_descsz + 3u) & ~3u;
    if (name > bytes || value > bytes || sizeof *note + name + value > bytes)
      return;
    const uint8_t *text = at + sizeof *note;
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && !memcmp(text, "GNU", 4) &&
        note->n_descsz <= BUILD_ID_LIMIT) {
      module->build_id_bytes = (uint8_t)note->n_descsz;
      memcpy(module->build_id, text + name, note->n_descsz);
      return;
    }
    at += sizeof *note + name + value;
    bytes -= sizeof *note + name + value;
  }
}

struct headers {
  const ElfW(Phdr) * first;
  size_t count;
};

/* The executable's stand where the kernel says: it may be mapped with gaps, and then the loader
 * names each part as if it were all. A library's stand behind the ELF header that it begins with.
 */
static struct headers headers_of(const struct range *range) {
  if (!range->map->l_prev && range->map->l_name && !*range->map->l_name)
    return (struct headers){(const ElfW(Phdr) *)getauxval(AT_PHDR), getauxval(AT_PHNUM)};
  const ElfW(Ehdr) *elf = (const ElfW(Ehdr) *)range->start;
  if (memcmp(elf->e_ident, ELFMAG, SELFMAG) || elf->e_phentsize != sizeof(ElfW(Phdr)) ||
      elf->e_phoff + (uint64_t)elf->e_phnum * sizeof(ElfW(Phdr)) > 4096)
    return (struct headers){NULL, 0};
  return (struct headers){(const ElfW(Phdr) *)(range->start + elf->e_phoff), elf->e_phnum};
}

static bool is_mapped(const struct headers *headers, const ElfW(Phdr) * note) {
  for (size_t i = 0; i < headers->count; i++) {
    const ElfW(Phdr) *segment = &headers->first[i];
    if (segment->p_type == PT_LOAD && segment->p_flags & PF_R &&
        note->p_vaddr >= segment->p_vaddr && note->p_memsz <= segment->p_filesz &&
        note->p_vaddr - segment->p_vaddr <= segment->p_filesz - note->p_memsz)
      return true;
  }
  return false;
}

static void read_build_id(struct module *module, const struct range *range) {
  struct headers headers = headers_of(range);
  for (size_t i = 0; i < headers.count && !module->build_id_bytes; i++) {
    const ElfW(Phdr) *header = &headers.first[i];
    if (header->p_type == PT_NOTE && is_mapped(&headers, header))
      take_note(module, (const uint8_t *)(module->bias + header->p_vaddr), header->p_memsz);
  }
}

bool modules_is_recorder(uintptr_t start) {
  extern const char __ehdr_start __attribute__((visibility("hidden"))); /* of libseep.so */
  return start == (uintptr_t)&__ehdr_start;
}

/* In code that came after the start. */
static bool misses_requests(const struct module *module, const struct range *range) {
  struct headers headers = headers_of(range);
  for (size_t i = 0; i < headers.count; i++) {
    const ElfW(Phdr) *header = &headers.first[i];
    if (header->p_type == PT_LOAD && header->p_flags & PF_X && header->p_flags & PF_R &&
        requests_are_missed((const void *)(module->bias + header->p_vaddr), header->p_filesz))
      return true;
  }
  return false;
}

static const char *path_of(const struct range *range) {
  const char *name = range->map->l_name;
  return name && *name ? name : settings_executable();
}

static void describe(struct module *module, const struct range *range) {
  module->start = range->start;
  module->stop = range->stop;
  module->map = range->map;
  module->bias = range->map->l_addr;
  module->build_id_bytes = 0;
  module->written = module->unloaded = false;
  module->is_recorder = modules_is_recorder(range->start);
  strncpy(module->path, path_of(range), sizeof module->path - 1);
  read_build_id(module, range);
}

/* Not a range of addresses: nothing is found to be it but by having no other. */
static uint32_t enter_beyond(void) {
  struct module *module = &modules[MODULE_LIMIT];
  if (atomic_load(&count) < MODULE_LIMIT) {
    memcpy(module->path, BEYOND_PATH, sizeof BEYOND_PATH);
    atomic_store_explicit(&count, MODULE_LIMIT, memory_order_release);
  }
  return MODULE_LIMIT;
}

/* Whether what is there now is the module. */
static bool is_it(const struct module *module, const struct range *range) {
  struct module now = {.bias = range->map->l_addr};
  if (module->bias != now.bias || module->stop != range->stop ||
      strncmp(module->path, path_of(range), sizeof module->path - 1))
    return false;
  read_build_id(&now, range);
  return module->build_id_bytes == now.build_id_bytes &&
         !memcmp(module->build_id, now.build_id, now.build_id_bytes);
}

/* ---- the table
 * ----------------------------------------------------------------------------------*/

static bool write_module(uint32_t id) {
  struct module *module = &modules[id];
  struct output_frame frame;
  struct output_fields fields;
  output_fields_begin(&fields, &frame, SEEP_FRAME_MODULE);
  output_field_u64(&fields, SEEP_TAG_MODULE, id);
  output_field_text(&fields, SEEP_TAG_PATH, module->path);
  output_field_bytes(&fields, SEEP_TAG_BUILD_ID, module->build_id, module->build_id_bytes);
  output_field_u64(&fields, SEEP_TAG_BIAS, module->bias);
  output_field_u64(&fields, SEEP_TAG_START, module->start);
  output_field_u64(&fields, SEEP_TAG_STOP, module->stop);
  if (module->is_recorder)
    output_field_u64(&fields, SEEP_TAG_IS_RECORDER, 1);
  if (module->unloaded)
    output_field_u64(&fields, SEEP_TAG_UNLOAD_STAMP, clock_stamp());
  return output_fields_write(&fields);
}

/* Any thread, and several may write the same: each must have it there before it goes on. */
void modules_write_pending(void) {
  uint32_t first = atomic_load(&written_below), end = atomic_load(&count) + 1;
  bool all = true;
  for (uint32_t id = first; id < end; id++) {
    if (!modules[id].written)
      modules[id].written = write_module(id);
    all = all && modules[id].written;
  }
  if (all)
    atomic_compare_exchange_strong(&written_below, &first, end);
}

/* The module that was found at this place in this epoch; 0: none. Newest first: one that took the
 * place of another counts. */
static uint32_t known(const struct range *range, uint32_t now) {
  for (uint32_t id = atomic_load_explicit(&count, memory_order_acquire); id; id--) {
    const struct module *module = &modules[id];
    if (module->start == range->start && module->map == range->map && !module->unloaded)
      return atomic_load_explicit(&module->epoch, memory_order_acquire) == now ? id : 0;
  }
  return 0;
}

/* The last one at this place, if it still is what it was before the epoch; 0: there is none, or
 * something else is there. Its code is on the caller's stack, so it stays what it is. */
static uint32_t recognise(const struct range *range, uint32_t now) {
  for (uint32_t id = atomic_load_explicit(&count, memory_order_acquire); id; id--) {
    struct module *module = &modules[id];
    if (module->start != range->start || module->unloaded)
      continue;
    if (!is_it(module, range))
      return 0;
    module->map = range->map;
    atomic_store_explicit(&module->epoch, now, memory_order_release);
    return id;
  }
  return 0;
}

static uint32_t find(const struct range *range, uint32_t now) {
  uint32_t id = known(range, now);
  return id ? id : recognise(range, now);
}

/* Marks whoever had this place until now as gone; 0: nobody had. */
static uint32_t take_leave(const struct range *range) {
  for (uint32_t old = atomic_load(&count); old; old--) {
    if (modules[old].start != range->start || modules[old].unloaded)
      continue;
    modules[old].unloaded = true;
    return old;
  }
  return 0;
}

/* Its frame is in the trace and says that it is gone: it has to be written again. */
static void bring_back(uint32_t id, const struct range *range) {
  uint32_t below = atomic_load(&written_below);
  modules[id].map = range->map;
  modules[id].unloaded = false;
  modules[id].written = false;
  while (below > id && !atomic_compare_exchange_weak(&written_below, &below, id))
    ;
}

/* A library that is opened and closed over and over is the same one where it is put to the same
 * place; elsewhere it is another, for the hash of a path knows addresses alone (tenants.h). */
static uint32_t find_gone(const struct range *range) {
  for (uint32_t id = atomic_load(&count); id; id--)
    if (modules[id].start == range->start && modules[id].unloaded && is_it(&modules[id], range))
      return id;
  return 0;
}

/* Enters the range's module. *gone: the one whose place it took, or 0. The lock is held. */
static uint32_t enter(const struct range *range, uint32_t now, uint32_t *gone) {
  uint32_t id = find_gone(range), next = atomic_load(&count) + 1;
  *gone = take_leave(range);
  if (id) {
    bring_back(id, range);
  } else if (next < MODULE_LIMIT) {
    id = next;
    describe(&modules[id], range);
  } else {
    return enter_beyond();
  }
  atomic_store_explicit(&modules[id].epoch, now, memory_order_release);
  if (id == next)
    atomic_store_explicit(&count, id, memory_order_release);
  return id;
}

static bool lock(void) {
  for (int tries = 0; tries < LOCK_TRIES; tries++) {
    if (!atomic_exchange_explicit(&table_lock, 1, memory_order_acquire))
      return true;
    __builtin_ia32_pause();
  }
  return false;
}

static uint32_t enter_locked(const struct range *range, uint32_t now) {
  uint32_t gone = 0;
  if (!lock())
    return MODULES_BUSY;
  uint32_t id = find(range, now);
  bool is_new = !id;
  if (is_new)
    id = enter(range, now, &gone);
  atomic_store_explicit(&table_lock, 0, memory_order_release);
  if (gone)
    write_module(gone);
  if (is_new) {
    modules_write_pending();
    if (id == MODULE_LIMIT)
      message_once(MESSAGE_MODULES, "", 0);
    else if (!modules[id].is_recorder && misses_requests(&modules[id], range))
      message_once(MESSAGE_REQUESTS_LATE, modules[id].path, 0);
  }
  return id;
}

uint32_t modules_find(uintptr_t pc, uintptr_t *bias) {
  struct range range;
  *bias = 0;
  if (!modules || !find_range(pc, &range) || !range.map)
    return 0;
  uint32_t now = modules_epoch(), id = find(&range, now);
  if (!id)
    id = enter_locked(&range, now);
  if (id && id != MODULES_BUSY)
    *bias = modules[id].bias;
  return id;
}
