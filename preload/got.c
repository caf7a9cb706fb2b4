/* SPDX-License-Identifier: Apache-2.0 */
#include "got.h"
#include "capture.h"
#include "loader.h"
#include "object.h"
#include "settings.h"
#include "sys.h"
#include "thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define FUNCTIONS_MOST 256
#define BUCKETS 1024u

/* In the order in which they are patched; they are put back in reverse. */
enum turn { TURN_FREES, TURN_RESIZES, TURN_ALLOCATIONS, TURNS };

struct function {
  const char *name;
  uintptr_t hook, real; /* real 0: nobody defines it */
  enum turn turn;
};

static struct function functions[FUNCTIONS_MOST];
static uint32_t function_count;
static uint16_t buckets[BUCKETS]; /* number + 1, by the name's hash; open */
static _Atomic int lock;
static _Atomic bool patched;
static struct got_changes { unsigned long long added, removed; } seen;

/* ---- The functions
 * -----------------------------------------------------------------------------*/

static uint32_t hash_of(const char *name) {
  uint32_t hash = 2166136261u;
  for (; *name; name++)
    hash = (hash ^ (uint8_t)*name) * 16777619u;
  return hash;
}

static struct function *find(const char *name) {
  for (uint32_t at = hash_of(name) % BUCKETS; buckets[at]; at = (at + 1) % BUCKETS)
    if (!strcmp(functions[buckets[at] - 1].name, name))
      return &functions[buckets[at] - 1];
  return NULL;
}

static bool has(const char *name, const char *part) {
  return strstr(name, part) != NULL;
}

static enum turn turn_of(const char *name) {
  if (has(name, "free") || has(name, "delete") || has(name, "dallocx") || has(name, "munmap") ||
      !strncmp(name, "_Zd", 3))
    return has(name, "realloc") ? TURN_RESIZES : TURN_FREES;
  if (has(name, "realloc") || has(name, "rallocx") || has(name, "xallocx") ||
      has(name, "recalloc") || has(name, "rezalloc") || has(name, "expand") || has(name, "mremap"))
    return TURN_RESIZES;
  return TURN_ALLOCATIONS;
}

static void add(const char *name, uintptr_t hook, enum turn turn) {
  if (function_count == FUNCTIONS_MOST)
    return;
  functions[function_count++] = (struct function){name, hook, 0, turn};
  uint32_t at = hash_of(name) % BUCKETS;
  while (buckets[at])
    at = (at + 1) % BUCKETS;
  buckets[at] = (uint16_t)function_count;
}

static bool is_map(const char *name) {
  return !strcmp(name, "mmap") || !strcmp(name, "mmap64") || !strcmp(name, "munmap") ||
         !strcmp(name, "mremap");
}

/* What was not there before may have come with a library since. Mappings only if they are wanted:
 * without a real function nothing is patched. */
static void find_real(void) {
  for (uint32_t i = 0; i < function_count; i++) {
    struct function *function = &functions[i];
    if (is_map(function->name) && !settings.maps)
      function->real = 0;
    else if (!function->real)
      function->real = object_find(function->name);
  }
}

/* ---- Calls by which modules come
 * ---------------------------------------------------------------*/

/* The loader looks at who called these. So ours end with a jump, which leaves the caller's return
 * address where it is; nothing can be done behind them. (gcc 12 has no word to demand it by, but
 * does so at -O2; a test finds out.) What came is seen by the thread's next
 * event, or when it asks for the first address in it. */
#if __has_attribute(musttail)
#define JUMP_TO __attribute__((musttail)) return
#else
#define JUMP_TO return
#endif

static struct {
  void *(*dlopen)(const char *, int);
  void *(*dlmopen)(Lmid_t, const char *, int);
  void *(*dlsym)(void *, const char *);
  void *(*dlvsym)(void *, const char *, const char *);
  int (*dlclose)(void *);
} behind;

static void *hook_dlopen(const char *name, int mode) {
  got_look();
  thread_look_at_modules();
  JUMP_TO behind.dlopen(name, mode);
}

static void *hook_dlmopen(Lmid_t space, const char *name, int mode) {
  got_look();
  thread_look_at_modules();
  JUMP_TO behind.dlmopen(space, name, mode);
}

static void *hook_dlsym(void *handle, const char *name) {
  got_look();
  JUMP_TO behind.dlsym(handle, name);
}

static void *hook_dlvsym(void *handle, const char *name, const char *version) {
  got_look();
  JUMP_TO behind.dlvsym(handle, name, version);
}

static int hook_dlclose(void *handle) {
  thread_look_at_modules();
  JUMP_TO behind.dlclose(handle);
}

#define ADD_LOADER(name)                                                                           \
  do {                                                                                             \
    behind.name = (__typeof__(behind.name))object_find(#name);                                     \
    add(#name, (uintptr_t)hook_##name, TURN_FREES);                                                \
  } while (0)

static void add_loaders_calls(void) {
  ADD_LOADER(dlopen);
  ADD_LOADER(dlmopen);
  ADD_LOADER(dlsym);
  ADD_LOADER(dlvsym);
  ADD_LOADER(dlclose);
}

/* What we export is what we interpose, but for our own API. */
static void add_hook(const char *name, uintptr_t address, void *unused) {
  (void)unused;
  if (strncmp(name, "seep_", 5) != 0)
    add(name, address, turn_of(name));
}

static void add_all(void) {
  struct object own;
  if (object_describe_own(&own))
    object_each_function(&own, add_hook, NULL);
  add_loaders_calls();
}

/* ---- A word
 * ------------------------------------------------------------------------------------*/

/* An object, while its words are treated. */
struct module {
  struct object object;
  bool relro_open;
};

/* By adding 0 to it atomically, as the kernel can be asked to do for a futex. -EFAULT: it is
 * read-only; another error: not known. */
static long probe_write(uintptr_t address) {
  static uint32_t nobody_waits;
  return sys_call6(SYS_futex, (long)&nobody_waits, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, 0,
                   (long)address, FUTEX_OP(FUTEX_OP_ADD, 0, FUTEX_OP_CMP_EQ, 0));
}

static bool set_relro(struct module *module, int protection) {
  return !sys_failed(sys_call3(SYS_mprotect, module->object.relro_start,
                               module->object.relro_stop - module->object.relro_start, protection));
}

/* A module that another thread is just loading has its words still writable: then so they stay, for
 * the loader is about to write there. */
static bool make_writable(struct module *module, uintptr_t address) {
  bool relro =
      address - module->object.relro_start < module->object.relro_stop - module->object.relro_start;
  if (relro && module->relro_open)
    return true;
  long probe = probe_write(address);
  if (!sys_failed(probe) || (!relro && probe != -EFAULT))
    return true;
  module->relro_open = relro && set_relro(module, PROT_READ | PROT_WRITE);
  return module->relro_open;
}

static bool put(struct module *module, uintptr_t *word, uintptr_t value) {
  if ((uintptr_t)word % sizeof *word || !make_writable(module, (uintptr_t)word))
    return false;
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
  return true;
}

/* Not bound yet: it leads to the module's own stub. What it would be bound to is the real function,
 * unless the module has one of its own. */
static bool is_unbound(const struct object *object, uint32_t type, uintptr_t value,
                       const ElfW(Sym) * symbol) {
  return type == R_X86_64_JUMP_SLOT && value - object->start < object->stop - object->start &&
         symbol->st_shndx == SHN_UNDEF;
}

struct pass {
  enum turn turn;
  bool restore;
  uint64_t words;
};

/* A word with a function's address. */
static bool is_call(const ElfW(Rela) * relocation) {
  uint32_t type = (uint32_t)ELF64_R_TYPE(relocation->r_info);
  return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT ||
         (type == R_X86_64_64 && !relocation->r_addend);
}

static void treat_word(struct module *module, const ElfW(Rela) * relocation, struct pass *pass) {
  if (!is_call(relocation))
    return;
  const struct object *object = &module->object;
  const ElfW(Sym) *symbol = &object->symbols[ELF64_R_SYM(relocation->r_info)];
  const struct function *function = find(object->names + symbol->st_name);
  if (!function || !function->real || function->turn != pass->turn)
    return;
  uintptr_t *word = (uintptr_t *)(object->base + relocation->r_offset);
  uintptr_t value = __atomic_load_n(word, __ATOMIC_RELAXED);
  if (pass->restore)
    pass->words += value == function->hook && put(module, word, function->real);
  else if (value == function->real ||
           is_unbound(object, (uint32_t)ELF64_R_TYPE(relocation->r_info), value, symbol))
    pass->words += put(module, word, function->hook);
  else
    pass->words += value == function->hook;
}

static int treat_module(struct dl_phdr_info *info, size_t size, void *data) {
  struct module module = {.relro_open = false};
  struct object *object = &module.object;
  (void)size;
  if (!object_describe(object, info) || object_is_own(object) || loader_has(object->start))
    return 0;
  for (int part = 0; part < 2; part++)
    for (size_t i = 0; object->relocations[part] && i < object->relocation_count[part]; i++)
      treat_word(&module, &object->relocations[part][i], data);
  if (module.relro_open)
    set_relro(&module, PROT_READ);
  return 0;
}

struct binding {
  uintptr_t inside, elsewhere;
  const char *name;
};

static int bind_module(struct dl_phdr_info *info, size_t size, void *data) {
  const struct binding *binding = data;
  struct module module = {.relro_open = false};
  const struct object *object = &module.object;
  (void)size;
  if (!object_describe(&module.object, info) ||
      binding->inside - object->start >= object->stop - object->start)
    return 0;
  for (int part = 0; part < 2; part++)
    for (size_t i = 0; object->relocations[part] && i < object->relocation_count[part]; i++) {
      const ElfW(Rela) *relocation = &object->relocations[part][i];
      const ElfW(Sym) *symbol = &object->symbols[ELF64_R_SYM(relocation->r_info)];
      if (is_call(relocation) && !strcmp(object->names + symbol->st_name, binding->name))
        put(&module, (uintptr_t *)(object->base + relocation->r_offset), binding->elsewhere);
    }
  if (module.relro_open)
    set_relro(&module, PROT_READ);
  return 1;
}

void got_bind(uintptr_t inside, const char *name, uintptr_t elsewhere) {
  struct binding binding = {inside, elsewhere, name};
  dl_iterate_phdr(bind_module, &binding);
}

static uint64_t treat_all(bool restore) {
  uint64_t words = 0;
  for (int i = 0; i < TURNS; i++) {
    struct pass pass = {.turn = restore ? TURNS - 1 - i : i, .restore = restore};
    dl_iterate_phdr(treat_module, &pass);
    words += pass.words;
  }
  return words;
}

/* ---- All
 * ---------------------------------------------------------------------------------------*/

static int read_changes(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  *(struct got_changes *)data = (struct got_changes){info->dlpi_adds, info->dlpi_subs};
  return 1;
}

static void patch_all(uint64_t *words) {
  dl_iterate_phdr(read_changes, &seen); /* before: what comes meanwhile is found next time */
  find_real();
  *words = treat_all(false);
}

uint64_t got_patch(void) {
  uint64_t words = 0;
  if (!function_count)
    add_all();
  if (atomic_exchange_explicit(&lock, 1, memory_order_acquire))
    return 0;
  patch_all(&words);
  atomic_store_explicit(&lock, 0, memory_order_release);
  atomic_store(&patched, true);
  return words;
}

uint64_t got_restore(void) {
  atomic_store(&patched, false);
  for (int tries = 0; tries < 1000 && atomic_exchange_explicit(&lock, 1, memory_order_acquire);
       tries++)
    sys_call3(SYS_sched_yield, 0, 0, 0); /* somebody patches a new module */
  uint64_t words = treat_all(true);
  atomic_store_explicit(&lock, 0, memory_order_release);
  return words;
}

static void look(void) {
  struct got_changes now;
  dl_iterate_phdr(read_changes, &now);
  if (now.added == seen.added && now.removed == seen.removed)
    return;
  uint64_t words;
  capture_module_check(0);
  patch_all(&words);
}

__attribute__((noinline)) void got_look(void) {
  if (!atomic_load_explicit(&patched, memory_order_relaxed) ||
      atomic_exchange_explicit(&lock, 1, memory_order_acquire))
    return;
  int saved = errno;
  look();
  errno = saved;
  atomic_store_explicit(&lock, 0, memory_order_release);
}

void got_forget(void) {
  atomic_store(&lock, 0);
  atomic_store(&patched, false);
}
