/* SPDX-License-Identifier: Apache-2.0
 *
 * A service with a pool of its own, whose first object stands at the very address of the chunk that
 * malloc gave. It tells the recorder of its objects; ten of 1,000 are never given back.
 */
#include <seep/seep.h>
#include <stdio.h>
#include <stdlib.h>

#define REQUESTS 1000
#define LEAKED_OF 100

struct request {
  struct request *next;
  char text[40];
};

static struct request *free_list;

static void pool_make(void) {
  struct request *chunk = malloc(REQUESTS * sizeof *chunk);
  if (!chunk)
    exit(1);
  for (int i = REQUESTS - 1; i >= 0; i--) {
    chunk[i].next = free_list;
    free_list = &chunk[i];
  }
}

static struct request *request_begin(void) {
  struct request *request = free_list;
  free_list = request->next;
  seep_alloc(request, sizeof *request);
  return request;
}

static void request_end(struct request *request) {
  seep_free(request);
  request->next = free_list;
  free_list = request;
}

int main(void) {
  pool_make();
  seep_alloc(NULL, 1);
  seep_free(NULL);
  for (int nth = 0; nth < REQUESTS; nth++) {
    struct request *request = request_begin();
    if (nth % LEAKED_OF)
      request_end(request);
  }
  return puts("done") < 0;
}
