/* SPDX-License-Identifier: Apache-2.0
 *
 * Several threads at the table of modules. What the table asks of the rest of the recorder is ours
 * here, so that another thread may act just then: it looks up what it needs, and gets it.
 */
#include "modules.h"

#include "arena.h"
#include "clock.h"
#include "message.h"
#include "output.h"
#include "requests.h"
#include "settings.h"

#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODULES 4096

static uint32_t writes_of[MODULES];              /* frames, by id */
static uint32_t written_now;                     /* the module whose frame is being put together */
static void (*at_write)(void), (*at_path)(void); /* called once */

static void call_once(void (**call)(void)) {
  void (*now)(void) = *call;
  *call = NULL;
  if (now)
    now();
}

/* ---- what the table needs of the rest
 * ---------------------------------------------------------------*/

enum seep_clock clock_kind = SEEP_CLOCK_TSC;

uint64_t clock_ns(clockid_t clock) {
  (void)clock;
  return 0;
}

void *arena_map(size_t bytes) {
  return calloc(1, bytes);
}

void message_once(enum message message, const char *path, int error) {
  (void)message, (void)path, (void)error;
}

bool requests_are_missed(const void *code, size_t bytes) {
  (void)code, (void)bytes;
  return false;
}

const char *settings_executable(void) {
  call_once(&at_path);
  return "/test";
}

void output_fields_begin(struct output_fields *fields, struct output_frame *frame,
                         enum seep_frame_type type) {
  (void)type;
  fields->frame = frame;
}

void output_field_u64(struct output_fields *fields, enum seep_tag tag, uint64_t value) {
  (void)fields;
  if (tag == SEEP_TAG_MODULE)
    written_now = (uint32_t)value;
}

void output_field_bytes(struct output_fields *fields, enum seep_tag tag, const void *bytes,
                        size_t count) {
  (void)fields, (void)tag, (void)bytes, (void)count;
}

void output_field_text(struct output_fields *fields, enum seep_tag tag, const char *text) {
  (void)fields, (void)tag, (void)text;
}

bool output_fields_write(struct output_fields *fields) {
  (void)fields;
  uint32_t id = written_now;
  call_once(&at_write);
  writes_of[id]++;
  return true;
}

/* ---- places in modules
 * ------------------------------------------------------------------------------*/

/* Every module has its dynamic section mapped. */
static uintptr_t place_in(const char *library) {
  struct link_map *map = NULL;
  void *handle = dlopen(library, RTLD_NOW);
  if (!handle || dlinfo(handle, RTLD_DI_LINKMAP, &map))
    return 0;
  return (uintptr_t)map->l_ld;
}

static uintptr_t in_executable(void) {
  return (uintptr_t)&writes_of;
}

static uint32_t find(uintptr_t place) {
  uintptr_t bias;
  return modules_find(place, &bias);
}

/* ---- tests
 * ------------------------------------------------------------------------------------------*/

static uintptr_t place, other;
static uint32_t found;
static uint32_t writes_then; /* of what was found */

static int begin(void **state) {
  (void)state;
  place = other = 0;
  found = 0;
  return 0;
}

static void find_other(void) {
  found = find(other);
}

/* A frame may take long to write. */
static void another_is_entered_while_a_frame_is_written(void **state) {
  (void)state;
  place = place_in("libresolv.so.2");
  other = place_in("libc.so.6");
  assert_true(place && other);
  at_write = find_other;
  uint32_t id = find(place);
  assert_true(id > 0);
  assert_true(found > 0 && found != MODULES_BUSY);
  assert_int_not_equal(found, id);
  assert_int_equal(find(place), id);
  assert_int_equal(find(other), found);
}

static void find_and_drain(void) {
  found = find(place);
  modules_write_pending();
  writes_then = writes_of[found];
}

/* Definitions stand before the frame that uses them. */
static void whoever_uses_a_module_has_it_in_the_trace(void **state) {
  (void)state;
  place = place_in("libanl.so.1");
  assert_true(place);
  at_write = find_and_drain;
  uint32_t id = find(place);
  assert_int_equal(found, id);
  assert_true(writes_then > 0);
}

static void find_both(void) {
  uint32_t known = find(place);
  find_other();
  place = known;
}

/* Libraries came or went, and the first thread that enters one is interrupted. */
static void what_is_known_is_known_while_the_table_is_locked(void **state) {
  (void)state;
  place = place_in("libresolv.so.2");
  uint32_t id = find(place);
  other = place_in("libnss_files.so.2");
  assert_true(place && other && id);
  assert_true(modules_refresh());
  at_path = find_both;
  uint32_t executable = find(in_executable());
  assert_true(executable > 0 && executable != MODULES_BUSY);
  assert_int_equal(place, id);
  assert_int_equal(found, MODULES_BUSY); /* never another one, nor none */
  found = find(other);
  assert_true(found > 0 && found != MODULES_BUSY);
}

static void an_epoch_is_told_once(void **state) {
  (void)state;
  (void)modules_refresh();
  uint32_t before = modules_epoch();
  assert_false(modules_refresh());
  void *handle = dlopen("libutil.so.1", RTLD_NOW);
  assert_non_null(handle);
  assert_true(modules_refresh());
  assert_false(modules_refresh());
  assert_int_not_equal(modules_epoch(), before);
  before = modules_epoch();
  dlclose(handle);
  assert_true(modules_refresh());
  assert_int_not_equal(modules_epoch(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(another_is_entered_while_a_frame_is_written, begin),
      cmocka_unit_test_setup(whoever_uses_a_module_has_it_in_the_trace, begin),
      cmocka_unit_test_setup(what_is_known_is_known_while_the_table_is_locked, begin),
      cmocka_unit_test_setup(an_epoch_is_told_once, begin),
  };
  modules_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
