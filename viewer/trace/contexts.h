/* SPDX-License-Identifier: Apache-2.0
 *
 * The calling-context tree. The recorder may give several ids to one path, and nodes come in any
 * order, from the trace and from the stage; canonical ids stand for one path each and are given out
 * so that a parent's is below its children's. Nodes of the recorder's own code are left out: their
 * children hang on their parents.
 */
#ifndef SEEP_TRACE_CONTEXTS_H
#define SEEP_TRACE_CONTEXTS_H

#include "trace/trace.h"

struct context_row { /* a node as it was recorded */
  uint32_t id, parent, module, flags;
  uint64_t offset;
  uint32_t canonical;
  bool in_file;   /* false: only the stage has it */
  bool left_out;  /* to be set before contexts_finish: stands for its parent */
  bool truncated; /* left out, and outer frames are missing */
};

struct contexts {
  struct context_row *rows; /* after contexts_finish by ascending id, each id once */
  size_t count;
};

enum contexts_result {
  CONTEXTS_OK,
  CONTEXTS_MALFORMED,
  CONTEXTS_MEMORY,
};

/* Takes the nodes of a CONTEXTS payload. */
enum contexts_result contexts_decode(struct contexts *contexts, const uint8_t *payload,
                                     size_t bytes);
/* Takes one node; its canonical field does not matter. false: no memory. */
bool contexts_add(struct contexts *contexts, const struct context_row *row);

/* Makes the canonical tree: an array (to be freed) of *count nodes, of which number 0 is "none".
 * Modules are the recorder's ids as yet. Nodes whose parent is missing become outermost ones that
 * are flagged as truncated; *orphans counts them. false: no memory. */
bool contexts_finish(struct contexts *contexts, struct trace_context **nodes, size_t *count,
                     size_t *orphans);

/* After contexts_finish: the row of an id, or NULL. */
const struct context_row *contexts_row(const struct contexts *contexts, uint32_t id);

void contexts_free(struct contexts *contexts);

#endif
