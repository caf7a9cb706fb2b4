/* SPDX-License-Identifier: Apache-2.0
 *
 * What cmocka wants included before itself, and the locale that all screens are tested in.
 */
#ifndef SEEP_TEST_CMOCKA_MAIN_H
#define SEEP_TEST_CMOCKA_MAIN_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline int set_locale(void **state) {
  (void)state;
  return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

#endif
