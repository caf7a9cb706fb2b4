/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <string.h>

#define DEMANGLE_BASE62 "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DEMANGLE_MOST (DEMANGLE_BYTES - 4) /* leaves room for "..." and the end */

struct demangle_output {
  char *text;
  size_t bytes;
  jmp_buf full;
};

/* Called with one piece of the name after the other. There is no way to say "enough" but to leave:
 * the demanglers keep their state on the stack, so nothing is left behind. */
static void demangle_append(const char *piece, size_t bytes, void *data) {
  struct demangle_output *output = data;
  size_t room = DEMANGLE_MOST - output->bytes;
  if (bytes > room)
    bytes = room;
  if (bytes) /* an empty piece may be NULL */
    memcpy(output->text + output->bytes, piece, bytes);
  output->bytes += bytes;
  if (output->bytes == DEMANGLE_MOST)
    longjmp(output->full, 1);
}

static bool demangle_write(const char *linkage, struct demangle_output *output) {
  const int options = DMGL_PARAMS | DMGL_ANSI; /* the recursion limit stays on */
  output->bytes = 0;
  if (rust_demangle_callback(linkage, options, demangle_append, output))
    return true;
  output->bytes = 0; /* a Rust name that turned out wrong half way has left some */
  return cplus_demangle_v3_callback(linkage, options, demangle_append, output);
}

#define DEMANGLE_DIGITS 2 /* base 62: about four thousand lifetimes, where a dozen is much */

/* Whether a Rust name may declare so many lifetimes ("FG…_", "DG…_") that counting them takes for
 * ever: the demangler counts on where it prints nothing. A sound name that contains such letters in
 * an identifier stays mangled. */
static bool demangle_is_endless(const char *linkage) {
  for (const char *at = linkage; (at = strchr(at, 'G')); at++) {
    size_t digits = strspn(at + 1, DEMANGLE_BASE62);
    if (at > linkage && (at[-1] == 'F' || at[-1] == 'D') && digits > DEMANGLE_DIGITS &&
        at[1 + digits] == '_')
      return true;
  }
  return false;
}

bool demangle(const char *linkage, char text[DEMANGLE_BYTES]) {
  struct demangle_output output = {.text = text};
  if (linkage[0] != '_' || (linkage[1] != 'Z' && linkage[1] != 'R'))
    return false;
  if (linkage[1] == 'R' && demangle_is_endless(linkage))
    return false;
  if (setjmp(output.full)) {
    memcpy(text + DEMANGLE_MOST, "...", 4);
    return true;
  }
  if (!demangle_write(linkage, &output))
    return false;
  text[output.bytes] = '\0';
  char *clone = strstr(text, " [clone ");
  if (clone)
    *clone = '\0';
  return true;
}
