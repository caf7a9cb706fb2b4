/* SPDX-License-Identifier: Apache-2.0
 *
 * Mangled names, as long as a string table may have them. What comes out is bounded and ended.
 */
#include "symbols/demangle.h"
#include "lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const uint8_t *rest;
  size_t rest_bytes;
  char text[DEMANGLE_BYTES];
  char *linkage = lines_text(data, bytes, &rest, &rest_bytes);
  if (demangle(linkage, text))
    must(strnlen(text, sizeof text) < sizeof text);
  free(linkage);
  return 0;
}
