/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/rules.h"
#include "analysis/array.h"
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *const rules_modules[] = {
    "libseep.so*",        "libc.so*",        "libc-[0-9]*.so",   "ld-linux*",
    "ld-[0-9]*.so",       "ld-musl*",        "libpthread.so*",   "libpthread-*.so",
    "libdl.so*",          "libstdc++.so*",   "libc++.so*",       "libc++abi.so*",
    "libgcc_s.so*",       "libm.so*",        "librt.so*",        "libglib-2.0.so*",
    "libgobject-2.0.so*", "libjemalloc.so*", "libtcmalloc*.so*", "libmimalloc*.so*",
    "libasan.so*",        "libapr-1.so*",    "libtalloc.so*",    "linux-vdso*",
};

/* Wrappers are known by name: frames of other programs' functions of the same name are skipped
 * too, which names their caller instead. Rust's forms come as "alloc::..." and "<alloc::... as
 * ...>", with and without the leading bracket. */
static const char *const rules_functions[] = {
    "operator new*",
    "operator delete*",
    "std::*",
    "__gnu_cxx::*",
    "__cxxabiv1::*",
    "alloc::*",
    "core::*",
    "hashbrown::*",
    "<alloc::*",
    "<core::*",
    "<hashbrown::*",
    "<std::*",
    "<* as core::alloc::global::GlobalAlloc>::*",
    "__rust_alloc*",
    "__rust_realloc*",
    "__rdl_alloc*",
    "__rdl_realloc*",
    "__rg_alloc*",
    "__rg_realloc*",
    "__rustc::__rust_*alloc*",
    "malloc",
    "calloc",
    "realloc",
    "reallocarray",
    "memalign",
    "aligned_alloc",
    "posix_memalign",
    "strdup",
    "strndup",
    "__strdup",
    "__strndup",
    "asprintf",
    "vasprintf",
    "xmalloc*",
    "xcalloc*",
    "xrealloc*",
    "xreallocarray*",
    "x2realloc*",
    "x2nrealloc*",
    "xnmalloc*",
    "xnrealloc*",
    "xzalloc*",
    "xstrdup*",
    "xstrndup*",
    "xmemdup*",
    "xasprintf*",
    "xvasprintf*",
    "ximalloc*",
    "xicalloc*",
    "xirealloc*",
    "safe_malloc*",
    "safe_calloc*",
    "safe_realloc*",
    "emalloc",
    "ecalloc",
    "erealloc",
    "estrdup",
    "g_malloc*",
    "g_try_malloc*",
    "g_realloc*",
    "g_try_realloc*",
    "g_strdup*",
    "g_strndup*",
    "g_memdup*",
    "g_slice_alloc*",
    "zmalloc*",
    "zcalloc*",
    "zrealloc*",
    "ztrymalloc*",
    "ztrycalloc*",
    "ztryrealloc*",
    "seep_alloc",
    "seep_pool_*",
    "zstrdup*",
    "extend_to_usable",
    "je_malloc*",
    "je_calloc*",
    "je_realloc*",
    "mi_malloc*",
    "mi_calloc*",
    "mi_realloc*",
    "tc_malloc*",
    "tc_calloc*",
    "tc_realloc*",
    "CRYPTO_malloc*",
    "CRYPTO_zalloc*",
    "CRYPTO_realloc*",
    "CRYPTO_clear_realloc*",
    "CRYPTO_strdup*",
    "CRYPTO_strndup*",
    "CRYPTO_memdup*",
    "OPENSSL_malloc*",
    "ngx_alloc",
    "ngx_calloc",
    "ngx_memalign",
    "sqlite3MemMalloc",
    "sqlite3MemRealloc",
    "sqlite3Malloc*",
    "sqlite3Realloc",
    "sqlite3_malloc*",
    "sqlite3_realloc*",
    "mallocWithAlarm",
    "PyMem_*Malloc",
    "PyMem_*Calloc",
    "PyMem_*Realloc",
    "PyObject_Malloc",
    "PyObject_Calloc",
    "PyObject_Realloc",
    "_PyMem_*Malloc",
    "_PyMem_*Calloc",
    "_PyMem_*Realloc",
    "_PyObject_Malloc",
    "_PyObject_Calloc",
    "_PyObject_Realloc",
    "apr_palloc*",
    "talloc_*",
    "free",
    "cfree",
    "xfree*",
    "safe_free*",
    "efree",
    "g_free*",
    "g_slice_free*",
    "g_clear_pointer",
    "zfree*",
    "sdsfree*",
    "je_free*",
    "mi_free*",
    "tc_free*",
    "CRYPTO_free*",
    "CRYPTO_clear_free*",
    "OPENSSL_free*",
    "sqlite3MemFree",
    "sqlite3_free",
    "sqlite3DbFree*",
    "PyMem_*Free",
    "PyObject_Free",
    "_PyMem_*Free",
    "_PyObject_Free",
    "__rust_dealloc*",
    "__rdl_dealloc*",
    "__rg_dealloc*",
};

/* What the compiler took from a language's own library into the service's functions: generic code
 * of Rust bears the names of the types that it was made for. */
static const char *const rules_files[] = {
    "/rustc/*/library/*", "/usr/src/rustc-*/library/*", "library/alloc/src/*",
    "library/core/src/*", "library/std/src/*",          "*/lib/rustlib/src/rust/library/*",
    "/usr/include/c++/*",
};

struct rules_globs {
  char **globs;
  size_t count, capacity;
};

struct rules {
  struct rules_globs modules, functions, files, kept; /* the user's */
};

static void rules_globs_release(struct rules_globs *globs) {
  for (size_t i = 0; i < globs->count; i++)
    free(globs->globs[i]);
  free(globs->globs);
}

static bool rules_globs_add(struct rules_globs *globs, const char *glob) {
  if (!array_reserve(&globs->globs, &globs->capacity, globs->count + 1, sizeof *globs->globs))
    return false;
  globs->globs[globs->count] = strdup(glob);
  return globs->globs[globs->count++] != NULL;
}

/* Cuts white space at both ends. */
static char *rules_trim(char *text) {
  while (isspace((unsigned char)*text))
    text++;
  size_t length = strlen(text);
  while (length && isspace((unsigned char)text[length - 1]))
    text[--length] = '\0';
  return text;
}

/* The list that line adds to, and its glob; NULL: the line is no rule. */
static struct rules_globs *rules_parse(struct rules *rules, char *line, char **glob) {
  const struct {
    const char *word;
    struct rules_globs *globs;
  } verbs[] = {{"skip-function", &rules->functions},
               {"skip-module", &rules->modules},
               {"skip-file", &rules->files},
               {"keep-function", &rules->kept}};
  size_t word = strcspn(line, " \t");
  *glob = rules_trim(line + word);
  for (size_t i = 0; **glob && i < sizeof verbs / sizeof *verbs; i++)
    if (word == strlen(verbs[i].word) && strncmp(line, verbs[i].word, word) == 0)
      return verbs[i].globs;
  return NULL;
}

static enum trace_status rules_add_line(struct rules *rules, char *text, const char *path,
                                        size_t number, struct trace_error *error) {
  char *line = rules_trim(text), *glob;
  if (!*line || *line == '#')
    return TRACE_OK;
  struct rules_globs *globs = rules_parse(rules, line, &glob);
  if (globs)
    return rules_globs_add(globs, glob) ? TRACE_OK : TRACE_MEMORY;
  if (error)
    snprintf(error->detail, sizeof error->detail,
             "%.80s:%zu: write skip-function, skip-module, skip-file or keep-function, and a GLOB",
             path, number);
  return TRACE_READ;
}

static enum trace_status rules_read(struct rules *rules, const char *path,
                                    struct trace_error *error) {
  FILE *file = fopen(path, "re");
  if (!file) {
    if (error) {
      error->system_errno = errno;
      snprintf(error->detail, sizeof error->detail, "rule file %.100s", path);
    }
    return TRACE_NOT_FOUND;
  }
  char *line = NULL;
  size_t bytes = 0;
  enum trace_status status = TRACE_OK;
  for (size_t number = 1; status == TRACE_OK && getline(&line, &bytes, file) >= 0; number++)
    status = rules_add_line(rules, line, path, number, error);
  if (status == TRACE_OK && ferror(file))
    status = TRACE_READ;
  free(line);
  fclose(file);
  return status;
}

enum trace_status rules_new(const char *path, struct rules **out, struct trace_error *error) {
  *out = NULL;
  struct rules *rules = calloc(1, sizeof *rules);
  if (!rules)
    return TRACE_MEMORY;
  enum trace_status status = path ? rules_read(rules, path, error) : TRACE_OK;
  if (status == TRACE_OK)
    *out = rules;
  else
    rules_free(rules);
  return status;
}

void rules_free(struct rules *rules) {
  if (!rules)
    return;
  rules_globs_release(&rules->modules);
  rules_globs_release(&rules->functions);
  rules_globs_release(&rules->files);
  rules_globs_release(&rules->kept);
  free(rules);
}

static bool rules_match(const char *const *globs, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (fnmatch(globs[i], name, 0) == 0)
      return true;
  return false;
}

bool rules_skip_module(const struct rules *rules, const char *name) {
  const struct rules_globs *user = &rules->modules;
  return rules_match(rules_modules, sizeof rules_modules / sizeof *rules_modules, name) ||
         rules_match((const char *const *)user->globs, user->count, name);
}

bool rules_skip_file(const struct rules *rules, const char *path) {
  const struct rules_globs *user = &rules->files;
  return path && (rules_match(rules_files, sizeof rules_files / sizeof *rules_files, path) ||
                  rules_match((const char *const *)user->globs, user->count, path));
}

bool rules_keep_function(const struct rules *rules, const char *function) {
  return rules_match((const char *const *)rules->kept.globs, rules->kept.count, function);
}

/* A template's demangled name begins with its return type: "void std::vector<int>::push_back(…)".
 * What follows the last space in front of the parameters and outside of brackets is the name
 * itself. */
static const char *rules_without_type(const char *function) {
  const char *name = function;
  int depth = 0;
  for (const char *at = function; *at && !(*at == '(' && !depth); at++) {
    depth += (*at == '<') - (*at == '>');
    if (*at == ' ' && depth == 0)
      name = at + 1;
  }
  return name;
}

static bool rules_match_function(const char *const *globs, size_t count, const char *function) {
  const char *name = rules_without_type(function);
  return rules_match(globs, count, function) ||
         (name != function && rules_match(globs, count, name));
}

bool rules_skip_function(const struct rules *rules, const char *function) {
  if (!function)
    return false;
  const struct rules_globs *user = &rules->functions;
  return rules_match_function(rules_functions, sizeof rules_functions / sizeof *rules_functions,
                              function) ||
         rules_match_function((const char *const *)user->globs, user->count, function);
}
