/* SPDX-License-Identifier: Apache-2.0 */
#include "report/provenance.h"
#include "report/escape.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_TEXT 400

const char *provenance_build_id(char out[PROVENANCE_ID_BYTES], const struct trace_module *module) {
  out[0] = '\0';
  for (size_t i = 0; i < module->build_id_bytes && 2 * i + 2 < PROVENANCE_ID_BYTES; i++)
    snprintf(out + 2 * i, 3, "%02x", module->build_id[i]);
  return out;
}

static bool provenance_source(char *out, struct symbols *symbols, uint32_t module) {
  char path[PATH_TEXT];
  const char *source = symbols_module_source(symbols, module);
  if (!source)
    return false;
  snprintf(out, PROVENANCE_BYTES, "names come from %s%s",
           escape_text(path, sizeof path, 300, source),
           symbols_module_checked(symbols, module) ? "" : ", which may be another build");
  return true;
}

/* Where the debug file of the module would be found. */
static bool provenance_debug_file(char *out, const struct trace_module *module) {
  char id[PROVENANCE_ID_BYTES];
  if (strlen(provenance_build_id(id, module)) < 4) {
    snprintf(
        out, PROVENANCE_BYTES,
        "it has no build-id to search by (link with -Wl,--build-id): debug information is found "
        "only in it or by its debug link");
    return true;
  }
  snprintf(out, PROVENANCE_BYTES,
           "debug information could be in /usr/lib/debug/.build-id/%.2s/%s.debug (its package's "
           "-dbgsym or -debuginfo)",
           id, id + 2);
  return true;
}

/* What can be done, by what is the matter. */
static const char *provenance_advice(enum symbols_state state) {
  switch (state) {
  case SYMBOLS_NO_FILE:
    return "the file is not here: look at the trace where it was recorded, or copy the file here";
  case SYMBOLS_OTHER_BUILD:
    return "the file here has another build-id: it was replaced since; put the recorded build back";
  case SYMBOLS_NAMES:
    return "without debug information there are no lines and no inlined frames: build with -g";
  case SYMBOLS_NONE:
    return "it is stripped: keep the unstripped file, or build with -g";
  default:
    return NULL;
  }
}

bool provenance_text(char out[PROVENANCE_BYTES], size_t index, const struct trace *trace,
                     struct symbols *symbols, uint32_t module) {
  enum symbols_state state = symbols_module_state(symbols, module);
  const char *advice = provenance_advice(state);
  if (provenance_source(out, symbols, module) && index-- == 0)
    return true;
  if (!advice)
    return false;
  if (index == 0)
    snprintf(out, PROVENANCE_BYTES, "%s", advice);
  return index == 0 || (index == 1 && provenance_debug_file(out, &trace->modules[module]));
}
