/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls every form of operator new and operator delete, and prints what must have been recorded.
 * libstdc++ allocates a pool of its own before main, and exceptions where there is no memory: they
 * are not counted here.
 */
#include "expected.h"

#include <cstdint>
#include <new>

namespace {

constexpr std::align_val_t alignment{64};
volatile std::size_t too_much = PTRDIFF_MAX;

void *check(void *block, std::size_t bytes, bool aligned = false) {
  if (!block || (aligned && reinterpret_cast<std::uintptr_t>(block) % 64))
    _exit(1);
  memset(block, 1, bytes);
  expect_allocation(bytes);
  return block;
}

void plain() {
  void *one = check(::operator new(10), 10), *two = check(::operator new(11), 11);
  void *many = check(::operator new[](12), 12), *more = check(::operator new[](13), 13);
  ::operator delete(one);
  expect_free(10);
  ::operator delete(two, 11);
  expect_free(11);
  ::operator delete[](many);
  expect_free(12);
  ::operator delete[](more, 13);
  expect_free(13);
  ::operator delete(nullptr);
  ::operator delete[](nullptr);
}

void nothrow() {
  void *one = check(::operator new(20, std::nothrow), 20);
  void *many = check(::operator new[](21, std::nothrow), 21);
  if (::operator new(too_much, std::nothrow) || ::operator new[](too_much, std::nothrow))
    _exit(1);
  ::operator delete(one, std::nothrow);
  expect_free(20);
  ::operator delete[](many, std::nothrow);
  expect_free(21);
}

void aligned() {
  void *one = check(::operator new(64, alignment), 64, true);
  void *two = check(::operator new(128, alignment), 128, true);
  void *many = check(::operator new[](192, alignment), 192, true);
  void *more = check(::operator new[](256, alignment), 256, true);
  ::operator delete(one, alignment);
  expect_free(64);
  ::operator delete(two, 128, alignment);
  expect_free(128);
  ::operator delete[](many, alignment);
  expect_free(192);
  ::operator delete[](more, 256, alignment);
  expect_free(256);
}

void aligned_nothrow() {
  void *one = check(::operator new(320, alignment, std::nothrow), 320, true);
  void *many = check(::operator new[](384, alignment, std::nothrow), 384, true);
  if (::operator new(too_much, alignment, std::nothrow) ||
      ::operator new[](too_much, alignment, std::nothrow))
    _exit(1);
  ::operator delete(one, alignment, std::nothrow);
  expect_free(320);
  ::operator delete[](many, alignment, std::nothrow);
  expect_free(384);
}

} // namespace

int main() {
  plain();
  nothrow();
  aligned();
  aligned_nothrow();
  check(::operator new(1000), 1000); /* stays */
  return expected_print();
}
