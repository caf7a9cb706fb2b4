/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"
#include "clock.h"
#include "output.h"
#include "settings.h"
#include "sys.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static size_t read_file(const char *path, char *buffer, size_t bytes) {
  long descriptor = sys_call4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (sys_failed(descriptor))
    return 0;
  size_t used = 0;
  long got;
  while (used < bytes && (got = sys_call3(SYS_read, descriptor, buffer + used, bytes - used)) > 0)
    used += (size_t)got;
  sys_call3(SYS_close, descriptor, 0, 0);
  return used;
}

static uint64_t number_at(const char *text) {
  uint64_t value = 0;
  for (; *text >= '0' && *text <= '9'; text++)
    value = value * 10 + (uint64_t)(*text - '0');
  return value;
}

/* A numeric field of a stat file, counted from 1 as in proc(5), from 3 on. */
static uint64_t stat_field(const char *path, int wanted) {
  char text[1024];
  size_t length = read_file(path, text, sizeof text - 1);
  text[length] = 0;
  const char *at = strrchr(text, ')'); /* the name before may hold anything */
  for (int field = 2; at && field < wanted; field++)
    at = strchr(at + 1, ' ');
  return at ? number_at(at + 1) : 0;
}

uint64_t process_start_time(void) {
  return stat_field("/proc/self/stat", 22);
}

uint64_t process_threads(void) {
  return stat_field("/proc/self/stat", 20);
}

uint64_t process_parent_of(uint64_t pid) {
  char path[64];
  struct text text = {path, 0, sizeof path};
  text_add(&text, "/proc/");
  text_number(&text, pid);
  text_add(&text, "/stat");
  return stat_field(path, 4);
}

static uint64_t memory_limit(void) {
  char text[64] = "";
  text[read_file("/sys/fs/cgroup/memory.max", text, sizeof text - 1)] = 0;
  if (!text[0])
    text[read_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", text, sizeof text - 1)] = 0;
  uint64_t limit = number_at(text);
  return limit < 1ull << 60 ? limit : 0; /* version 1 says "none" with a huge number */
}

static void put_machine(struct output_fields *fields) {
  struct sysinfo info = {0};
  struct utsname name;
  uint64_t mask[128] = {0}, cpus = 0;
  sys_call3(SYS_sysinfo, &info, 0, 0);
  long bytes = sys_call3(SYS_sched_getaffinity, 0, sizeof mask, mask);
  for (long i = 0; i < bytes / 8; i++)
    cpus += (uint64_t)__builtin_popcountll(mask[i]);
  output_field_u64(fields, SEEP_TAG_CPUS, cpus);
  output_field_u64(fields, SEEP_TAG_MEMORY_BYTES, (uint64_t)info.totalram * info.mem_unit);
  uint64_t limit = memory_limit();
  if (limit)
    output_field_u64(fields, SEEP_TAG_MEMORY_LIMIT_BYTES, limit);
  output_field_u64(fields, SEEP_TAG_PAGE_BYTES, 4096);
  if (!sys_failed(sys_call3(SYS_uname, &name, 0, 0)))
    output_field_text(fields, SEEP_TAG_KERNEL, name.release);
}

static void put_identity(struct output_fields *fields, uint64_t pid_start) {
  char command[4096];
  output_field_u64(fields, SEEP_TAG_PID, (uint64_t)sys_call3(SYS_getpid, 0, 0, 0));
  output_field_u64(fields, SEEP_TAG_PARENT_PID, (uint64_t)sys_call3(SYS_getppid, 0, 0, 0));
  output_field_u64(fields, SEEP_TAG_PID_START, pid_start);
  output_field_text(fields, SEEP_TAG_PROGRAM, settings_program());
  output_field_text(fields, SEEP_TAG_EXECUTABLE, settings_executable());
  output_field_bytes(fields, SEEP_TAG_COMMAND, command,
                     read_file("/proc/self/cmdline", command, sizeof command));
}

static void put_clock(struct output_fields *fields) {
  uint64_t stamp = clock_stamp(), monotonic = clock_ns(CLOCK_MONOTONIC);
  output_field_u64(fields, SEEP_TAG_CLOCK, clock_kind);
  output_field_u64(fields, SEEP_TAG_STAMP, stamp);
  output_field_u64(fields, SEEP_TAG_MONOTONIC_NS, monotonic);
  output_field_u64(fields, SEEP_TAG_REALTIME_NS, clock_ns(CLOCK_REALTIME));
  put_machine(fields); /* takes some ten microseconds: the first estimate of the clock's rate */
  output_field_u64(fields, SEEP_TAG_TICKS_PER_SECOND, clock_ticks_per_second(stamp, monotonic));
}

#define START_TICK_NS 10000000u /* of /proc/PID/stat, on every x86-64 */

static bool attached;

void process_set_attached(void) {
  attached = true;
}

static void put_attached(struct output_fields *fields, uint64_t pid_start) {
  uint64_t now = clock_ns(CLOCK_BOOTTIME), began = pid_start * START_TICK_NS;
  if (attached)
    output_field_u64(fields, SEEP_TAG_ATTACHED_NS, now > began ? now - began : 1);
}

bool process_write(const uint8_t trace_id[16], uint64_t pid_start,
                   const struct process_parent *parent) {
  struct output_frame frame;
  struct output_fields fields;
  char options[256];
  output_fields_begin(&fields, &frame, SEEP_FRAME_PROCESS);
  output_field_u64(&fields, SEEP_TAG_FORMAT, SEEP_FORMAT_VERSION);
  output_field_bytes(&fields, SEEP_TAG_TRACE_ID, trace_id, 16);
  put_clock(&fields);
  output_field_text(&fields, SEEP_TAG_RECORDER, SEEP_VERSION);
  output_field_text(&fields, SEEP_TAG_UNWINDER, settings.libunwind ? "libunwind" : "cfi");
  settings_text(options, sizeof options);
  output_field_text(&fields, SEEP_TAG_OPTIONS, options);
  if (parent->forked) {
    output_field_bytes(&fields, SEEP_TAG_PARENT_TRACE_ID, parent->trace_id, 16);
    output_field_u64(&fields, SEEP_TAG_FORK_STAMP, parent->fork_stamp);
  }
  put_attached(&fields, pid_start);
  put_identity(&fields, pid_start); /* last: a long command line is what may be cut */
  return output_fields_write(&fields);
}
