/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/steer.h"

static const char pause_help[] =
    "Usage: seep pause FILE|PID\n"
    "\n"
    "Stops the recording of allocations in a running target, until 'seep resume'.\n"
    "Frees of blocks that were recorded go on being recorded, so that what is\n"
    "outstanding stays right. What is passed over is counted.\n"
    "\n"
    "  -h, --help   this text\n"
    "\n"
    "Exit status: 0 paused; 2 not, and why.\n";

int command_pause(int argc, char **argv) {
  return steer(argc, argv, pause_help, SEEP_MARK_PAUSE);
}
