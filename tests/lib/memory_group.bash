# SPDX-License-Identifier: Apache-2.0
# A memory cgroup of 48 MiB, in which the kernel's OOM killer is met soon.

limit_bytes=$((48 << 20))

# Either version of cgroups; leaves group, and the file that counts its OOM kills.
make_group() {
  local memory=/sys/fs/cgroup/memory top=/sys/fs/cgroup
  if [[ -w $memory/cgroup.procs ]] && mkdir "$memory/seep-oom-$$" 2>/dev/null; then
    group=$memory/seep-oom-$$ events=memory.oom_control
    echo "$limit_bytes" >"$group/memory.limit_in_bytes"
  elif [[ -w $top/cgroup.subtree_control ]] && mkdir "$top/seep-oom-$$" 2>/dev/null; then
    group=$top/seep-oom-$$ events=memory.events
    echo "$limit_bytes" >"$group/memory.max" 2>/dev/null || return 1
    echo 0 >"$group/memory.swap.max" 2>/dev/null || true
  else
    return 1
  fi
}
