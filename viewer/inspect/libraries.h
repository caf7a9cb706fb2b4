/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the dynamic loader would find a library, told from files alone: nothing is executed.
 */
#ifndef SEEP_INSPECT_LIBRARIES_H
#define SEEP_INSPECT_LIBRARIES_H

#include "inspect/image.h"

/* Finds name, which asker needs in a program with this executable: in the directories that both
 * name (DT_RPATH, DT_RUNPATH), in LD_LIBRARY_PATH, in those of /etc/ld.so.conf and the usual ones.
 * path has PATH_MAX bytes. false: it is nowhere. */
bool libraries_find(const struct image *executable, const struct image *asker, const char *name,
                    char *path);

#endif
