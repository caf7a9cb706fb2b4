/* SPDX-License-Identifier: Apache-2.0 */
#include "screen/actions.h"

static const struct action_info infos[ACTION_COUNT] = {
#define X(name, group, hint, text, ...) [ACTION_##name] = {group, hint, text, {__VA_ARGS__}},
    ACTIONS(X)
#undef X
};

const struct action_info *action_info(enum action action) {
  return &infos[action];
}

enum action action_of_key(uint32_t code) {
  for (int action = 1; action < ACTION_COUNT && code; action++)
    for (int i = 0; i < ACTION_KEYS; i++)
      if (infos[action].keys[i] == code)
        return (enum action)action;
  return ACTION_NONE;
}
