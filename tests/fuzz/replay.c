/* SPDX-License-Identifier: Apache-2.0
 *
 * Gives a target each file of the directories named, once: how the corpus is tested where there is
 * no fuzzer. Fails when there was none.
 */
#include "target.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static void replay_file(const char *path) {
  char *data = NULL;
  size_t bytes = 0;
  char block[4096];
  FILE *file = fopen(path, "re"), *copy = open_memstream(&data, &bytes);
  must(file && copy);
  for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
    must(fwrite(block, 1, got, copy) == got);
  must(!ferror(file) && fclose(copy) == 0);
  fclose(file);
  fprintf(stderr, "%s\n", path); /* the last one named is the one that failed */
  LLVMFuzzerTestOneInput((const uint8_t *)data, bytes);
  free(data);
}

static size_t replay_directory(const char *name) {
  struct dirent **entries;
  size_t replayed = 0;
  int count = scandir(name, &entries, NULL, alphasort);
  must(count >= 0);
  for (int i = 0; i < count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", name, entries[i]->d_name);
    if (entries[i]->d_type == DT_REG) {
      replay_file(path);
      replayed++;
    }
    free(entries[i]);
  }
  free(entries);
  return replayed;
}

int main(int argc, char **argv) {
  size_t replayed = 0;
  for (int i = 1; i < argc; i++)
    replayed += replay_directory(argv[i]);
  printf("%zu inputs\n", replayed);
  return replayed ? 0 : 1;
}
