// SPDX-License-Identifier: Apache-2.0
// Small enough to be compiled under valgrind, without any header.
template <typename T, int N> struct Row {
  T items[N];
  T sum() const {
    T total{};
    for (const T &item : items)
      total += item;
    return total;
  }
};

long row_sum(const Row<int, 8> &ints, const Row<double, 4> &doubles) {
  return ints.sum() + long(doubles.sum());
}
