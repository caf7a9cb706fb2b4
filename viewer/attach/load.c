/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/attach_private.h"
#include "attach/library.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static int64_t load_call(struct attach *attach, long number, const uint64_t arguments[6]) {
  int64_t result;
  if (!remote_call(&attach->remote, attach->instruction, number, arguments, &result))
    return -ESRCH;
  return result;
}

static uint64_t load_map(struct attach *attach, size_t bytes, int protection) {
  const uint64_t arguments[6] = {
      0, bytes, (uint64_t)protection, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0};
  int64_t result = load_call(attach, SYS_mmap, arguments);
  if (result < 0 && result > -4096)
    attach->outcome->error = (int)-result;
  return result < 0 && result > -4096 ? 0 : (uint64_t)result;
}

static void load_unmap(struct attach *attach) {
  if (attach->page)
    load_call(attach, SYS_munmap, (const uint64_t[6]){attach->page, STUB_PAGE});
  if (attach->memory)
    load_call(attach, SYS_munmap, (const uint64_t[6]){attach->memory, sizeof(struct stub_memory)});
  attach->page = attach->memory = 0;
}

static uint64_t load_place(const struct attach *attach, size_t offset) {
  return attach->memory + offset;
}

/* Puts the library into a file that has no name and is the process's own. */
static bool load_give_library(struct attach *attach) {
  static const char name[] = "libseep.so";
  uint64_t path = load_place(attach, offsetof(struct stub_memory, path));
  if (!remote_write(&attach->remote, path, name, sizeof name))
    return false;
  int64_t file = load_call(attach, SYS_memfd_create, (const uint64_t[6]){path, MFD_CLOEXEC});
  if (file < 0)
    attach->outcome->error = (int)-file;
  if (file < 0)
    return false;
  attach->data.file = (uint64_t)file;
  snprintf(attach->path, sizeof attach->path, "/proc/self/fd/%d", (int)file);
  return library_copy(attach->request->library, attach->request->pid, (int)file);
}

static void load_take_registers(struct stub_data *data, const struct user_regs_struct *from) {
  data->flags = from->eflags;
  data->stack = from->rsp;
  data->r15 = from->r15;
  data->r14 = from->r14;
  data->r13 = from->r13;
  data->r12 = from->r12;
  data->rbp = from->rbp;
  data->rbx = from->rbx;
  data->r11 = from->r11;
  data->r10 = from->r10;
  data->r9 = from->r9;
  data->r8 = from->r8;
  data->rax = from->rax;
  data->rcx = from->rcx;
  data->rdx = from->rdx;
  data->rsi = from->rsi;
  data->rdi = from->rdi;
  data->pc = from->rip;
}

static bool load_write_order(struct attach *attach) {
  const struct attach_request *request = attach->request;
  struct seep_attach_order order = {.action = request->action,
                                    .scratch = {attach->page, attach->memory},
                                    .scratch_bytes = {STUB_PAGE, sizeof(struct stub_memory)}};
  if (request->settings_bytes > sizeof order.settings - 2)
    return false;
  if (request->settings_bytes)
    memcpy(order.settings, request->settings, request->settings_bytes);
  return remote_write(&attach->remote, attach->data.order, &order, sizeof order) &&
         remote_write(&attach->remote, load_place(attach, offsetof(struct stub_memory, path)),
                      attach->path, strlen(attach->path) + 1);
}

static bool load_write_stub(struct attach *attach) {
  uint8_t page[STUB_PAGE];
  struct stub_data *data = &attach->data;
  struct user_regs_struct resuming = remote_resuming(&attach->remote);
  load_take_registers(data, &resuming);
  data->vectors = load_place(attach, offsetof(struct stub_memory, vectors));
  data->order = load_place(attach, offsetof(struct stub_memory, order));
  data->report = load_place(attach, offsetof(struct stub_memory, report));
  if (data->mode)
    data->path = load_place(attach, offsetof(struct stub_memory, path));
  stub_page(page, data);
  return load_write_order(attach) && remote_write(&attach->remote, attach->page, page, sizeof page);
}

static enum attach_status load_all(struct attach *attach) {
  attach->page = load_map(attach, STUB_PAGE, PROT_READ | PROT_EXEC);
  attach->memory = load_map(attach, sizeof(struct stub_memory), PROT_READ | PROT_WRITE);
  if (!attach->page || !attach->memory)
    return ATTACH_NO_MEMORY;
  if (attach->copied && !load_give_library(attach))
    return ATTACH_NO_LIBRARY;
  return load_write_stub(attach) ? ATTACH_OK : ATTACH_NO_MEMORY;
}

/* Leaves the thread as it was found. */
static void load_give_up(struct attach *attach) {
  if (attach->data.file != ATTACH_NO_FILE)
    load_call(attach, SYS_close, (const uint64_t[6]){attach->data.file});
  load_unmap(attach);
  remote_release(&attach->remote);
}

enum attach_status load_start(struct attach *attach) {
  enum attach_status status = ATTACH_GONE;
  if (remote_get_mask(&attach->remote, &attach->data.mask))
    status = load_all(attach);
  if (status != ATTACH_OK) {
    load_give_up(attach);
    return status;
  }
  uint64_t stack = (attach->memory + sizeof(struct stub_memory)) & ~15ull;
  return remote_start(&attach->remote, attach->page, stack) ? ATTACH_OK : ATTACH_GONE;
}

void load_clean(struct attach *attach) {
  int error;
  pid_t tid = attach->remote.tid;
  if (!remote_hold(&attach->remote, attach->request->pid, tid, &error))
    return;
  if (attach->remote.registers.rip - attach->page < STUB_PAGE) /* it is just leaving */
    attach->page = 0;
  attach->data.file = ATTACH_NO_FILE;
  load_give_up(attach);
}
