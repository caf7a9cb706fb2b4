/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of seep. A command is one file with one function, one man page and one test file.
 * argv[0] is the command's own name. A command writes data to stdout and everything else to stderr
 * (message.h) and returns the exit code of the program.
 */
#ifndef SEEP_COMMAND_H
#define SEEP_COMMAND_H

enum command_exit {
  COMMAND_DONE = 0,
  COMMAND_NO = 1,            /* the answer is "no": over the budget, or with differences */
  COMMAND_ERROR = 2,         /* wrong usage or unreadable input; one line on stderr says which */
  COMMAND_NOT_STARTED = 126, /* run: the target is there and cannot be executed */
  COMMAND_NOT_FOUND = 127,   /* run: there is no such target */
  COMMAND_SIGNAL = 128,      /* run: plus the number of the signal that ended the target */
};

int command_run(int argc, char **argv);
int command_attach(int argc, char **argv);
int command_detach(int argc, char **argv);
int command_mark(int argc, char **argv);
int command_pause(int argc, char **argv);
int command_resume(int argc, char **argv);
int command_report(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_check(int argc, char **argv);
int command_export(int argc, char **argv);
int command_info(int argc, char **argv);
int command_view(int argc, char **argv);
int command_doctor(int argc, char **argv);

#endif
