/* SPDX-License-Identifier: Apache-2.0 */
#include "workspace.h"
#include "arena.h"

static struct workspace *_Atomic workspaces; /* only ever grows */

struct workspace *workspace_take(void) {
  for (struct workspace *w = atomic_load(&workspaces); w; w = w->next)
    if (!atomic_load_explicit(&w->taken, memory_order_relaxed) &&
        !atomic_exchange_explicit(&w->taken, 1, memory_order_acquire))
      return w;
  struct workspace *made = arena_map(sizeof *made);
  if (!made)
    return NULL;
  atomic_store(&made->taken, 1);
  made->next = atomic_load(&workspaces);
  while (!atomic_compare_exchange_weak(&workspaces, &made->next, made))
    ;
  return made;
}

void workspace_give_back(struct workspace *workspace) {
  atomic_store_explicit(&workspace->taken, 0, memory_order_release);
}

void workspace_forget_all(void) {
  for (struct workspace *w = atomic_load(&workspaces); w; w = w->next) {
    w->compressor = NULL; /* it may have been in the middle of something */
    atomic_store(&w->taken, 0);
  }
}

void workspace_release_all(void) {
  struct workspace *next;
  for (struct workspace *w = atomic_exchange(&workspaces, NULL); w; w = next) {
    next = w->next;
    arena_unmap(w, sizeof *w);
  }
}

void workspace_run(struct workspace *workspace, void (*work)(struct workspace *, void *),
                   void *argument) {
  uint8_t *top = workspace->stack + WORKSPACE_STACK - 64;
  __asm__ volatile("movq %%rsp, %%rbx\n\t"
                   "movq %[top], %%rsp\n\t"
                   "callq *%[work]\n\t"
                   "movq %%rbx, %%rsp"
                   : "+D"(workspace), "+S"(argument), [work] "+r"(work)
                   : [top] "r"(top)
                   : "rbx", "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc", "xmm0",
                     "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                     "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}
