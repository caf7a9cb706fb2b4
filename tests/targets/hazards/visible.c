/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process sees of itself. It is printed at several moments of its life: at the start, when a
 * recorder has been at work for long, in a thread, in a child, and at the end.
 */
#include "hazards.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xmmintrin.h>

#define ROUNDS 20000
#define LOW_DESCRIPTORS 512 /* above them a recorder may have its own */
#define OPENS 20000

extern char **environ;

/* Numbers that are given out now, and those that are open. */
static void visible_descriptors(void) {
  int ends[2] = {-1, -1};
  int file = open("/dev/null", O_RDONLY), copy = dup(0), net = socket(AF_UNIX, SOCK_STREAM, 0);
  if (pipe(ends))
    hazard_fail("pipe");
  printf("given %d %d %d %d %d; open", file, copy, net, ends[0], ends[1]);
  for (int each = 0; each < LOW_DESCRIPTORS; each++)
    if (fcntl(each, F_GETFD) >= 0)
      printf(" %d", each);
  puts("");
  const int ours[] = {file, copy, net, ends[0], ends[1]};
  for (size_t each = 0; each < sizeof ours / sizeof *ours; each++)
    close(ours[each]);
}

static bool visible_is_told(const char *line) {
  static const char *const names[] = {
      "Name:",   "Umask:",  "Threads:", "SigPnd:", "ShdPnd:",     "SigBlk:",
      "SigIgn:", "SigCgt:", "CapEff:",  "Uid:",    "NoNewPrivs:", "Seccomp:"};
  for (size_t each = 0; each < sizeof names / sizeof *names; each++)
    if (!strncmp(line, names[each], strlen(names[each])))
      return true;
  return false;
}

static void visible_status(const char *path) {
  char line[512];
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file))
    if (visible_is_told(line))
      fputs(line, stdout);
  if (file)
    fclose(file);
}

static void visible_threads(void) {
  DIR *tasks = opendir("/proc/self/task");
  struct dirent *entry;
  while (tasks && (entry = readdir(tasks))) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
    if (entry->d_name[0] != '.')
      visible_status(path);
  }
  if (tasks)
    closedir(tasks);
}

static void visible_signals(void) {
  stack_t stack;
  sigaltstack(NULL, &stack);
  printf("alternate stack %d; handlers", stack.ss_flags);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (!sigaction(number, NULL, &action) && action.sa_handler != SIG_DFL)
      printf(" %d:%s:%x", number, action.sa_handler == SIG_IGN ? "ignored" : "handled",
             (unsigned)action.sa_flags);
  }
  puts("");
  for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
    struct itimerval timer;
    getitimer((__itimer_which_t)which, &timer);
    printf("timer %ld %ld\n", (long)timer.it_interval.tv_sec, (long)timer.it_value.tv_usec);
  }
}

static void visible_limits(void) {
  for (int which = 0; which < RLIM_NLIMITS; which++) {
    struct rlimit limit;
    getrlimit((__rlimit_resource_t)which, &limit);
    printf("limit %d %llu %llu\n", which, (unsigned long long)limit.rlim_cur,
           (unsigned long long)limit.rlim_max);
  }
  printf("dumpable %d, death signal %d, keep capabilities %d, timer slack %d, personality %d\n",
         prctl(PR_GET_DUMPABLE), prctl(PR_GET_PDEATHSIG, &(int){0}), prctl(PR_GET_KEEPCAPS),
         prctl(PR_GET_TIMERSLACK), personality(0xffffffff));
}

static void visible_surroundings(void) {
  char directory[PATH_MAX];
  printf("in %s, locale %s, rounding %x, children %d\n", getcwd(directory, sizeof directory),
         setlocale(LC_ALL, NULL), _MM_GET_ROUNDING_MODE(), waitpid(-1, NULL, WNOHANG));
  for (char **each = environ; *each; each++)
    if (strncmp(*each, "LD_PRELOAD=", 11) && strncmp(*each, "SEEP_", 5) && strncmp(*each, "_=", 2))
      puts(*each);
}

static void visible_print(const char *when) {
  errno = EXDEV;
  hazard_churn(ROUNDS);
  printf("---- %s: errno %d\n", when, errno);
  visible_descriptors();
  visible_threads();
  visible_signals();
  visible_limits();
  visible_surroundings();
  fflush(stdout);
}

static atomic_bool visible_has_thread;

/* Main holds signals back until its pthread_create is done. */
static void *visible_in_thread(void *data) {
  while (!atomic_load(&visible_has_thread))
    usleep(1000);
  pthread_setname_np(pthread_self(), "a name of its");
  visible_print("in a thread");
  return data;
}

static void visible_at_exit(void) {
  visible_print("at exit");
}

static void visible_on_signal(int number) {
  (void)number;
}

/* Everything is set to something that nobody has by default. */
static void visible_arrange(void) {
  struct sigaction action = {.sa_handler = visible_on_signal, .sa_flags = SA_RESTART | SA_NODEFER};
  sigset_t blocked;
  sigaction(SIGUSR1, &action, NULL);
  signal(SIGHUP, SIG_IGN);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGWINCH);
  sigaddset(&blocked, SIGUSR2);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGUSR2); /* stays pending */
  umask(0137);
  setlocale(LC_ALL, "C.UTF-8");
  _MM_SET_ROUNDING_MODE(_MM_ROUND_DOWN);
  prctl(PR_SET_TIMERSLACK, 123456);
}

int visible_everywhere(const char *argument) {
  (void)argument;
  pthread_t thread;
  visible_print("at the start");
  visible_arrange();
  visible_print("after a while");
  if (atexit(visible_at_exit) || pthread_create(&thread, NULL, visible_in_thread, NULL))
    return hazard_fail("pthread_create");
  atomic_store(&visible_has_thread, true);
  pthread_join(thread, NULL);
  pid_t pid = fork();
  if (!pid) {
    visible_print("in a child");
    _exit(0);
  }
  return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : hazard_fail("fork");
}

static atomic_bool visible_done;

static void *visible_churn(void *data) {
  while (!atomic_load(&visible_done))
    hazard_churn(1000);
  return data;
}

/* While another thread makes a recorder work, the lowest free number is the one that is given. */
int visible_numbers(const char *argument) {
  (void)argument;
  pthread_t thread;
  int first = open("/dev/null", O_RDONLY), wrong = 0;
  close(first);
  if (pthread_create(&thread, NULL, visible_churn, NULL))
    return hazard_fail("pthread_create");
  for (int nth = 0; nth < OPENS; nth++) {
    int given = open("/dev/null", O_RDONLY);
    wrong += given != first;
    close(given);
    if (nth % 64 == 0)
      usleep(100);
  }
  atomic_store(&visible_done, true);
  pthread_join(thread, NULL);
  printf("%d other numbers\n", wrong);
  return 0;
}
