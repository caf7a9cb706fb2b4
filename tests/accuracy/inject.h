/* SPDX-License-Identifier: Apache-2.0
 *
 * What the injector did, in a file that it maps MAP_SHARED: whoever drives the program reads the
 * figures at each mark. All are counts since the process began, written with relaxed stores.
 */
#ifndef INJECT_H
#define INJECT_H

#include <stdint.h>

#define INJECT_MAGIC 0x7463656a6e69ull /* "inject" */

struct inject_truth {
  uint64_t magic;
  uint64_t allocated; /* blocks of the chosen site */
  uint64_t freed;     /* of them, those that the program freed: the swallowed ones too */
  uint64_t swallowed, swallowed_bytes;
  uint64_t untagged; /* blocks of the site that found no place in the table: never swallowed */
};

#endif
