/* SPDX-License-Identifier: Apache-2.0
 *
 * Exceptions through frames that have allocated, from constructors too; prints how many were
 * caught.
 */
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int rounds = 3000;
constexpr int deepest = 40;

struct part {
  explicit part(int depth) : name(std::string(100, 'x') + std::to_string(depth)) {
    if (depth == 0)
      throw std::runtime_error(name);
  }
  std::string name;
};

int descend(int depth) {
  auto own = std::make_unique<std::vector<int>>(depth + 1);
  part member(depth);
  return (depth ? descend(depth - 1) : 0) + static_cast<int>(own->size());
}

} // namespace

int main() {
  int caught = 0;
  for (int round = 0; round < rounds; round++) {
    try {
      caught -= descend(round % deepest);
    } catch (const std::exception &) {
      caught++;
    }
    try {
      std::vector<int> none(none.max_size());
    } catch (const std::bad_alloc &) {
      caught++;
    } catch (const std::length_error &) {
      caught++;
    }
  }
  std::printf("%d\n", caught);
  return 0;
}
