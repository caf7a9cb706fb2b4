/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/options.h"

#include "commands/command.h"
#include "commands/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum options_end options_wrong(const char *format, ...) {
  char text[512];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  message_error("%s (--help says what there is)", text);
  return OPTIONS_WRONG;
}

/* getopt names a short option by optopt, a long one only by where it stood. */
static enum options_end options_complain(int found, char **argv) {
  const char *word = argv[optind - 1];
  bool is_long = !strncmp(word, "--", 2);
  if (found == ':')
    return is_long ? options_wrong("option %s needs a value", word)
                   : options_wrong("option -%c needs a value", optopt);
  if (is_long)
    return options_wrong("there is no option %s", word);
  return options_wrong("there is no option -%c", optopt);
}

int options_next(int argc, char **argv, const struct options_set *set) {
  opterr = 0;
  int found = getopt_long(argc, argv, set->letters, set->longs, NULL);
  switch (found) {
  case -1:
    return OPTIONS_PARSED;
  case 'h':
    fputs(set->help, stdout);
    return OPTIONS_ANSWERED;
  case 'V':
    puts("seep " SEEP_VERSION);
    return OPTIONS_ANSWERED;
  case '?':
  case ':':
    return options_complain(found, argv);
  default:
    return found;
  }
}

int options_exit(enum options_end end) {
  return end == OPTIONS_WRONG ? COMMAND_ERROR : COMMAND_DONE;
}

bool options_operands(int argc, char **argv, int least, int most, const char *names) {
  int count = argc - optind;
  if (count < least)
    options_wrong("%s expected", names);
  else if (count > most)
    options_wrong("'%s' is too much: %s expected", argv[optind + most], names);
  return count >= least && count <= most;
}

bool options_number(const char *text, uint64_t most, uint64_t *number) {
  if (!*text || text[strspn(text, "0123456789")])
    return false;
  errno = 0;
  *number = strtoull(text, NULL, 10);
  return !errno && *number <= most;
}

bool options_decimal(const char *text, double *number) {
  char *end;
  if (!*text || text[strspn(text, "0123456789.")])
    return false;
  *number = strtod(text, &end);
  return end != text && !*end;
}
