/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/recording.h"
#include "commands/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDING_FREES_MAX 65535

static bool recording_output_is_valid(const char *text) {
  if (*text)
    return true;
  options_wrong("the name of the trace is empty");
  return false;
}

static bool recording_depth_is_valid(const char *text) {
  uint64_t depth;
  if (options_number(text, INT32_MAX, &depth))
    return true;
  options_wrong("--depth %s: a whole number expected, 0 for all frames", text);
  return false;
}

static bool recording_free_stacks_is_valid(const char *text) {
  uint64_t every;
  if (!strcmp(text, "off") || options_number(text, RECORDING_FREES_MAX, &every))
    return true;
  options_wrong("--free-stacks %s: off or a number up to %d expected", text, RECORDING_FREES_MAX);
  return false;
}

static bool recording_max_size_is_valid(const char *text) {
  static const char units[] = "KMG";
  char digits[24];
  uint64_t size = 0;
  size_t length = strspn(text, "0123456789");
  const char *unit = text[length] ? strchr(units, text[length]) : NULL;
  snprintf(digits, sizeof digits, "%.*s", length < sizeof digits ? (int)length : 0, text);
  bool number = options_number(digits, UINT32_MAX, &size) && (!text[length] || unit) &&
                (!unit || !text[length + 1]);
  if (number && size << (unit ? 10 * (unit - units + 1) : 0) >= 1 << 20)
    return true;
  options_wrong("--max-size %s: a number of bytes expected, 1M or more", text);
  return false;
}

static bool recording_unwind_is_valid(const char *text) {
  if (!strcmp(text, "auto") || !strcmp(text, "libunwind"))
    return true;
  options_wrong("--unwind %s: auto or libunwind expected", text);
  return false;
}

bool recording_apply(int option) {
  switch (option) {
  case 'o':
    return recording_output_is_valid(optarg) && setenv("SEEP_OUT", optarg, 1) == 0;
  case 'd':
    return recording_depth_is_valid(optarg) && setenv("SEEP_DEPTH", optarg, 1) == 0;
  case 'a':
    return setenv("SEEP_ALL_EVENTS", "1", 1) == 0;
  case 'f':
    return recording_free_stacks_is_valid(optarg) && setenv("SEEP_FREE_STACKS", optarg, 1) == 0;
  case 's':
    return recording_max_size_is_valid(optarg) && setenv("SEEP_MAX_SIZE", optarg, 1) == 0;
  case 'u':
    return recording_unwind_is_valid(optarg) && setenv("SEEP_UNWIND", optarg, 1) == 0;
  default:
    return setenv("SEEP_MMAP", "1", 1) == 0;
  }
}

/* What is ours alone, or has no meaning for one process that runs already. */
static bool recording_is_setting(const char *variable) {
  static const char *const others[] = {
      "SEEP_LIBRARY=", "SEEP_CHILDREN=", "SEEP_ROOT=", "SEEP_CLIENT_REQUESTS="};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (!strncmp(variable, others[i], strlen(others[i])))
      return false;
  return !strncmp(variable, "SEEP_", 5);
}

bool recording_settings(char *text, size_t text_bytes, size_t *used) {
  *used = 0;
  for (char **variable = environ; *variable; variable++) {
    size_t bytes = strlen(*variable) + 1;
    if (!recording_is_setting(*variable))
      continue;
    if (*used + bytes > text_bytes)
      return false;
    memcpy(text + *used, *variable, bytes);
    *used += bytes;
  }
  return true;
}
