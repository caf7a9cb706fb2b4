/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the slots of a running target as seep view does, and looks whether what it gets is whole.
 */
#ifndef RACE_WATCH_H
#define RACE_WATCH_H

/* The slots of the stage in file, once. Ends the process where one holds what it must not. */
void watch_slots(int file);

#endif
