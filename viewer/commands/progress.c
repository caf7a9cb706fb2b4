/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_WIDTH 40

void progress_begin(struct progress *progress) {
  const char *type = getenv("TERM");
  progress->terminal = isatty(STDERR_FILENO) && type && strcmp(type, "dumb") != 0;
  progress->percent = -1;
}

bool progress_show(void *data, double share) {
  struct progress *progress = data;
  int percent = share < 0 ? 0 : share > 1 ? 100 : (int)(share * 100);
  if (!progress->terminal || percent == progress->percent)
    return true;
  progress->percent = percent;
  char bar[PROGRESS_WIDTH + 1];
  memset(bar, '.', PROGRESS_WIDTH);
  memset(bar, '#', (size_t)(percent * PROGRESS_WIDTH / 100));
  bar[PROGRESS_WIDTH] = '\0';
  fprintf(stderr, "\rreading [%s] %3d %%", bar, percent);
  return true;
}

void progress_end(struct progress *progress) {
  if (progress->percent >= 0)
    fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH + 20, "");
  progress->percent = -1;
}
