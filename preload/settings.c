/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"
#include "clock.h"
#include "frees.h"
#include "sys.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct settings settings;

static char executable[4096];
/* Filled while libc may not know its environment yet: only our own variables are kept. */
static char environment[8192];
static size_t environment_used;

static void keep_variable(const char *variable, size_t length) {
  if (strncmp(variable, "SEEP_", 5) || environment_used + length + 2 > sizeof environment)
    return;
  memcpy(environment + environment_used, variable, length + 1);
  environment_used += length + 1;
}

static void keep_environ(void) {
  for (char **variable = environ; *variable; variable++)
    keep_variable(*variable, strlen(*variable));
}

static void keep_given(const char *given) {
  for (; *given; given += strlen(given) + 1)
    keep_variable(given, strlen(given));
}

/* Reads the initial environment from the kernel, variable by variable. */
static void keep_proc_environ(void) {
  static char buffer[65536];
  long descriptor = sys_call4(SYS_openat, AT_FDCWD, "/proc/self/environ", O_RDONLY | O_CLOEXEC, 0);
  if (sys_failed(descriptor))
    return;
  size_t held = 0;
  for (;;) {
    long got = sys_call3(SYS_read, descriptor, buffer + held, sizeof buffer - 1 - held);
    if (sys_failed(got) || got == 0)
      break;
    held += (size_t)got;
    buffer[held] = 0;
    size_t at = 0;
    for (size_t end; (end = at + strlen(buffer + at)) < held; at = end + 1)
      keep_variable(buffer + at, end - at);
    if (at == 0 && held == sizeof buffer - 1)
      at = held; /* one variable fills the buffer: not one of ours */
    memmove(buffer, buffer + at, held - at);
    held -= at;
  }
  sys_call3(SYS_close, descriptor, 0, 0);
}

static const char *variable(const char *name) {
  size_t length = strlen(name);
  for (size_t at = 0; at < environment_used; at += strlen(environment + at) + 1)
    if (!strncmp(environment + at, name, length) && environment[at + length] == '=')
      return environment + at + length + 1;
  return NULL;
}

static uint32_t number(const char *name) {
  const char *text = variable(name);
  uint64_t value = 0;
  for (; text && *text >= '0' && *text <= '9' && value < UINT32_MAX; text++)
    value = value * 10 + (uint64_t)(*text - '0');
  return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Bytes, with K, M or G behind the number for their multiples of 1024. */
static uint64_t size(const char *name) {
  const char *text = variable(name);
  uint64_t value = number(name);
  while (text && *text >= '0' && *text <= '9')
    text++;
  switch (text ? *text : 0) {
  case 'K':
    return value << 10;
  case 'M':
    return value << 20;
  case 'G':
    return value << 30;
  default:
    return value;
  }
}

static bool is_on(const char *name) {
  const char *text = variable(name);
  return text && *text && strcmp(text, "0");
}

static void add_directory(struct text *text) {
  char directory[4096];
  long length = sys_call3(SYS_getcwd, directory, sizeof directory, 0);
  if (sys_failed(length) || directory[0] != '/')
    return; /* relative then: right until the program changes its directory */
  text_add(text, directory);
  if (text->used > 1)
    text_char(text, '/');
}

/* Where there is no /proc, by the name with which the kernel was asked for it. */
static void read_executable(void) {
  struct text text = {executable, 0, sizeof executable};
  long length = sys_call3(SYS_readlink, "/proc/self/exe", executable, sizeof executable - 1);
  executable[sys_failed(length) ? 0 : length] = 0;
  const char *started = (const char *)getauxval(AT_EXECFN);
  if (*executable || !started)
    return;
  if (*started != '/')
    add_directory(&text);
  text_add(&text, started);
}

/* "off" is no number, and so none. */
static uint32_t free_stacks(void) {
  const char *text = variable("SEEP_FREE_STACKS");
  uint32_t every = text && *text ? number("SEEP_FREE_STACKS") : FREES_WINDOW;
  return every < FREES_WINDOW_MAX ? every : FREES_WINDOW_MAX;
}

void settings_read(const char *given) {
  environment_used = 0;
  if (given)
    keep_given(given);
  else if (environ)
    keep_environ();
  else
    keep_proc_environ();
  read_executable();
  const char *out = variable("SEEP_OUT");
  if (!out || !*out)
    out = "seep.%e.%p.seep";
  struct text text = {settings.out, 0, sizeof settings.out};
  text_add(&text, out);
  const char *unwind = variable("SEEP_UNWIND");
  settings.libunwind = unwind && !strcmp(unwind, "libunwind");
  settings.children = is_on("SEEP_CHILDREN");
  settings.all_events = is_on("SEEP_ALL_EVENTS");
  settings.maps = is_on("SEEP_MMAP");
  settings.max_size = size("SEEP_MAX_SIZE");
  settings.client_requests = is_on("SEEP_CLIENT_REQUESTS");
  settings.depth = number("SEEP_DEPTH");
  settings.free_stacks = free_stacks();
  settings.verify_every = number("SEEP_VERIFY");
  settings.calls_out = settings.libunwind || settings.verify_every;
  settings.root_pid = number("SEEP_ROOT");
}

const char *settings_executable(void) {
  return executable;
}

const char *settings_program(void) {
  const char *slash = strrchr(executable, '/');
  return slash ? slash + 1 : executable;
}

static void add_expanded(struct text *text, const char *from, const char *end) {
  uint64_t pid = (uint64_t)sys_call3(SYS_getpid, 0, 0, 0);
  for (; from < end; from++) {
    if (*from != '%' || from + 1 == end) {
      text_char(text, *from);
      continue;
    }
    switch (*++from) {
    case 'p':
      text_number(text, pid);
      break;
    case 'e':
      text_add(text, *settings_program() ? settings_program() : "unknown");
      break;
    case 't':
      text_number(text, clock_ns(CLOCK_REALTIME) / 1000000000u);
      break;
    default:
      text_char(text, *from);
    }
  }
}

bool settings_expand(char *path, size_t bytes, bool tagged) {
  struct text text = {path, 0, bytes};
  const char *out = settings.out, *end = out + strlen(out);
  if (*out != '/')
    add_directory(&text);
  const char *suffix = end;
  if (end - out > 5 && !strcmp(end - 5, SEEP_TRACE_SUFFIX))
    suffix = end - 5;
  add_expanded(&text, out, suffix);
  if (tagged && !strstr(out, "%p")) {
    text_char(&text, '.');
    text_number(&text, (uint64_t)sys_call3(SYS_getpid, 0, 0, 0));
  }
  add_expanded(&text, suffix, end);
  return text.used + 1 < bytes;
}

static void add_option(struct text *text, const char *name, uint64_t value) {
  if (!value)
    return;
  text_add(text, name);
  text_char(text, '=');
  text_number(text, value);
  text_char(text, '\n');
}

void settings_text(char *buffer, size_t bytes) {
  struct text text = {buffer, 0, bytes};
  text_add(&text, "");
  buffer[0] = 0;
  add_option(&text, "children", settings.children);
  add_option(&text, "all-events", settings.all_events);
  add_option(&text, "mmap", settings.maps);
  add_option(&text, "max-size", settings.max_size);
  add_option(&text, "client-requests", settings.client_requests);
  add_option(&text, "depth", settings.depth);
  add_option(&text, "verify", settings.verify_every);
  if (settings.free_stacks != FREES_WINDOW)
    add_option(&text, "free-stacks", settings.free_stacks);
  if (!settings.free_stacks)
    text_add(&text, "free-stacks=off\n");
  if (settings.libunwind)
    text_add(&text, "unwind=libunwind\n");
}
