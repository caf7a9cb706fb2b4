/* SPDX-License-Identifier: Apache-2.0 */
#include "fallback.h"

#include "loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#define NAME_OF(function) NAME_TEXT(UNW_OBJ(function))
#define NAME_TEXT(name) NAME_TEXT2(name)
#define NAME_TEXT2(name) #name

/* Frames of our own between the walk and the hook: less than this. */
#define OWN_FRAMES 32

struct fallback {
  unw_context_t context;
  unw_cursor_t cursor;
};

static struct {
  int (*get_context)(unw_tdep_context_t *);
  int (*init_local)(unw_cursor_t *, unw_context_t *);
  int (*step)(unw_cursor_t *);
  int (*get_reg)(unw_cursor_t *, unw_regnum_t, unw_word_t *);
  int (*is_signal_frame)(unw_cursor_t *);
  void (*flush_cache)(unw_addr_space_t, unw_word_t, unw_word_t);
  int (*set_caching_policy)(unw_addr_space_t, unw_caching_policy_t);
  int (*backtrace)(void **, int);
  unw_addr_space_t space;
  _Atomic bool open;
} unwinder;

static _Atomic bool flushed;

size_t fallback_bytes(void) {
  return sizeof(struct fallback);
}

static bool resolve(void *library) {
  unwinder.get_context = dlsym(library, NAME_TEXT(UNW_ARCH_OBJ(getcontext)));
  unwinder.init_local = dlsym(library, NAME_OF(init_local));
  unwinder.step = dlsym(library, NAME_OF(step));
  unwinder.get_reg = dlsym(library, NAME_OF(get_reg));
  unwinder.is_signal_frame = dlsym(library, NAME_OF(is_signal_frame));
  unwinder.flush_cache = dlsym(library, NAME_TEXT(UNW_ARCH_OBJ(flush_cache)));
  unwinder.set_caching_policy = dlsym(library, NAME_OF(set_caching_policy));
  unwinder.backtrace = dlsym(library, "unw_backtrace");
  unw_addr_space_t *space = dlsym(library, NAME_OF(local_addr_space));
  unwinder.space = space ? *space : NULL;
  return unwinder.get_context && unwinder.init_local && unwinder.step && unwinder.get_reg &&
         unwinder.is_signal_frame && unwinder.flush_cache && unwinder.set_caching_policy &&
         unwinder.backtrace && unwinder.space;
}

/* ---- Its pipe
 * ----------------------------------------------------------------------------------------------*/

/* libunwind finds out whether memory can be read by writing a byte of it into a pipe, which it
 * makes when it starts and empties at each time. Its numbers are low ones, that the target would be
 * given; and once the target has closed them and has files of its own there, libunwind reads from
 * these, writes to them and closes them. So it gets none, and the kernel is asked without one. */
static int no_pipe(int ends[2], int flags) {
  (void)flags;
  ends[0] = ends[1] = -1;
  errno = EMFILE;
  return -1;
}

static ssize_t no_read(int descriptor, void *buffer, size_t bytes) {
  if (descriptor >= 0)
    return read(descriptor, buffer, bytes);
  errno = EAGAIN; /* it is empty */
  return -1;
}

static ssize_t no_write(int descriptor, const void *from, size_t bytes) {
  char byte;
  if (descriptor >= 0)
    return write(descriptor, from, bytes);
  if (step_read((uintptr_t)from, &byte, 1))
    return 1;
  errno = EFAULT;
  return -1;
}

/* It writes by way of syscall, whose arguments are the compiler's affair alone. */
static long no_syscall(long number, long a, long b, long c, long d, long e, long f) {
  if (number == SYS_write)
    return no_write((int)a, (const void *)b, (size_t)c);
  return syscall(number, a, b, c, d, e, f);
}

static void take_pipe_away(fallback_bind *bind) {
  uintptr_t inside = (uintptr_t)unwinder.step;
  bind(inside, "pipe2", (uintptr_t)no_pipe);
  bind(inside, "read", (uintptr_t)no_read);
  bind(inside, "write", (uintptr_t)no_write);
  bind(inside, "syscall", (uintptr_t)no_syscall);
}

bool fallback_start(fallback_bind *bind) {
  void *library = dlopen("libunwind.so.8", RTLD_LOCAL | RTLD_NOW);
  if (!library || !resolve(library))
    return false;
  if (bind)
    take_pipe_away(bind); /* before it is called for the first time */
  unwinder.set_caching_policy(unwinder.space, UNW_CACHE_PER_THREAD);
  atomic_store_explicit(&unwinder.open, true, memory_order_release);
  return true;
}

bool fallback_is_open(void) {
  return atomic_load_explicit(&unwinder.open, memory_order_acquire);
}

void fallback_flush(void) {
  atomic_store_explicit(&flushed, true, memory_order_relaxed);
  if (fallback_is_open())
    unwinder.flush_cache(unwinder.space, 0, 0);
}

/* libunwind asks the kernel whether memory can be read, and that sets errno: the target's must
 * stay. */
static inline void put_errno_back(const int *saved) {
  errno = *saved;
}
#define KEEP_ERRNO int saved_errno __attribute__((cleanup(put_errno_back), unused)) = errno

static bool usable(uintptr_t caller) {
  return fallback_is_open() && !loader_has(caller);
}

static uintptr_t reg(struct fallback *memory, unw_regnum_t number) {
  unw_word_t value = 0;
  return unwinder.get_reg(&memory->cursor, number, &value) == 0 ? value : 0;
}

static bool is_at(struct fallback *memory, uintptr_t pc, uintptr_t sp) {
  return reg(memory, UNW_REG_SP) == sp && reg(memory, UNW_REG_IP) == step_address(pc);
}

/* Leads the cursor from our own frame to the wanted one. The context is that of the function that
 * inlines this: it is still there while the cursor walks. */
static inline __attribute__((always_inline)) bool seek(struct fallback *memory, uintptr_t pc,
                                                       uintptr_t sp) {
  unwinder.get_context(&memory->context);
  if (unwinder.init_local(&memory->cursor, &memory->context) != 0)
    return false;
  while (!is_at(memory, pc, sp))
    if (unwinder.step(&memory->cursor) <= 0)
      return false;
  return true;
}

/* One step of the cursor. libunwind says "signal frame" of the frame that was interrupted. */
static int step_exactly(struct fallback *memory, uintptr_t *pc) {
  int result = unwinder.step(&memory->cursor);
  bool interrupted = unwinder.is_signal_frame(&memory->cursor) > 0;
  *pc = reg(memory, UNW_REG_IP) | (interrupted ? STEP_EXACT : 0);
  return result;
}

enum fallback_result fallback_step(struct fallback *memory, uintptr_t caller,
                                   struct step_frame *frame) {
  KEEP_ERRNO;
  if (!usable(caller) || !seek(memory, frame->pc, frame->sp))
    return FALLBACK_NOTHING;
  uintptr_t pc;
  int result = step_exactly(memory, &pc);
  if (result == 0)
    return FALLBACK_OUTERMOST;
  if (result < 0)
    return FALLBACK_NOTHING;
  *frame = (struct step_frame){pc, reg(memory, UNW_REG_SP), reg(memory, UNW_X86_64_RBP)};
  return FALLBACK_STEPPED;
}

uint32_t fallback_walk(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                       uint32_t most) {
  KEEP_ERRNO;
  if (most == 0 || !usable(pc) || !seek(memory, pc, sp))
    return 0;
  uint32_t count = 0;
  uintptr_t next = pc;
  do {
    pcs[count++] = next;
  } while (count < most && step_exactly(memory, &next) > 0);
  while (count > 1 &&
         step_address(pcs[count - 1]) == 0) /* it may step past a return address of 0 */
    count--;
  return count;
}

/* Drops our own frames: those in front of pc. */
static uint32_t drop_own(uintptr_t *pcs, uint32_t count, uintptr_t pc) {
  uint32_t own = 0;
  while (own < count && own < OWN_FRAMES && pcs[own] != pc)
    own++;
  if (own == count || own == OWN_FRAMES)
    return 0;
  for (uint32_t i = own; i < count; i++)
    pcs[i - own] = pcs[i];
  return count - own;
}

uint32_t fallback_backtrace(struct fallback *memory, uintptr_t pc, uintptr_t sp, uintptr_t *pcs,
                            uint32_t most, bool *complete) {
  KEEP_ERRNO;
  uint32_t count;
  if (atomic_load_explicit(&flushed, memory_order_relaxed)) {
    count = fallback_walk(memory, pc, sp, pcs, most);
    *complete = count < most;
    return count;
  }
  if (!usable(pc))
    return 0;
  int found = unwinder.backtrace((void **)pcs, (int)most);
  *complete = found >= 0 && (uint32_t)found < most;
  return found > 0 ? drop_own(pcs, (uint32_t)found, pc) : 0;
}
