/* SPDX-License-Identifier: Apache-2.0
 *
 * waits CALL...: waits in that system call until a line comes on stdin, says what the call gave,
 * allocates 10 blocks of 1,000 bytes, waits in it again, and ends. "waits --list" names the calls.
 * Whoever stops and continues it must leave no trace: the call gives what it waited for, never
 * EINTR, and timed ones take their time.
 *
 * The line is read by a forked child, which then does what ends the call: so the process itself has
 * one thread, and that is in the call.
 */
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAITS_BLOCKS 10
#define WAITS_SIZE 1000
#define WAITS_TIMED_S 1

static int waits_pipe[2], waits_sockets[2], waits_listener, waits_set;
static struct sockaddr_un waits_address = {.sun_family = AF_UNIX};
static sem_t *waits_semaphore;
static void *waits_blocks[WAITS_BLOCKS];

/* ---- The calls: what they give, or -1 and errno ---- */

static int waits_read(void) {
  char byte;
  return (int)read(waits_pipe[0], &byte, 1);
}

static int waits_poll(void) {
  struct pollfd descriptor = {waits_pipe[0], POLLIN, 0};
  return poll(&descriptor, 1, -1) == 1 ? waits_read() : -1;
}

static int waits_ppoll(void) {
  struct pollfd descriptor = {waits_pipe[0], POLLIN, 0};
  sigset_t none;
  sigemptyset(&none);
  return ppoll(&descriptor, 1, NULL, &none) == 1 ? waits_read() : -1;
}

static int waits_select(void) {
  fd_set descriptors;
  FD_ZERO(&descriptors);
  FD_SET(waits_pipe[0], &descriptors);
  return select(waits_pipe[0] + 1, &descriptors, NULL, NULL, NULL) == 1 ? waits_read() : -1;
}

static int waits_pselect(void) {
  fd_set descriptors;
  sigset_t none;
  sigemptyset(&none);
  FD_ZERO(&descriptors);
  FD_SET(waits_pipe[0], &descriptors);
  const struct timespec long_time = {1000, 0};
  return pselect(waits_pipe[0] + 1, &descriptors, NULL, NULL, &long_time, &none) == 1 ? waits_read()
                                                                                      : -1;
}

static int waits_epoll(void) {
  struct epoll_event event;
  return epoll_wait(waits_set, &event, 1, -1) == 1 ? waits_read() : -1;
}

static int waits_epoll_pwait(void) {
  struct epoll_event event;
  sigset_t none;
  sigemptyset(&none);
  return epoll_pwait(waits_set, &event, 1, 100000, &none) == 1 ? waits_read() : -1;
}

static int waits_recv(void) {
  char byte;
  return (int)recv(waits_sockets[0], &byte, 1, 0);
}

static int waits_recv_timed(void) {
  const struct timeval long_time = {1000, 0};
  setsockopt(waits_sockets[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time);
  return waits_recv();
}

static int waits_accept(void) {
  int connection = accept(waits_listener, NULL, NULL);
  if (connection >= 0)
    close(connection);
  return connection >= 0 ? 1 : -1;
}

static int waits_semaphore_post(void) {
  return sem_wait(waits_semaphore) ? -1 : 1;
}

static int waits_semaphore_timed(void) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += 1000;
  return sem_timedwait(waits_semaphore, &end) ? -1 : 1;
}

static int waits_child(void) {
  int status;
  return wait(&status) > 0 ? 1 : -1;
}

static int waits_sigwait(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  return sigtimedwait(&set, NULL, &(struct timespec){1000, 0}) == SIGUSR1 ? 1 : -1;
}

/* Timed ones end by themselves. */
static int waits_sleep(int (*sleep_so)(const struct timespec *)) {
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  if (sleep_so(&from))
    return -1;
  clock_gettime(CLOCK_MONOTONIC, &to);
  double took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  return took >= WAITS_TIMED_S && took < WAITS_TIMED_S + 1 ? 1 : -2;
}

static int waits_relative(const struct timespec *from) {
  (void)from;
  return nanosleep(&(struct timespec){WAITS_TIMED_S, 0}, NULL);
}

static int waits_absolute(const struct timespec *from) {
  const struct timespec end = {from->tv_sec + WAITS_TIMED_S, from->tv_nsec};
  return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
}

static int waits_poll_time(const struct timespec *from) {
  (void)from;
  return poll(NULL, 0, WAITS_TIMED_S * 1000);
}

static int waits_select_time(const struct timespec *from) {
  (void)from;
  return select(0, NULL, NULL, NULL, &(struct timeval){WAITS_TIMED_S, 0});
}

static int waits_nanosleep(void) {
  return waits_sleep(waits_relative);
}
static int waits_clock_nanosleep(void) {
  return waits_sleep(waits_absolute);
}
static int waits_poll_timed(void) {
  return waits_sleep(waits_poll_time);
}
static int waits_select_timed(void) {
  return waits_sleep(waits_select_time);
}

static const struct waits_call {
  const char *name;
  int (*wait)(void);
} waits_calls[] = {
    {"read", waits_read},
    {"poll", waits_poll},
    {"ppoll", waits_ppoll},
    {"select", waits_select},
    {"pselect", waits_pselect},
    {"epoll_wait", waits_epoll},
    {"epoll_pwait", waits_epoll_pwait},
    {"recv", waits_recv},
    {"recv_timed", waits_recv_timed},
    {"accept", waits_accept},
    {"futex", waits_semaphore_post},
    {"futex_timed", waits_semaphore_timed},
    {"wait4", waits_child},
    {"sigtimedwait", waits_sigwait},
    {"nanosleep", waits_nanosleep},
    {"clock_nanosleep", waits_clock_nanosleep},
    {"poll_timed", waits_poll_timed},
    {"select_timed", waits_select_timed},
};
#define WAITS_CALLS (sizeof waits_calls / sizeof *waits_calls)

/* ---- Who ends them ---- */

static void waits_end_all(pid_t waiting, bool by_signal) {
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  if (write(waits_pipe[1], "", 1) < 0 || send(waits_sockets[1], "", 1, 0) < 0)
    _exit(3);
  connect(connection, (struct sockaddr *)&waits_address, sizeof waits_address);
  sem_post(waits_semaphore);
  if (by_signal) /* other calls have it unblocked while they wait */
    kill(waiting, SIGUSR1);
}

/* One line, one end; and the end of this child is what wait4 waits for. */
static void waits_fork_ender(bool by_signal) {
  pid_t waiting = getpid();
  if (fork())
    return;
  char byte = 0;
  while (byte != '\n')
    if (read(STDIN_FILENO, &byte, 1) != 1)
      _exit(0);
  waits_end_all(waiting, by_signal);
  _exit(0);
}

static void waits_prepare(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  snprintf(waits_address.sun_path + 1, sizeof waits_address.sun_path - 1, "waits-%d",
           (int)getpid());
  waits_listener = socket(AF_UNIX, SOCK_STREAM, 0);
  waits_semaphore = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (pipe(waits_pipe) || socketpair(AF_UNIX, SOCK_STREAM, 0, waits_sockets) ||
      bind(waits_listener, (struct sockaddr *)&waits_address, sizeof waits_address) ||
      listen(waits_listener, 4) || sem_init(waits_semaphore, 1, 0))
    _exit(2);
  waits_set = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(waits_set, EPOLL_CTL_ADD, waits_pipe[0], &event);
}

/* ---- */

static void waits_once(const struct waits_call *call) {
  waits_fork_ender(call->wait == waits_sigwait);
  dprintf(STDOUT_FILENO, "waiting\n");
  errno = 0;
  int result = call->wait();
  dprintf(STDOUT_FILENO, "%s %s\n", call->name, result == 1 ? "ok" : strerror(errno));
}

__attribute__((noinline)) static void waits_take(void) {
  for (int i = 0; i < WAITS_BLOCKS; i++)
    waits_blocks[i] = malloc(WAITS_SIZE);
}

int main(int argc, char **argv) {
  for (size_t i = 0; i < WAITS_CALLS; i++) {
    if (argc == 2 && !strcmp(argv[1], "--list"))
      dprintf(STDOUT_FILENO, "%s\n", waits_calls[i].name);
    else if (argc == 2 && !strcmp(argv[1], waits_calls[i].name)) {
      waits_prepare();
      waits_once(&waits_calls[i]);
      waits_take();
      waits_once(&waits_calls[i]);
    }
  }
  return 0;
}
