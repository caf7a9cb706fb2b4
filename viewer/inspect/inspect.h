/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks. Each looks at one thing and adds at most a few findings: one that is fine is said as
 * well, so that a reader sees what was looked at.
 */
#ifndef SEEP_INSPECT_H
#define SEEP_INSPECT_H

#include "inspect/diagnosis.h"
#include "inspect/target.h"

/* Whether the library can be preloaded: kind of file, machine, libc, privileges. */
void inspect_loading(const struct inspect_target *target, struct diagnosis *diagnosis);

/* Sanitizers, which take malloc's place themselves and refuse company. */
void inspect_sanitizer(const struct inspect_target *target, struct diagnosis *diagnosis);

/* Whose malloc the program calls. */
void inspect_allocator(const struct inspect_target *target, struct diagnosis *diagnosis);

/* Stacks: modules without unwind tables. Names: modules without debug information. */
void inspect_tables(const struct inspect_target *target, struct diagnosis *diagnosis);
void inspect_names(const struct inspect_target *target, struct diagnosis *diagnosis);

/* What the process may not do: system calls, descriptors, address space, file size, memory, and
 * what looking at it from outside needs. */
void inspect_seccomp(const struct inspect_target *target, struct diagnosis *diagnosis);
void inspect_limits(const struct inspect_target *target, struct diagnosis *diagnosis);
void inspect_ptrace(const struct inspect_target *target, struct diagnosis *diagnosis);

/* Only what can keep the library from seeing anything. */
void inspect_quickly(const struct inspect_target *target, struct diagnosis *diagnosis);
/* All checks, unless the quick ones say that nothing will be recorded. */
void inspect_all(const struct inspect_target *target, struct diagnosis *diagnosis);

#endif
