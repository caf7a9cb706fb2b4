/* SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"

#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t fake_recorded;
static jmp_buf fake_back;

void fake_init(struct fake *fake, const char *path) {
  *fake = (struct fake){0};
  for (size_t i = 0; i < sizeof fake->build_id; i++) {
    unsigned byte;
    assert_int_equal(sscanf(&SUBJECT_ID[2 * i], "%2x", &byte), 1);
    fake->build_id[i] = (uint8_t)byte;
  }
  fake->modules[1] = (struct trace_module){
      .path = strdup(path), .build_id = fake->build_id, .build_id_bytes = sizeof fake->build_id};
  fake->trace.modules = fake->modules;
  fake->trace.module_count = 2;
  fake_add(fake, 0, 0, 0);
}

uint32_t fake_add(struct fake *fake, uint32_t module, uint64_t offset, uint32_t flags) {
  size_t count = fake->trace.context_count++;
  fake->contexts = reallocarray(fake->contexts, count + 1, sizeof *fake->contexts);
  assert_non_null(fake->contexts);
  fake->contexts[count] =
      (struct trace_context){.offset = offset, .module = module, .flags = flags};
  fake->trace.contexts = fake->contexts;
  return (uint32_t)count;
}

void fake_release(struct fake *fake) {
  free(fake->modules[1].path);
  free(fake->contexts);
}

static void fake_record(void) {
  if (!fake_recorded)
    fake_recorded = (uint64_t)(uintptr_t)__builtin_return_address(0);
}

/* For a subject that must not be returned to. */
static void fake_record_and_leave(void) {
  fake_recorded = (uint64_t)(uintptr_t)__builtin_return_address(0);
  longjmp(fake_back, 1);
}

uint64_t fake_call(const char *library, const char *function) {
  void *handle = dlopen(library, RTLD_NOW);
  struct link_map *map;
  assert_non_null(handle);
  assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
  void *address = dlsym(handle, function);
  assert_non_null(address);
  int (*call)(subject_record, int);
  memcpy(&call, &address, sizeof call);
  fake_recorded = 0;
  bool leaves = strcmp(function, "subject_leaves") == 0;
  if (!setjmp(fake_back))
    call(leaves ? fake_record_and_leave : fake_record, 3);
  uint64_t offset = fake_recorded - map->l_addr;
  dlclose(handle);
  return offset;
}

uint32_t fake_line(const char *file, const char *name) {
  char path[512], line[512], marker[64];
  snprintf(path, sizeof path, SUBJECT_SOURCE "/%s", file);
  snprintf(marker, sizeof marker, "line: %s", name);
  FILE *source = fopen(path, "r");
  assert_non_null(source);
  uint32_t number = 0, found = 0;
  while (!found && fgets(line, sizeof line, source)) {
    number++;
    const char *at = strstr(line, marker);
    if (at && strchr(" \n", at[strlen(marker)]))
      found = number;
  }
  fclose(source);
  assert_int_not_equal(found, 0);
  return found;
}

void fake_expect(const struct symbol_frame *frame, const char *function, const char *file,
                 uint32_t line) {
  if (function && frame->function)
    assert_string_equal(frame->function, function);
  else
    assert_ptr_equal(frame->function, function);
  if (file && frame->file)
    assert_string_equal(strrchr(frame->file, '/') + 1, file);
  else
    assert_ptr_equal(frame->file, file);
  assert_int_equal(frame->line, line);
}
