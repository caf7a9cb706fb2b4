/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/safepoint.h"

#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SAFEPOINT_FRAMES_MOST 100000

struct safepoint {
  Dwfl *dwfl;
  char root[64];
};

/* ---- The process's code ---- */

/* Files as the process sees them; what is no file (any more) is read from its memory. */
static int safepoint_find_file(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
                               char **file_name, Elf **elf) {
  const struct safepoint *safepoint = *data;
  char path[PATH_MAX];
  if (safepoint && *name == '/' &&
      (size_t)snprintf(path, sizeof path, "%s%s", safepoint->root, name) < sizeof path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0)
      return file;
  }
  return dwfl_linux_proc_find_elf(module, data, name, base, file_name, elf);
}

/* Unwinding needs no debug information, and names only those that a file exports: nothing is looked
 * for elsewhere, let alone asked of a server. */
static int safepoint_no_debug_file(Dwfl_Module *module, void **data, const char *name,
                                   Dwarf_Addr base, const char *file, const char *link,
                                   GElf_Word crc, char **found) {
  (void)module, (void)data, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)found;
  return -1;
}

static const Dwfl_Callbacks safepoint_callbacks = {.find_elf = safepoint_find_file,
                                                   .find_debuginfo = safepoint_no_debug_file};

static int safepoint_tell_module(Dwfl_Module *module, void **data, const char *name,
                                 Dwarf_Addr start, void *safepoint) {
  (void)module, (void)name, (void)start;
  *data = safepoint;
  return DWARF_CB_OK;
}

struct safepoint *safepoint_new(pid_t pid) {
  struct safepoint *safepoint = calloc(1, sizeof *safepoint);
  if (!safepoint)
    return NULL;
  snprintf(safepoint->root, sizeof safepoint->root, "/proc/%d/root", (int)pid);
  safepoint->dwfl = dwfl_begin(&safepoint_callbacks);
  if (safepoint->dwfl && dwfl_linux_proc_report(safepoint->dwfl, pid) == 0 &&
      dwfl_report_end(safepoint->dwfl, NULL, NULL) == 0 &&
      dwfl_linux_proc_attach(safepoint->dwfl, pid, true) == 0) {
    dwfl_getmodules(safepoint->dwfl, safepoint_tell_module, safepoint, 0);
    return safepoint;
  }
  safepoint_free(safepoint);
  return NULL;
}

void safepoint_free(struct safepoint *safepoint) {
  if (safepoint && safepoint->dwfl)
    dwfl_end(safepoint->dwfl);
  free(safepoint);
}

/* ---- Frames ---- */

/* Of libc: what keeps a lock that dlopen, malloc or the registration of handlers take, and what
 * calls the program back while it does. */
static const char *const safepoint_libc[] = {"malloc",
                                             "calloc",
                                             "realloc",
                                             "reallocarray",
                                             "free",
                                             "cfree",
                                             "memalign",
                                             "valloc",
                                             "pvalloc",
                                             "aligned_alloc",
                                             "posix_memalign",
                                             "malloc_trim",
                                             "malloc_info",
                                             "malloc_stats",
                                             "mallinfo",
                                             "mallinfo2",
                                             "mallopt",
                                             "fork",
                                             "Fork",
                                             "vfork",
                                             "dlopen",
                                             "dlmopen",
                                             "dlclose",
                                             "dlsym",
                                             "dlvsym",
                                             "dladdr",
                                             "dladdr1",
                                             "dlinfo",
                                             "dlerror",
                                             "dl_iterate_phdr",
                                             "exit",
                                             "quick_exit",
                                             "abort",
                                             "pthread_create",
                                             "pthread_exit",
                                             "thrd_create",
                                             "thrd_exit",
                                             "pthread_getattr_np",
                                             "register_atfork",
                                             "cxa_atexit",
                                             "cxa_finalize",
                                             "call_tls_dtors",
                                             "libc_freeres",
                                             "libc_dlopen_mode",
                                             NULL};

/* Whole libraries: the loader, allocators, and the recorder, which may be writing. */
static const char *const safepoint_libraries[] = {
    "ld-linux", "ld-2.", "libjemalloc", "libtcmalloc", "libmimalloc", "libseep", NULL};

static bool safepoint_begins(const char *text, const char *const *with) {
  for (; *with; with++)
    if (!strncmp(text, *with, strlen(*with)))
      return true;
  return false;
}

static bool safepoint_is_among(const char *text, const char *const *names) {
  for (; *names; names++)
    if (!strcmp(text, *names))
      return true;
  return false;
}

/* Without the prefixes under which libc knows its functions itself. */
static const char *safepoint_plain_name(const char *name) {
  if (!strncmp(name, "__libc_", 7))
    return name + 7;
  return name + strspn(name, "_");
}

static const char *safepoint_file_name(Dwfl_Module *module) {
  const char *name = dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  const char *slash = name ? strrchr(name, '/') : NULL;
  name = slash ? slash + 1 : name ? name : "";
  return strncmp(name, "memfd:", 6) ? name : name + 6;
}

struct safepoint_walk {
  struct safepoint *safepoint;
  bool in_call; /* the innermost frame has made a system call */
  size_t frames;
  char *reason;
  size_t reason_bytes;
  bool found; /* something that must not be */
};

static int safepoint_object(struct safepoint_walk *walk, const char *what) {
  snprintf(walk->reason, walk->reason_bytes, "in %.80s", what);
  walk->found = true;
  return DWARF_CB_ABORT;
}

static int safepoint_frame(Dwfl_Frame *frame, void *data) {
  struct safepoint_walk *walk = data;
  Dwarf_Addr pc;
  bool is_exact;
  if (!dwfl_frame_pc(frame, &pc, &is_exact) || ++walk->frames > SAFEPOINT_FRAMES_MOST)
    return safepoint_object(walk, "a stack without end");
  pc -= !is_exact;
  Dwfl_Module *module = dwfl_addrmodule(walk->safepoint->dwfl, pc);
  if (!module)
    return safepoint_object(walk, "code that no file holds");
  const char *file = safepoint_file_name(module);
  if (safepoint_begins(file, safepoint_libraries))
    return safepoint_object(walk, file);
  if (strncmp(file, "libc.so", 7) && strncmp(file, "libc-2.", 7))
    return DWARF_CB_OK;
  if (walk->frames == 1 &&
      !walk->in_call) /* it may be about to take a lock, or have just done so */
    return safepoint_object(walk, "the C library");
  const char *name = dwfl_module_addrname(module, pc);
  if (name && safepoint_is_among(safepoint_plain_name(name), safepoint_libc))
    return safepoint_object(walk, name);
  return DWARF_CB_OK;
}

/* Calls that a thread waits in, or that end at once and are no allocator's or loader's. */
static bool safepoint_may_wait_in(long number) {
  static const long others[] = {SYS_mmap,   SYS_munmap,   SYS_mremap, SYS_mprotect,  SYS_madvise,
                                SYS_brk,    SYS_clone,    SYS_clone3, SYS_fork,      SYS_vfork,
                                SYS_execve, SYS_execveat, SYS_exit,   SYS_exit_group};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (others[i] == number)
      return false;
  return true;
}

bool safepoint_is(struct safepoint *safepoint, const struct remote *remote, char *reason,
                  size_t reason_bytes) {
  struct safepoint_walk walk = {safepoint, false, 0, reason, reason_bytes, false};
  long number;
  walk.in_call = remote_in_call(remote, &number);
  if (walk.in_call && !safepoint_may_wait_in(number)) {
    snprintf(reason, reason_bytes, "in a system call that changes memory or processes");
    return false;
  }
  int ended = dwfl_getthread_frames(safepoint->dwfl, remote->tid, safepoint_frame, &walk);
  if (!walk.found && ended != 0)
    snprintf(reason, reason_bytes, "its stack cannot be unwound (%s)", dwfl_errmsg(-1));
  return !walk.found && ended == 0;
}
