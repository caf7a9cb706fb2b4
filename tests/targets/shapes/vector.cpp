/* SPDX-License-Identifier: Apache-2.0
 *
 * A std::vector that grows by one element each unit: one block, which doubles now and then.
 */
#include "shape.h"

#include <vector>

static std::vector<uint64_t> rows;

extern "C" SHAPE_SITE void rows_append(uint64_t number);
extern "C" void rows_append(uint64_t number) {
  rows.push_back(number);
}

int main(int count, char **arguments) {
  static const struct shape shape = {"vector",
                                     nullptr,
                                     rows_append,
                                     nullptr,
                                     {{"rows_append", "plateau step churn startup unknown", 0}}};
  return shape_run(&shape, count, arguments);
}
