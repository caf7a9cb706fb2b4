/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include "arena.h"
#include "step.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define STATES 32     /* ways through a filter that are still to be gone */
#define STEPS 100000u /* for one call: more is not tried */
#define ARGUMENT_NONE 6

/* Our calls, each with the one argument that it is always made with, if filters may look at it. */
static const struct call {
  uint16_t number;
  uint8_t argument;
  uint32_t value;
} calls[] = {
    {SYS_mmap, 2, PROT_READ | PROT_WRITE},
    {SYS_rt_sigprocmask, 0, 2 /* SIG_SETMASK */},
#define ANY(name)                                                                                  \
  { SYS_##name, ARGUMENT_NONE, 0 }
    ANY(clock_gettime),
    ANY(close),
    ANY(fallocate),
    ANY(fcntl),
    ANY(fstat),
    ANY(futex),
    ANY(getcwd),
    ANY(getpid),
    ANY(getppid),
    ANY(getrandom),
    ANY(gettid),
    ANY(madvise),
    ANY(mprotect),
    ANY(munmap),
    ANY(openat),
    ANY(prctl),
    ANY(pread64),
    ANY(prlimit64),
    ANY(process_vm_readv),
    ANY(pwrite64),
    ANY(read),
    ANY(readlink),
    ANY(renameat),
    ANY(renameat2),
    ANY(rt_sigtimedwait),
    ANY(sched_getaffinity),
    ANY(sched_yield),
    ANY(sysinfo),
    ANY(uname),
    ANY(unlink),
    ANY(write),
#undef ANY
};
#define CALLS (sizeof calls / sizeof *calls)

/* ---- What a filter says of a call
 * ----------------------------------------------------------------------------------------------*/

struct value {
  uint32_t number;
  bool known;
};

/* A place in a filter's program, with its two registers. Its memory counts as unknown. */
struct state {
  uint32_t at;
  struct value a, x;
};

struct walk {
  const struct sock_filter *code;
  uint32_t length, steps;
  const struct call *call;
  struct state state;
  struct state others[STATES];
  unsigned other_count;
};

static struct value known(uint32_t number) {
  return (struct value){number, true};
}

static const struct value unknown = {0, false};

/* A word of struct seccomp_data. */
static struct value data_word(const struct call *call, uint32_t offset) {
  const uint32_t arguments = offsetof(struct seccomp_data, args);
  if (offset == offsetof(struct seccomp_data, nr))
    return known(call->number);
  if (offset == offsetof(struct seccomp_data, arch))
    return known(AUDIT_ARCH_X86_64);
  if (offset < arguments || (offset - arguments) / 8 != call->argument)
    return unknown;
  return known((offset - arguments) % 8 ? 0 : call->value);
}

static struct value loaded(const struct walk *walk, const struct sock_filter *instruction) {
  switch (BPF_MODE(instruction->code)) {
  case BPF_IMM:
    return known(instruction->k);
  case BPF_ABS:
    return data_word(walk->call, instruction->k);
  case BPF_LEN:
    return known(sizeof(struct seccomp_data));
  default:
    return unknown;
  }
}

static struct value operand(const struct walk *walk, const struct sock_filter *instruction) {
  return BPF_SRC(instruction->code) == BPF_X ? walk->state.x : known(instruction->k);
}

static struct value computed(uint16_t code, struct value a, struct value b) {
  if (!a.known || (!b.known && BPF_OP(code) != BPF_NEG))
    return unknown;
  switch (BPF_OP(code)) {
  case BPF_ADD:
    return known(a.number + b.number);
  case BPF_SUB:
    return known(a.number - b.number);
  case BPF_AND:
    return known(a.number & b.number);
  case BPF_OR:
    return known(a.number | b.number);
  case BPF_XOR:
    return known(a.number ^ b.number);
  case BPF_LSH:
    return b.number < 32 ? known(a.number << b.number) : unknown;
  case BPF_RSH:
    return b.number < 32 ? known(a.number >> b.number) : unknown;
  default: /* seldom in a filter */
    return unknown;
  }
}

static bool is_true(uint16_t code, uint32_t a, uint32_t b) {
  switch (BPF_OP(code)) {
  case BPF_JEQ:
    return a == b;
  case BPF_JGT:
    return a > b;
  case BPF_JGE:
    return a >= b;
  default: /* BPF_JSET */
    return a & b;
  }
}

/* false: too many ways. */
static bool jump(struct walk *walk, const struct sock_filter *instruction) {
  struct state *state = &walk->state;
  if (BPF_OP(instruction->code) == BPF_JA) {
    state->at += instruction->k;
    return true;
  }
  struct value b = operand(walk, instruction);
  if (state->a.known && b.known) {
    bool taken = is_true(instruction->code, state->a.number, b.number);
    state->at += taken ? instruction->jt : instruction->jf;
    return true;
  }
  if (walk->other_count == STATES)
    return false;
  walk->others[walk->other_count] = *state;
  walk->others[walk->other_count++].at += instruction->jt;
  state->at += instruction->jf;
  return true;
}

static bool step(struct walk *walk, const struct sock_filter *instruction) {
  struct state *state = &walk->state;
  switch (BPF_CLASS(instruction->code)) {
  case BPF_LD:
    state->a = loaded(walk, instruction);
    return true;
  case BPF_LDX:
    state->x = loaded(walk, instruction);
    return true;
  case BPF_ALU:
    state->a = computed(instruction->code, state->a, operand(walk, instruction));
    return true;
  case BPF_JMP:
    return jump(walk, instruction);
  case BPF_MISC:
    if (BPF_MISCOP(instruction->code) == BPF_TAX)
      state->x = state->a;
    else
      state->a = state->x;
    return true;
  default: /* BPF_ST, BPF_STX */
    return true;
  }
}

static bool is_harmless(const struct walk *walk, const struct sock_filter *end) {
  struct value verdict =
      BPF_RVAL(end->code) == BPF_A ? walk->state.a : known(end->k); /* BPF_RVAL: of a return */
  uint32_t action = verdict.number & SECCOMP_RET_ACTION_FULL;
  return verdict.known && (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_ERRNO);
}

/* Goes all ways that the filter may take with this call. */
static bool lets(const struct sock_filter *code, uint32_t length, const struct call *call) {
  struct walk walk;
  walk.code = code;
  walk.length = length;
  walk.steps = 0;
  walk.call = call;
  walk.state = (struct state){0, known(0), known(0)};
  walk.other_count = 0;
  while (walk.state.at < length && walk.steps++ < STEPS) {
    const struct sock_filter *instruction = &code[walk.state.at++];
    if (BPF_CLASS(instruction->code) != BPF_RET) {
      if (!step(&walk, instruction))
        return false;
      continue;
    }
    if (!is_harmless(&walk, instruction))
      return false;
    if (!walk.other_count)
      return true;
    walk.state = walk.others[--walk.other_count];
  }
  return false;
}

/* ---- What is to be kept from then on
 * ----------------------------------------------------------------------------------------------*/

static void forbid(struct filter_state *state, long number) {
  state->forbidden[number / 64] |= 1ull << number % 64;
}

static void forbid_all_but(struct filter_state *state, const struct sock_filter *code,
                           uint32_t length) {
  for (size_t i = 0; i < CALLS; i++)
    if (!lets(code, length, &calls[i]))
      forbid(state, calls[i].number);
}

static void forbid_all(struct filter_state *state) {
  for (size_t i = 0; i < CALLS; i++)
    forbid(state, calls[i].number);
}

/* One that the kernel will not take either forbids nothing. */
static void read_filter(struct filter_state *state, const struct sock_fprog *from) {
  struct sock_fprog program;
  if (!step_read((uintptr_t)from, &program, sizeof program) || !program.len ||
      program.len > BPF_MAXINSNS)
    return;
  size_t bytes = program.len * sizeof *program.filter;
  struct sock_filter *code = arena_map(bytes);
  if (!code)
    forbid_all(state);
  else if (step_read((uintptr_t)program.filter, code, bytes))
    forbid_all_but(state, code, program.len);
  if (code)
    arena_unmap(code, bytes);
}

struct filter_state filter_now(void) {
  struct filter_state now;
  for (size_t i = 0; i < SYS_NUMBERS / 64; i++)
    now.forbidden[i] = __atomic_load_n(&sys_forbidden[i], __ATOMIC_RELAXED);
  return now;
}

/* What we write over such a limit raises a signal, which would have to be taken back. */
static bool files_are_limited(void) {
  struct rlimit limit = {0, 0};
  return sys_failed(sys_call4(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, &limit)) ||
         limit.rlim_cur != RLIM_INFINITY;
}

static void forbid_to_write(struct filter_state *state) {
  forbid(state, SYS_write);
  forbid(state, SYS_pwrite64);
  forbid(state, SYS_fallocate);
}

struct filter_state filter_with(const struct sock_fprog *program) {
  struct filter_state state = filter_now();
  if (sys_is_forbidden(SYS_process_vm_readv) || sys_is_forbidden(SYS_getpid))
    forbid_all(&state);
  else
    read_filter(&state, program);
  if (!filter_lets_call(&state, SYS_rt_sigtimedwait) && files_are_limited())
    forbid_to_write(&state);
  return state;
}

void filter_set(const struct filter_state *state) {
  for (size_t i = 0; i < SYS_NUMBERS / 64; i++)
    __atomic_store_n(&sys_forbidden[i], state->forbidden[i], __ATOMIC_RELAXED);
}

bool filter_lets_call(const struct filter_state *state, long number) {
  return !(state->forbidden[number / 64] >> number % 64 & 1);
}

bool filter_lets_drain(const struct filter_state *state) {
  return filter_lets_call(state, SYS_write) && filter_lets_call(state, SYS_fstat) &&
         filter_lets_call(state, SYS_rt_sigprocmask);
}
