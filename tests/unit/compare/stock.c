/* SPDX-License-Identifier: Apache-2.0 */
#include "stock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct identity stock_call(int build, const char *function, const char *file, uint32_t line) {
  static const uint8_t builds[][2] = {{0, 0}, {0x12, 0x34}, {0x56, 0x78}};
  return (struct identity){.module = "demo",
                           .function = function,
                           .file = file,
                           .line = line,
                           .build_id = builds[build],
                           .build_id_bytes = build ? sizeof builds[build] : 0};
}

struct holding stock_holding(struct identity identity, uint64_t blocks, uint64_t bytes,
                             uint64_t allocations) {
  return (struct holding){
      .identity = identity, .blocks = blocks, .bytes = bytes, .allocations = allocations};
}

struct inventory stock_inventory(const struct holding *holdings, size_t count, uint64_t units,
                                 double seconds) {
  struct inventory inventory = {.list = calloc(count + 1, sizeof *holdings),
                                .count = count,
                                .units = units,
                                .seconds = seconds};
  assert_non_null(inventory.list);
  if (count)
    memcpy(inventory.list, holdings, count * sizeof *holdings);
  identity_number(inventory.list, count, sizeof *inventory.list);
  return inventory;
}

void stock_file(char path[64], const char *text) {
  strcpy(path, "/tmp/seep-stock-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}
