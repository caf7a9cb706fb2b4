/* SPDX-License-Identifier: Apache-2.0
 *
 * hazards NAME [ARGUMENT]: does one thing that is dangerous for a recorder inside the process. What
 * it prints is the same with and without one; it exits with 0, or 1 with a line that says what went
 * wrong.
 */
#ifndef HAZARDS_H
#define HAZARDS_H

#include <stddef.h>

/* Each does its hazard; argument is the command line's second or "". */
int process_fork(const char *argument);
int process_fork_deep(const char *argument);
int process_fork_threads(const char *argument);
int process_vfork(const char *argument);
int process_spawn(const char *argument);
int process_daemon(const char *argument);
int process_exec(const char *argument);
int process_environment(const char *argument);

int children_clone(const char *argument);
int children_double_fork(const char *argument);
int children_in_handler(const char *argument);
int children_exec_at_once(const char *argument);
int children_exec_thread(const char *argument);
int children_any_thread(const char *argument);
int children_inherit(const char *argument);

int thread_tiny(const char *argument);
int thread_alive(const char *argument);
int thread_short(const char *argument);
int thread_at_exit(const char *argument);
int thread_destructors(const char *argument);
int thread_coroutines(const char *argument);
int thread_longjmp(const char *argument);

int late_atexit(const char *argument);
int late_quick_exit(const char *argument);

int ending_by(const char *argument);
int ending_main_first(const char *argument);
int ending_cancelled(const char *argument);

int visible_everywhere(const char *argument);
int visible_numbers(const char *argument);

int signal_handlers(const char *argument);
int signal_alternate(const char *argument);
int signal_left(const char *argument);

int jit_made(const char *argument);

int loader_plugin(const char *argument);
int loader_latecomer(const char *argument);

int descriptor_closefrom(const char *argument);
int descriptor_dup2(const char *argument);

int owner_drop(const char *argument);
int owner_fork(const char *argument);
int owner_change(const char *argument);
int owner_processes(const char *argument);

int limit_seccomp(const char *argument);
int sandbox_heap(const char *argument);
int sandbox_heap_long(const char *argument);
int sandbox_written(const char *argument);
int sandbox_trap(const char *argument);
int sandbox_strict(const char *argument);
int sandbox_no_clock(const char *argument);
int sandbox_refused(const char *argument);
int sandbox_inherited(const char *argument);

int limit_chroot(const char *argument);
int limit_sandbox(const char *argument);
int limit_fill(const char *argument);

int call_errno(const char *argument);
int call_usable_size(const char *argument);
int call_others(const char *argument);
int call_churn(const char *argument);
int call_deep(const char *argument);
int call_mappings(const char *argument);

/* Prints a line that starts with the program's name on stderr; returns 1. */
int hazard_fail(const char *what);
/* Allocates and frees rounds times, some blocks living longer than others; all are freed. */
void hazard_churn(size_t rounds);

#endif
