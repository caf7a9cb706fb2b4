/* SPDX-License-Identifier: Apache-2.0
 *
 * Where libseep.so is, and how it gets into a program.
 */
#ifndef SEEP_LIBRARY_H
#define SEEP_LIBRARY_H

#include <stdbool.h>

/* Puts libseep.so in front of LD_PRELOAD in this process's environment. It is taken from
 * SEEP_LIBRARY, else found beside this seep: installed or in a build tree. false: it is not there
 * or cannot be preloaded from there; said on stderr. */
bool library_preload(void);
/* Only where it is: path has PATH_MAX bytes. false: said on stderr. */
bool library_find(char *path);

#endif
