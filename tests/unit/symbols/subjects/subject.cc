// SPDX-License-Identifier: Apache-2.0
#include "subject.h"
#include <string>
#include <vector>

namespace {
struct Hidden {
  std::vector<std::string> names;
  __attribute__((noinline)) void add(const std::string &name) {
    names.push_back(name + "!");
  }
};
} // namespace

namespace shop {
template <typename T> class Basket {
public:
  template <typename F> __attribute__((always_inline)) inline void each(F &&action) {
    for (T &item : items)
      action(item); // line: each
  }
  std::vector<T> items;
};

__attribute__((noinline)) void fill(Basket<int> &basket, subject_record record) {
  basket.each([&](int &item) __attribute__((always_inline)) {
    record(); // line: lambda
    item++;
  }); // line: fill
}
} // namespace shop

void subject_template(subject_record record) {
  shop::Basket<int> basket;
  Hidden hidden;
  basket.items.push_back(1);
  shop::fill(basket, record);
  hidden.add("basket");
}
