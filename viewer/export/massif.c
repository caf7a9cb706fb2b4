/* SPDX-License-Identifier: Apache-2.0
 *
 * Massif's own habits are kept: a tree is cut at 30 frames, and what holds less than a hundredth of
 * the memory is put together in one line.
 */
#include "analysis/whole.h"
#include "export/tree.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MASSIF_DEPTH 30
#define MASSIF_SHARE 100 /* a node is written from a hundredth of the total on */

struct massif {
  FILE *out;
  const struct export_request *request;
  uint64_t snapshots;
  struct tree tree;
  uint32_t *order; /* nodes but the root, by parent, then largest first */
  size_t *first;   /* per node, and one more: where its children begin in order */
};

static uint64_t massif_bytes(const struct massif *massif, uint32_t node) {
  return massif->tree.nodes[node].values[EXPORT_INUSE_SPACE];
}

/* ---- The tree
 * ----------------------------------------------------------------------------------*/

/* "0x401136: serve (session.c:142)", as massif writes it. */
static char *massif_label(const struct export_request *request, const struct frame *frame) {
  const struct trace *trace = request->trace;
  bool known = frame->module_index < trace->module_count;
  uint64_t bias = known ? trace->modules[frame->module_index].bias : 0;
  char *name = path_label(frame), *label = NULL;
  char *file = path_text(frame->file ? frame->file : frame->module);
  const char *base = file ? strrchr(file, '/') : NULL;
  int written = -1;
  if (name && file && frame->file && frame->line)
    written = asprintf(&label, "0x%" PRIX64 ": %s (%s:%" PRIu32 ")", bias + frame->offset, name,
                       base ? base + 1 : file, frame->line);
  else if (name && file)
    written = asprintf(&label, "0x%" PRIX64 ": %s (in %s)", bias + frame->offset, name, file);
  free(name);
  free(file);
  return written < 0 ? NULL : label;
}

static int massif_compare(const void *a, const void *b, void *data) {
  const struct massif *massif = data;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  const struct tree_node *nodes = massif->tree.nodes;
  if (nodes[x].parent != nodes[y].parent)
    return nodes[x].parent < nodes[y].parent ? -1 : 1;
  if (massif_bytes(massif, x) != massif_bytes(massif, y))
    return massif_bytes(massif, x) > massif_bytes(massif, y) ? -1 : 1;
  return (x > y) - (x < y);
}

static bool massif_order(struct massif *massif) {
  size_t count = massif->tree.count;
  massif->order = calloc(count, sizeof *massif->order);
  massif->first = calloc(count + 1, sizeof *massif->first);
  if (!massif->order || !massif->first)
    return false;
  for (uint32_t node = 1; node < count; node++) {
    massif->order[node - 1] = node;
    massif->first[massif->tree.nodes[node].parent + 1]++;
  }
  for (size_t i = 0; i < count; i++)
    massif->first[i + 1] += massif->first[i];
  qsort_r(massif->order, count - 1, sizeof *massif->order, massif_compare, massif);
  return true;
}

/* How many children of node are large enough to be written. */
static size_t massif_large(const struct massif *massif, uint32_t node) {
  size_t large = 0, count = massif->first[node + 1] - massif->first[node];
  const uint32_t *children = massif->order + massif->first[node];
  uint64_t least = massif_bytes(massif, 0) / MASSIF_SHARE;
  while (large < count && massif_bytes(massif, children[large]) > least)
    large++;
  return large;
}

static void massif_small(const struct massif *massif, uint32_t node, size_t large, int depth) {
  uint64_t bytes = 0;
  size_t first = massif->first[node] + large, places = massif->first[node + 1] - first;
  for (size_t i = 0; i < places; i++)
    bytes += massif_bytes(massif, massif->order[first + i]);
  fprintf(massif->out, "%*sn0: %" PRIu64 " in %zu place%s below massif's threshold (1.00%%)\n",
          depth, "", bytes, places, places > 1 ? "s, all" : ",");
}

/* Recursion ends at MASSIF_DEPTH. */
static void massif_node(const struct massif *massif, uint32_t node, int depth) {
  size_t count = massif->first[node + 1] - massif->first[node];
  size_t large = massif_large(massif, node);
  const char *label = node ? tree_label(&massif->tree, node)
                           : "(heap allocation functions) malloc/new/new[], --alloc-fns, etc.";
  fprintf(massif->out, "%*sn%zu: %" PRIu64 " %s\n", depth, "", large + (large < count),
          massif_bytes(massif, node), label);
  for (size_t i = 0; i < large; i++)
    massif_node(massif, massif->order[massif->first[node] + i], depth + 1);
  if (large < count)
    massif_small(massif, node, large, depth + 1);
}

/* ---- Snapshots
 * ---------------------------------------------------------------------------------*/

static void massif_snapshot(struct massif *massif, uint64_t stamp, uint64_t bytes,
                            const char *tree) {
  fprintf(massif->out,
          "#-----------\nsnapshot=%" PRIu64 "\n#-----------\ntime=%" PRIu64 "\nmem_heap_B=%" PRIu64
          "\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
          massif->snapshots++, whole_of(trace_seconds(massif->request->trace, stamp) * 1000), bytes,
          tree);
}

static void massif_peak(struct massif *massif, uint64_t stamp) {
  massif_snapshot(massif, stamp, massif_bytes(massif, 0), "peak");
  massif_node(massif, 0, 0);
}

/* The time line, with the report's end in its place. */
static void massif_snapshots(struct massif *massif) {
  const struct export_request *request = massif->request;
  const struct analysis_moment *moments;
  const struct analysis_step *steps;
  size_t count = analysis_time_line(request->analysis, &steps), i = 0;
  analysis_moments(request->analysis, &moments);
  uint64_t peak = moments[request->report->to].stamp;
  for (; i < count && steps[i].stamp < peak; i++)
    massif_snapshot(massif, steps[i].stamp, steps[i].outstanding_bytes, "empty");
  massif_peak(massif, peak);
  for (; i < count; i++)
    if (steps[i].stamp > peak)
      massif_snapshot(massif, steps[i].stamp, steps[i].outstanding_bytes, "empty");
}

/* Arguments are separated by spaces, as massif does it. */
static bool massif_head(struct massif *massif) {
  char *path = path_text(massif->request->path);
  bool done = path;
  fprintf(massif->out, "desc: seep export of %s\ncmd:", path ? path : "");
  free(path);
  for (char **argument = massif->request->trace->process.command; argument && *argument;
       argument++) {
    char *text = path_text(*argument);
    done = done && text;
    fprintf(massif->out, " %s", text ? text : "");
    free(text);
  }
  fputs("\ntime_unit: ms\n", massif->out);
  return done;
}

bool export_massif(FILE *out, const struct export_request *request) {
  static const struct tree_options options = {true, true, MASSIF_DEPTH, massif_label};
  struct massif massif = {.out = out, .request = request};
  bool done =
      tree_build(&massif.tree, request, &options) && massif_order(&massif) && massif_head(&massif);
  if (done)
    massif_snapshots(&massif);
  tree_release(&massif.tree);
  free(massif.order);
  free(massif.first);
  return done && !ferror(out);
}
