/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/inspect.h"

#include <string.h>

/* Functions by which a program takes memory. */
static const char *const allocator_entries[] = {
    "malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "_Znwm", "_Znam", NULL};
static const char *const allocator_malloc[] = {"malloc", NULL};

struct allocator_kind {
  const char *name;
  const char *library;          /* how its shared library's name begins */
  const char *const symbols[6]; /* its own, by which it is known inside an executable */
  const char *text;             /* that it holds, in an executable that was stripped; or NULL */
};

static const struct allocator_kind allocator_kinds[] = {
    {"jemalloc",
     "libjemalloc.so",
     {"je_malloc", "_rjem_malloc", "_rjem_mallocx", "mallctl", "je_mallctl", NULL},
     "<jemalloc>: "},
    {"tcmalloc",
     "libtcmalloc",
     {"tc_malloc", "TCMalloc_Internal_Malloc", "TCMallocInternalMalloc", NULL},
     "TCMALLOC_"},
    {"mimalloc", "libmimalloc.so", {"mi_malloc", "_mi_malloc_generic", NULL}, "mimalloc: "},
};

#define ALLOCATOR_KINDS (sizeof allocator_kinds / sizeof *allocator_kinds)

static bool allocator_is_inside(const struct image *image, const struct allocator_kind *kind) {
  return image_symbol(image, IMAGE_DEFINED, kind->symbols) ||
         image_symbol(image, IMAGE_EXPORTED, kind->symbols) ||
         (kind->text && image_holds(image, kind->text));
}

static const struct allocator_kind *allocator_inside(const struct image *image) {
  for (size_t i = 0; i < ALLOCATOR_KINDS; i++)
    if (allocator_is_inside(image, &allocator_kinds[i]))
      return &allocator_kinds[i];
  return NULL;
}

static const struct allocator_kind *allocator_beside(const struct inspect_target *target) {
  for (size_t i = 0; i < ALLOCATOR_KINDS; i++)
    if (inspect_target_has(target, allocator_kinds[i].library))
      return &allocator_kinds[i];
  return NULL;
}

static const char allocator_advice[] =
    "build it without, or with the allocator as a shared library; an allocator of the service's "
    "own can be told to seep with seep/seep.h";

/* Go's run-time takes its heap from the kernel. */
static bool allocator_go(const struct image *executable, struct diagnosis *diagnosis) {
  if (!image_has_section(executable, ".go.buildinfo"))
    return false;
  diagnosis_add(diagnosis, FINDING_PART, "allocator", "use pprof for the Go part",
                "is written in Go, whose own heap is not seen: only what its C parts allocate is");
  return true;
}

/* Calls of a malloc that the executable defines are bound to it before a preloaded library could
 * step in. One that it exports takes the libraries' calls as well. */
static bool allocator_hidden(const struct image *executable, struct diagnosis *diagnosis) {
  const struct allocator_kind *kind = allocator_inside(executable);
  const char *name = kind ? kind->name : "it defines malloc";
  if (image_symbol(executable, IMAGE_EXPORTED, allocator_malloc))
    diagnosis_add(diagnosis, FINDING_BLOCKS, "allocator", allocator_advice,
                  "has an allocator of its own inside the executable (%s), for its libraries too",
                  name);
  else if (kind || image_symbol(executable, IMAGE_DEFINED, allocator_malloc))
    diagnosis_add(
        diagnosis, FINDING_PART, "allocator", allocator_advice,
        "has an allocator of its own inside the executable (%s): what it takes from there "
        "is not seen, what its libraries take from the C library is",
        name);
  else
    return false;
  return true;
}

void inspect_allocator(const struct inspect_target *target, struct diagnosis *diagnosis) {
  const struct image *executable = &target->images[0];
  const struct allocator_kind *beside = allocator_beside(target);
  if (allocator_go(executable, diagnosis) || allocator_hidden(executable, diagnosis))
    return;
  if (beside)
    diagnosis_add(diagnosis, FINDING_FINE, "allocator", "",
                  "uses %s as a shared library, which goes on working behind the recorder",
                  beside->name);
  else if (image_symbol(executable, IMAGE_IMPORTED, allocator_entries))
    diagnosis_add(diagnosis, FINDING_FINE, "allocator", "",
                  "allocates with the C library's functions");
  else
    diagnosis_add(diagnosis, FINDING_NOTE, "allocator", "",
                  "calls no allocating function itself: what its libraries allocate is seen");
}

/* ---- Sanitizers ---- */

struct sanitizer {
  const char *name, *library;
  const char *const symbols[2];
};

static const struct sanitizer sanitizers[] = {
    {"AddressSanitizer", "libasan.so", {"__asan_init", NULL}},
    {"LeakSanitizer", "liblsan.so", {"__lsan_init", NULL}},
    {"ThreadSanitizer", "libtsan.so", {"__tsan_init", NULL}},
    {"MemorySanitizer", "libmsan.so", {"__msan_init", NULL}},
    {"HWAddressSanitizer", "libhwasan.so", {"__hwasan_init", NULL}},
};

void inspect_sanitizer(const struct inspect_target *target, struct diagnosis *diagnosis) {
  for (size_t i = 0; i < sizeof sanitizers / sizeof *sanitizers; i++) {
    const struct sanitizer *each = &sanitizers[i];
    if (!inspect_target_has(target, each->library) &&
        !image_symbol(&target->images[0], IMAGE_DEFINED, each->symbols) &&
        !image_symbol(&target->images[0], IMAGE_EXPORTED, each->symbols))
      continue;
    diagnosis_add(diagnosis, FINDING_HARMS, "sanitizer", "build it without the sanitizer",
                  "is built with %s, which takes malloc's place itself and ends programs that have "
                  "another library there",
                  each->name);
    return;
  }
  diagnosis_add(diagnosis, FINDING_FINE, "sanitizer", "", "is built with none");
}
