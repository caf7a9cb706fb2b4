/* SPDX-License-Identifier: Apache-2.0
 *
 * The traces of families that screens show: a folder each.
 */
#ifndef SEEP_TEST_FAMILIES_H
#define SEEP_TEST_FAMILIES_H

/* Writes them below a directory that is there. */
void families_write(const char *directory);

#endif
