/* SPDX-License-Identifier: Apache-2.0 */
#include "throw.h"

#include <stdexcept>
#include <string>

namespace {

struct holder {
  void *block;
  ~holder() {
    storm_throw_free(block);
  }
};

__attribute__((noinline)) void descend(unsigned depth, unsigned long chance) {
  holder held{storm_throw_new(chance + depth)};
  if (!depth)
    throw std::runtime_error(std::string("as deep as it goes, with a text that is allocated"));
  descend(depth - 1, chance);
}

} // namespace

void storm_throw(unsigned depth, unsigned long chance) {
  try {
    descend(depth, chance);
  } catch (const std::exception &) {
  }
}
