/* SPDX-License-Identifier: Apache-2.0
 *
 * Command lines, the part that all commands share: getopt_long with our own one-line errors, and
 * --help and --version everywhere.
 */
#ifndef SEEP_OPTIONS_H
#define SEEP_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

struct options_set {
  const char *letters;        /* as for getopt; ":" first, or "+:" to end at the first operand */
  const struct option *longs; /* ends with OPTIONS_COMMON */
  const char *help;           /* what --help prints */
};

/* clang-format off */
#define OPTIONS_COMMON                                                                             \
  {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}
/* clang-format on */

enum options_end {
  OPTIONS_PARSED = -1,   /* the rest are operands, from optind on */
  OPTIONS_ANSWERED = -2, /* --help or --version: done */
  OPTIONS_WRONG = -3,    /* said on stderr */
};

/* The next option's letter (its argument in optarg), or an enum options_end. */
int options_next(int argc, char **argv, const struct options_set *set);

/* The exit code for an end other than OPTIONS_PARSED. */
int options_exit(enum options_end end);

/* Says on stderr that the command line is wrong, why, and where help is: OPTIONS_WRONG. */
enum options_end options_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether between least and most operands stand behind the options; if not, says so. */
bool options_operands(int argc, char **argv, int least, int most, const char *names);

/* Decimal digits alone, at most `most`. */
bool options_number(const char *text, uint64_t most, uint64_t *number);

/* A decimal number, "0.05", without sign and exponent. */
bool options_decimal(const char *text, double *number);

#endif
