// SPDX-License-Identifier: Apache-2.0
// To be compiled, not run: templates and containers, so that the compiler works for a while.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

template <typename Key, typename Value, int Depth> struct Nest {
  std::map<Key, std::shared_ptr<Nest<Value, Key, Depth - 1>>> inner;
  std::vector<std::function<Value(Key)>> actions;
  void add(Key key) {
    auto &place = inner[key];
    if (!place)
      place = std::make_shared<Nest<Value, Key, Depth - 1>>();
    actions.push_back([this](Key k) { return Value(inner.count(k)); });
  }
};
template <typename Key, typename Value> struct Nest<Key, Value, 0> {};

int parts(const std::vector<std::string> &names) {
  Nest<int, long, 3> first;
  Nest<std::size_t, short, 3> second;
  std::map<std::string, std::vector<int>> index;
  for (const auto &name : names) {
    first.add(int(name.size()));
    second.add(name.size());
    index[name].push_back(int(index.size()));
  }
  std::vector<std::string> sorted(names);
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return int(sorted.size() + first.inner.size() + second.actions.size());
}
