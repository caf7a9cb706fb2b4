/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/inheritance.h"
#include "analysis/keymap.h"
#include "analysis/live.h"
#include "trace/array.h"

#include <stdlib.h>
#include <string.h>

#define INHERITANCE_DEPTH 64 /* of forks: each level has a trace open and a live set */

struct heir {                   /* a member of the family */
  struct inheritance_sum *sums; /* by origin, as many as there were at the fork */
  size_t sum_count;
  bool known;
};

struct inheritance {
  const struct family *family;
  size_t only;
  const struct inheritance_watch *watch; /* while it is made; or NULL */
  size_t ended;                          /* lives that have been told */
  double share;                          /* done, as it was told last */
  struct heir *heirs;
  struct inheritance_origin *origins;
  size_t origin_count;
  struct keymap by_key; /* member and context to origin + 1 */
};

#define OWN (1u << 31) /* of a block's place: the rest is the context; else it is origin + 1 */

/* A member's replay. */
struct lifetime {
  struct inheritance *all;
  size_t member;
  int depth;
  struct live live;
  size_t *children; /* whose forks are still to come, the first one first */
  size_t child_count, child_next;
  struct trace_error *error;
  enum trace_status status;
};

static enum trace_status inheritance_live(struct lifetime *lifetime);

/* ---- Who is looked at ---- */

static bool inheritance_can(const struct inheritance *all, size_t member) {
  const struct family_member *child = &all->family->list[member];
  return child->fork_stamp && child->parent != FAMILY_NONE && !child->executed &&
         child->clock == all->family->list[child->parent].clock;
}

/* Whether the member is the one that is wanted, or one that it descends from. */
static bool inheritance_wants(const struct inheritance *all, size_t member) {
  size_t at = all->only;
  for (size_t steps = 0; at != FAMILY_NONE && steps <= all->family->count; steps++) {
    if (at == member)
      return true;
    at = inheritance_can(all, at) ? all->family->list[at].parent : FAMILY_NONE;
  }
  return all->only == FAMILY_NONE;
}

static bool inheritance_is_heir(const struct inheritance *all, size_t child, size_t parent) {
  return all->family->list[child].parent == parent && inheritance_can(all, child) &&
         inheritance_wants(all, child);
}

static int inheritance_compare_forks(const void *a, const void *b, void *data) {
  const struct family *family = data;
  uint64_t x = family->list[*(const size_t *)a].fork_stamp;
  uint64_t y = family->list[*(const size_t *)b].fork_stamp;
  return (x > y) - (x < y);
}

static bool inheritance_find_children(struct lifetime *lifetime) {
  const struct inheritance *all = lifetime->all;
  lifetime->children = calloc(all->family->count + 1, sizeof *lifetime->children);
  if (!lifetime->children)
    return false;
  for (size_t i = 0; i < all->family->count; i++)
    if (inheritance_is_heir(all, i, lifetime->member))
      lifetime->children[lifetime->child_count++] = i;
  qsort_r(lifetime->children, lifetime->child_count, sizeof *lifetime->children,
          inheritance_compare_forks, (void *)all->family);
  return true;
}

/* ---- Origins ---- */

/* Number of the origin, from 1; 0: no memory. */
static uint32_t inheritance_number(struct inheritance *all, size_t member, uint32_t context) {
  uint64_t key = (uint64_t)member << 32 | context;
  uint32_t number = keymap_get(&all->by_key, key);
  if (number)
    return number;
  if (!array_room(&all->origins, all->origin_count, sizeof *all->origins) ||
      !keymap_add(&all->by_key, key, (uint32_t)all->origin_count + 1))
    return 0;
  all->origins[all->origin_count++] = (struct inheritance_origin){member, context};
  return (uint32_t)all->origin_count;
}

/* Where the heir's sum of an origin (by number) stands; NULL: no memory. */
static struct inheritance_sum *inheritance_sum(struct heir *heir, uint32_t number) {
  for (; heir->sum_count < number; heir->sum_count++) {
    if (!array_room(&heir->sums, heir->sum_count, sizeof *heir->sums))
      return NULL;
    heir->sums[heir->sum_count] = (struct inheritance_sum){0};
  }
  return &heir->sums[number - 1];
}

/* ---- A fork ---- */

struct copying {
  struct lifetime *from, *to;
};

static void inheritance_copy_block(void *data, const struct live_block *block) {
  const struct copying *copying = data;
  struct inheritance *all = copying->from->all;
  struct live_block older, copy = *block;
  if (block->place & OWN)
    copy.place = inheritance_number(all, copying->from->member, block->place & ~OWN);
  struct inheritance_sum *sum =
      copy.place ? inheritance_sum(&all->heirs[copying->to->member], copy.place) : NULL;
  if (!sum || live_put(&copying->to->live, &copy, &older) == LIVE_MEMORY) {
    copying->to->status = TRACE_MEMORY;
    return;
  }
  sum->blocks++;
  sum->bytes += copy.size;
}

/* The child gets what stands now, and is told its whole life. */
static void inheritance_bear(struct lifetime *lifetime, size_t child) {
  struct lifetime born = {.all = lifetime->all,
                          .member = child,
                          .depth = lifetime->depth + 1,
                          .error = lifetime->error};
  struct copying copying = {lifetime, &born};
  if (born.depth > INHERITANCE_DEPTH)
    return;
  live_init(&born.live);
  for (unsigned i = 0; i < LIVE_SHARDS && born.status == TRACE_OK; i++)
    live_visit_shard(&lifetime->live, i, inheritance_copy_block, &copying);
  lifetime->status = inheritance_live(&born);
}

static void inheritance_bear_until(struct lifetime *lifetime, uint64_t stamp) {
  while (lifetime->child_next < lifetime->child_count && lifetime->status == TRACE_OK) {
    size_t child = lifetime->children[lifetime->child_next];
    if (lifetime->all->family->list[child].fork_stamp >= stamp)
      return;
    lifetime->child_next++;
    inheritance_bear(lifetime, child);
  }
}

/* ---- Events ---- */

static void inheritance_freed(struct lifetime *lifetime, const struct live_block *block) {
  struct heir *heir = &lifetime->all->heirs[lifetime->member];
  if (block->place & OWN)
    return;
  heir->sums[block->place - 1].freed_blocks++;
  heir->sums[block->place - 1].freed_bytes += block->size;
}

/* An address that is given again must have been freed, whether that was seen or not. */
static void inheritance_allocated(struct lifetime *lifetime, const struct trace_event *event) {
  struct live_block older,
      block = {.address = event->address,
               .size = event->size < LIVE_SIZE_MAX ? event->size : LIVE_SIZE_MAX,
               .stamp = event->stamp,
               .place = event->context | OWN};
  enum live_put put = live_put(&lifetime->live, &block, &older);
  if (put == LIVE_MEMORY)
    lifetime->status = TRACE_MEMORY;
  else if (put == LIVE_REPLACED)
    inheritance_freed(lifetime, &older);
}

static void inheritance_event(struct lifetime *lifetime, const struct trace_event *event) {
  struct live_block block;
  if (lifetime->child_next < lifetime->child_count)
    inheritance_bear_until(lifetime, event->stamp);
  if (event->kind == SEEP_KIND_ALLOC)
    inheritance_allocated(lifetime, event);
  else if (event->kind == SEEP_KIND_FREE && live_take(&lifetime->live, event->address, &block))
    inheritance_freed(lifetime, &block);
}

static void inheritance_events(void *data, const struct trace_event *events, size_t count) {
  struct lifetime *lifetime = data;
  for (size_t i = 0; i < count && lifetime->status == TRACE_OK; i++)
    inheritance_event(lifetime, &events[i]);
}

/* Lives are told within others: the share is a rough one, but never goes back. */
static bool inheritance_progress(void *data, double share) {
  struct lifetime *lifetime = data;
  struct inheritance *all = lifetime->all;
  double done = ((double)all->ended + share) / (double)all->family->count;
  all->share = done > all->share ? done : all->share;
  if (lifetime->status == TRACE_OK && all->watch &&
      !all->watch->progress(all->watch->data, all->share))
    lifetime->status = TRACE_STOPPED;
  return lifetime->status == TRACE_OK;
}

/* ---- A life ---- */

static enum trace_status inheritance_replay(struct lifetime *lifetime) {
  const struct trace_visitor visitor = {.events = inheritance_events,
                                        .progress = inheritance_progress};
  struct trace *trace;
  const char *path = lifetime->all->family->list[lifetime->member].path;
  enum trace_status status = trace_open(path, &trace, lifetime->error);
  if (status != TRACE_OK)
    return status;
  status = trace_replay(trace, &visitor, lifetime, lifetime->error);
  if (lifetime->status == TRACE_OK)
    lifetime->status = status;
  inheritance_bear_until(lifetime, UINT64_MAX);
  trace_close(trace);
  lifetime->all->ended++;
  return lifetime->status;
}

/* A trace that cannot be read (any more) leaves open what its process did with its inheritance, and
 * what its children have; all others are told. */
static void inheritance_pass_over(struct lifetime *lifetime) {
  struct heir *heir = &lifetime->all->heirs[lifetime->member];
  if (lifetime->status == TRACE_MEMORY || lifetime->status == TRACE_STOPPED)
    return;
  free(heir->sums);
  *heir = (struct heir){.known = false};
  lifetime->status = TRACE_OK;
}

/* Uses up what the lifetime holds. */
static enum trace_status inheritance_live(struct lifetime *lifetime) {
  if (lifetime->status == TRACE_OK && !inheritance_find_children(lifetime))
    lifetime->status = TRACE_MEMORY;
  bool needed = lifetime->depth > 0 || lifetime->child_count;
  if (lifetime->status == TRACE_OK && needed) {
    lifetime->all->heirs[lifetime->member].known = lifetime->depth > 0;
    lifetime->status = inheritance_replay(lifetime);
    if (lifetime->status != TRACE_OK)
      inheritance_pass_over(lifetime);
  }
  live_release(&lifetime->live);
  free(lifetime->children);
  return lifetime->status;
}

static enum trace_status inheritance_live_all(struct inheritance *all, struct trace_error *error) {
  enum trace_status status = TRACE_OK;
  for (size_t i = 0; i < all->family->count && status == TRACE_OK; i++) {
    struct lifetime lifetime = {.all = all, .member = i, .error = error};
    live_init(&lifetime.live);
    if (!inheritance_can(all, i) && inheritance_wants(all, i))
      status = inheritance_live(&lifetime);
  }
  return status;
}

enum trace_status inheritance_new(const struct family *family, size_t only,
                                  const struct inheritance_watch *watch, struct inheritance **out,
                                  struct trace_error *error) {
  struct inheritance *all = calloc(1, sizeof *all);
  *out = NULL;
  enum trace_status status = TRACE_MEMORY;
  if (all) {
    all->family = family;
    all->only = only;
    all->watch = watch;
    keymap_init(&all->by_key);
    all->heirs = calloc(family->count + 1, sizeof *all->heirs);
  }
  if (all && all->heirs) {
    status = inheritance_live_all(all, error);
    all->watch = NULL;
  }
  if (error)
    error->status = status;
  if (status == TRACE_OK)
    *out = all;
  else
    inheritance_free(all);
  return status;
}

void inheritance_free(struct inheritance *all) {
  if (!all)
    return;
  for (size_t i = 0; all->heirs && i < all->family->count; i++)
    free(all->heirs[i].sums);
  keymap_release(&all->by_key);
  free(all->heirs);
  free(all->origins);
  free(all);
}

/* ---- Answers ---- */

bool inheritance_known(const struct inheritance *all, size_t member) {
  return all->heirs[member].known;
}

size_t inheritance_origins(const struct inheritance *all) {
  return all->origin_count;
}

struct inheritance_origin inheritance_origin(const struct inheritance *all, size_t origin) {
  return all->origins[origin];
}

static void inheritance_add(struct inheritance_sum *sum, const struct inheritance_sum *part) {
  sum->blocks += part->blocks;
  sum->bytes += part->bytes;
  sum->freed_blocks += part->freed_blocks;
  sum->freed_bytes += part->freed_bytes;
}

struct inheritance_sum inheritance_of(const struct inheritance *all, size_t member) {
  struct inheritance_sum sum = {0};
  for (size_t i = 0; i < all->heirs[member].sum_count; i++)
    inheritance_add(&sum, &all->heirs[member].sums[i]);
  return sum;
}

struct inheritance_sum inheritance_from(const struct inheritance *all, size_t member,
                                        size_t origin) {
  struct inheritance_sum sum = {0};
  size_t first = member == FAMILY_NONE ? 0 : member;
  size_t stop = member == FAMILY_NONE ? all->family->count : member + 1;
  for (size_t i = first; i < stop; i++)
    if (origin < all->heirs[i].sum_count)
      inheritance_add(&sum, &all->heirs[i].sums[origin]);
  return sum;
}
