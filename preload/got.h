/* SPDX-License-Identifier: Apache-2.0
 *
 * Where we were opened by a running process, nothing of it comes to our hooks by itself. Every
 * module has a word for each function that it calls or takes the address of (in its global offset
 * table, or in its data); those that hold a function which we interpose are made to hold our hook.
 * A word is only ever changed from the real function to its hook and back, so that nothing needs to
 * be remembered: what holds a hook is ours, whatever happened meanwhile.
 *
 * Frees are patched first and put back last: a block that was recorded has its free recorded.
 *
 * Not seen are copies of a function's address that the program made before, and what dlsym gives
 * it. The loader's own calls, and other namespaces (dlmopen), are left alone.
 */
#ifndef SEEP_GOT_H
#define SEEP_GOT_H

#include <stdint.h>

/* Patches all modules, and from now on those that come. Gives how many words hold hooks. May take
 * the loader's lock of its list, for as long as others look something up in it. */
uint64_t got_patch(void);
/* Puts all words back; gives how many. */
uint64_t got_restore(void);

/* Patches what came since, and has what is known of code that went forgotten. Nothing is done where
 * nothing is patched. To be called where a module may have come; errno is kept. */
void got_look(void);

/* Of one library alone, the one with code at `inside`: its calls of a function go elsewhere. For a
 * library of ours, at any time. */
void got_bind(uintptr_t inside, const char *name, uintptr_t elsewhere);

/* In a forked child, which is not recorded: hooks stay where they are, and nothing more is patched.
 */
void got_forget(void);

#endif
