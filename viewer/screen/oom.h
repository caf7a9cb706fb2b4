/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the kernel killed for want of memory while a process was watched: by the count of its
 * memory cgroup (version 2 or 1), or, where that cannot be read, by the count of the whole machine.
 */
#ifndef SEEP_OOM_H
#define SEEP_OOM_H

#include <stdint.h>

struct oom {
  char cgroup[512], machine[512]; /* paths of files that count; "": none */
  uint64_t in_cgroup, in_machine; /* kills when the watch began */
};

enum oom_kill {
  OOM_NO_KILL,
  OOM_PERHAPS, /* somewhere in the machine */
  OOM_KILL,    /* in the cgroup */
};

/* root stands before /proc and /sys: "" but in tests. */
void oom_watch(struct oom *oom, const char *root, uint64_t pid);

/* Since oom_watch. A cgroup that is gone with its process leaves the machine's count. */
enum oom_kill oom_since(const struct oom *oom);

#endif
