/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/command.h"
#include "commands/steer.h"

static const char resume_help[] =
    "Usage: seep resume FILE|PID\n"
    "\n"
    "Restarts the recording of allocations that 'seep pause' stopped.\n"
    "\n"
    "  -h, --help   this text\n"
    "\n"
    "Exit status: 0 recording again; 2 not, and why.\n";

int command_resume(int argc, char **argv) {
  return steer(argc, argv, resume_help, SEEP_MARK_RESUME);
}
