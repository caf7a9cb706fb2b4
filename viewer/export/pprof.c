/* SPDX-License-Identifier: Apache-2.0
 *
 * A protobuf message may be written in pieces: the pieces' fields add up when they are read. So a
 * profile is never whole in memory. Samples come first, each after the locations, functions and
 * texts that nobody needed before it.
 */
#include "analysis/whole.h"
#include "export/path.h"
#include "export/table.h"
#include "profile.pb-c.h"
#include "report/trace_json.h"
#include "report/warnings.h"
#include <stdlib.h>
#include <string.h>

#define PPROF_PAGE UINT64_C(4096)

struct pprof {
  FILE *out;
  const struct export_request *request;
  struct table texts;
  struct table locations; /* struct pprof_address; ids are numbers plus 1 */
  struct table functions; /* struct pprof_function; the same */
  uint64_t *ids;          /* of the sample's locations */
  size_t capacity;
  bool failed;
};

struct pprof_address {
  uint64_t offset, module;
};

struct pprof_function {
  int64_t name, system_name, file; /* texts */
};

static void pprof_write(struct pprof *pprof, const Pprof__Profile *piece) {
  size_t bytes = pprof__profile__get_packed_size(piece);
  uint8_t *packed = malloc(bytes + 1);
  if (packed)
    fwrite(packed, 1, pprof__profile__pack(piece, packed), pprof->out);
  else
    pprof->failed = true;
  free(packed);
}

/* ---- Texts
 * -------------------------------------------------------------------------------------*/

/* The index of a text, which is written where it is new. It has to be UTF-8 as it is. */
static int64_t pprof_plain(struct pprof *pprof, const char *text) {
  size_t before = pprof->texts.count;
  uint32_t number = table_text(&pprof->texts, text);
  if (pprof->texts.count > before) {
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    piece.string_table = &(char *){(char *)text};
    piece.n_string_table = 1;
    pprof_write(pprof, &piece);
  }
  return number;
}

/* The same for any text, which is freed; NULL: no memory. */
static int64_t pprof_owned(struct pprof *pprof, char *text) {
  int64_t number = 0;
  if (text)
    number = pprof_plain(pprof, text);
  else
    pprof->failed = true;
  free(text);
  return number;
}

/* The same for a text from the trace; NULL: not known. */
static int64_t pprof_text(struct pprof *pprof, const char *text) {
  return text ? pprof_owned(pprof, path_text(text)) : 0;
}

/* ---- What a profile is about
 * -------------------------------------------------------------------*/

static Pprof__ValueType pprof_value_type(struct pprof *pprof, const char *type, const char *unit) {
  Pprof__ValueType value_type = PPROF__VALUE_TYPE__INIT;
  value_type.type = pprof_plain(pprof, type);
  value_type.unit = pprof_plain(pprof, unit);
  return value_type;
}

/* pprof shows the last type first, where it is not told otherwise. */
static void pprof_write_types(struct pprof *pprof) {
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  Pprof__ValueType types[EXPORT_VALUE_COUNT], *pointers[EXPORT_VALUE_COUNT];
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++) {
    int at = EXPORT_VALUE_COUNT - 1 - value;
    types[at] = pprof_value_type(pprof, export_value_name(value), export_value_unit(value));
    pointers[at] = &types[at];
  }
  Pprof__ValueType period = pprof_value_type(pprof, "space", "bytes");
  piece.sample_type = pointers;
  piece.n_sample_type = EXPORT_VALUE_COUNT;
  piece.default_sample_type = pprof_plain(pprof, export_value_name(EXPORT_INUSE_SPACE));
  piece.period_type = &period;
  piece.period = 1;
  pprof_write(pprof, &piece);
}

static void pprof_write_comment(struct pprof *pprof, const char *text) {
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  piece.comment = &(int64_t){pprof_text(pprof, text)};
  piece.n_comment = 1;
  pprof_write(pprof, &piece);
}

static void pprof_write_interval(struct pprof *pprof) {
  const struct export_request *request = pprof->request;
  const struct analysis_moment *moments;
  analysis_moments(request->analysis, &moments);
  uint64_t from = moments[request->report->from].stamp, to = moments[request->report->to].stamp;
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  piece.time_nanos = (int64_t)trace_realtime_ns(request->trace, from);
  piece.duration_nanos = whole_signed(trace_json_seconds(request->trace, from, to) * 1e9);
  pprof_write(pprof, &piece);
  char text[WARNING_BYTES];
  for (size_t i = 0; warnings_text(text, i, request->trace, analysis_totals(request->analysis));
       i++)
    pprof_write_comment(pprof, text);
}

static char *pprof_build_id(const struct trace_module *module) {
  char *text = calloc(2, module->build_id_bytes + 1);
  for (size_t i = 0; text && i < module->build_id_bytes; i++)
    snprintf(text + 2 * i, 3, "%02x", module->build_id[i]);
  return text;
}

/* What is taken off the addresses of a module. go tool pprof finds code only where it stands at the
 * addresses that its file has, as in a program that is not position-independent. So the executable
 * is shown as such; the other modules' addresses cannot be mistaken for its. */
static uint64_t pprof_shift(const struct trace *trace, uint32_t number) {
  const struct trace_module *module = &trace->modules[number];
  bool executable = module->path && !strcmp(module->path, trace->process.executable);
  return executable ? module->bias : 0;
}

/* pprof takes a mapping for the one of the code, as a line of /proc/PID/maps has it, and finds the
 * functions in the file from there. Where the file is not here, it is the module as a whole. */
static void pprof_place(const struct pprof *pprof, uint32_t number, Pprof__Mapping *mapping) {
  const struct trace_module *module = &pprof->request->trace->modules[number];
  struct symbols *symbols = pprof->request->symbols;
  struct symbols_code code;
  uint64_t shift = pprof_shift(pprof->request->trace, number);
  mapping->memory_start = module->start - shift;
  mapping->memory_limit = module->stop - shift;
  if (!symbols || !symbols_module_code(symbols, number, &code))
    return;
  mapping->memory_start = module->bias - shift + code.address;
  mapping->memory_limit = (mapping->memory_start + code.bytes + PPROF_PAGE - 1) & -PPROF_PAGE;
  mapping->file_offset = code.file_offset;
}

static void pprof_write_module(struct pprof *pprof, uint32_t number) {
  const struct trace_module *module = &pprof->request->trace->modules[number];
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  Pprof__Mapping mapping = PPROF__MAPPING__INIT;
  mapping.id = number;
  pprof_place(pprof, number, &mapping);
  mapping.filename = pprof_text(pprof, module->path);
  mapping.build_id = pprof_owned(pprof, pprof_build_id(module));
  mapping.has_functions = mapping.has_filenames = true;
  mapping.has_line_numbers = mapping.has_inline_frames = true;
  piece.mapping = &(Pprof__Mapping *){&mapping};
  piece.n_mapping = 1;
  pprof_write(pprof, &piece);
}

/* ---- Stacks
 * ------------------------------------------------------------------------------------*/

/* inlined: how many functions were inlined into frame's, at the frame's address, before it. */
static uint64_t pprof_function(struct pprof *pprof, const struct frame *frame, size_t inlined) {
  struct symbols *symbols = pprof->request->symbols;
  const char *linkage = NULL;
  if (symbols && frame->context)
    linkage = symbols_look_up(symbols, frame->context)->frames[inlined].linkage;
  struct pprof_function key = {pprof_owned(pprof, path_label(frame)), pprof_text(pprof, linkage),
                               pprof_text(pprof, frame->file)};
  size_t before = pprof->functions.count;
  uint64_t id = table_number(&pprof->functions, &key, sizeof key) + 1ull;
  if (pprof->functions.count > before) {
    Pprof__Profile piece = PPROF__PROFILE__INIT;
    Pprof__Function function = PPROF__FUNCTION__INIT;
    function.id = id;
    function.name = key.name;
    function.system_name = key.system_name;
    function.filename = key.file;
    piece.function = &(Pprof__Function *){&function};
    piece.n_function = 1;
    pprof_write(pprof, &piece);
  }
  return id;
}

/* An address inside the call, not behind it: behind it may be another line, or another function. */
static uint64_t pprof_address(const struct trace *trace, const struct frame *frame) {
  const struct trace_context *node = &trace->contexts[frame->context];
  uint64_t address = frame->offset;
  if (frame->module_index < trace->module_count)
    address += trace->modules[frame->module_index].bias - pprof_shift(trace, frame->module_index);
  return address && !(node->flags & SEEP_CONTEXT_EXACT) ? address - 1 : address;
}

/* Writes the location of one code address with the count frames that stand there. */
static void pprof_write_location(struct pprof *pprof, uint64_t id, const struct frame *frames,
                                 size_t count) {
  const struct trace *trace = pprof->request->trace;
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  Pprof__Location location = PPROF__LOCATION__INIT;
  Pprof__Line *lines = calloc(count, sizeof *lines), **pointers = calloc(count, sizeof *pointers);
  pprof->failed |= !lines || !pointers;
  for (size_t i = 0; lines && pointers && i < count; i++) {
    pprof__line__init(&lines[i]);
    lines[i].function_id = pprof_function(pprof, &frames[i], i);
    lines[i].line = frames[i].line;
    pointers[i] = &lines[i];
  }
  location.id = id;
  location.mapping_id = frames->module_index < trace->module_count ? frames->module_index : 0;
  location.address = pprof_address(trace, frames);
  location.line = pointers;
  location.n_line = pointers ? count : 0;
  piece.location = &(Pprof__Location *){&location};
  piece.n_location = 1;
  if (!pprof->failed)
    pprof_write(pprof, &piece);
  free(lines);
  free(pointers);
}

static uint64_t pprof_location(struct pprof *pprof, const struct frame *frames, size_t count) {
  struct pprof_address key = {frames->offset, frames->module_index};
  size_t before = pprof->locations.count;
  uint64_t id = table_number(&pprof->locations, &key, sizeof key) + 1ull;
  if (pprof->locations.count > before)
    pprof_write_location(pprof, id, frames, count);
  return id;
}

/* Locations of the path's code addresses; returns how many. */
static size_t pprof_locations(struct pprof *pprof, const struct path *path) {
  size_t count = 0, first = 0;
  if (pprof->capacity < path->count) {
    uint64_t *larger = reallocarray(pprof->ids, path->count, sizeof *larger);
    pprof->failed |= !larger;
    if (!larger)
      return 0;
    pprof->ids = larger;
    pprof->capacity = path->count;
  }
  for (size_t i = 0; i < path->count; i++) {
    if (path->frames[i].inlined)
      continue;
    pprof->ids[count++] = pprof_location(pprof, &path->frames[first], i + 1 - first);
    first = i + 1;
  }
  return count;
}

static void pprof_write_sample(struct pprof *pprof, const struct path *path) {
  Pprof__Profile piece = PPROF__PROFILE__INIT;
  Pprof__Sample sample = PPROF__SAMPLE__INIT;
  int64_t values[EXPORT_VALUE_COUNT];
  for (int value = 0; value < EXPORT_VALUE_COUNT; value++)
    values[EXPORT_VALUE_COUNT - 1 - value] = (int64_t)export_value_of(&path->stack->figures, value);
  sample.n_location_id = pprof_locations(pprof, path);
  sample.location_id = pprof->ids;
  sample.value = values;
  sample.n_value = EXPORT_VALUE_COUNT;
  piece.sample = &(Pprof__Sample *){&sample};
  piece.n_sample = 1;
  pprof_write(pprof, &piece);
}

bool export_pprof(FILE *out, const struct export_request *request) {
  struct pprof pprof = {.out = out, .request = request};
  struct path path = path_begin(request);
  pprof_plain(&pprof, "");
  pprof_write_types(&pprof);
  pprof_write_interval(&pprof);
  while (!pprof.failed && path_next(&path))
    pprof_write_sample(&pprof, &path);
  for (uint32_t i = 1; i < request->trace->module_count; i++) /* now that symbols were looked up */
    pprof_write_module(&pprof, i);
  bool done = !pprof.failed && !path.failed && !pprof.texts.failed && !pprof.functions.failed &&
              !pprof.locations.failed;
  path_release(&path);
  table_release(&pprof.texts);
  table_release(&pprof.functions);
  table_release(&pprof.locations);
  free(pprof.ids);
  return done && !ferror(out);
}
