/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

typedef void inspect_check(const struct inspect_target *target, struct diagnosis *diagnosis);

void inspect_quickly(const struct inspect_target *target, struct diagnosis *diagnosis) {
  inspect_loading(target, diagnosis);
  if (diagnosis_weight(diagnosis) >= FINDING_BLOCKS)
    return; /* what libraries it has and whose malloc it calls makes no difference then */
  inspect_sanitizer(target, diagnosis);
  inspect_allocator(target, diagnosis);
}

void inspect_all(const struct inspect_target *target, struct diagnosis *diagnosis) {
  static inspect_check *const rest[] = {inspect_tables, inspect_names, inspect_seccomp,
                                        inspect_limits, inspect_ptrace};
  inspect_quickly(target, diagnosis);
  if (diagnosis_weight(diagnosis) >= FINDING_BLOCKS)
    return;
  for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
    rest[i](target, diagnosis);
}
