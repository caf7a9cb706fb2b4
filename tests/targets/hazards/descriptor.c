/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that take descriptors which are not theirs. The file argument must hold, at the end,
 * what this program has written into it and nothing else.
 */
#include "hazards.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ROUNDS 50000

static int descriptor_write(int fd) {
  return write(fd, "mine\n", 5) == 5 ? 0 : hazard_fail("write");
}

/* What daemons do first. The numbers that were the recorder's are then given out again. */
int descriptor_closefrom(const char *argument) {
  hazard_churn(ROUNDS);
  closefrom(3);
  int fd = open(argument, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  if (fd < 0)
    return hazard_fail(argument);
  hazard_churn(ROUNDS);
  return descriptor_write(fd);
}

/* Puts the file in the place of every descriptor that there is behind stderr. */
int descriptor_dup2(const char *argument) {
  hazard_churn(ROUNDS);
  int fd = open(argument, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  DIR *open_now = opendir("/proc/self/fd");
  if (fd < 0 || !open_now)
    return hazard_fail(argument);
  struct dirent *entry;
  while ((entry = readdir(open_now))) {
    int other = atoi(entry->d_name);
    if (other > 2 && other != fd && other != dirfd(open_now) && dup2(fd, other) < 0)
      return hazard_fail("dup2");
  }
  closedir(open_now);
  hazard_churn(ROUNDS);
  return descriptor_write(fd);
}
