/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the model: what its two threads and the screen's share. model.c is the screen's side,
 * loader.c and helper.c are the threads. Whatever takes long is done without the lock.
 */
#ifndef SEEP_MODEL_PRIVATE_H
#define SEEP_MODEL_PRIVATE_H

#include "screen/model.h"

#include <pthread.h>
#include <time.h>

struct answer {
  struct picture picture;
  struct answer *next; /* in the trash */
};

struct inspection { /* of a row: what its profile needs to know of it */
  uint64_t number;  /* 0: none is wanted */
  struct reading *reading;
  struct question question;
  struct analysis_site site; /* its stacks are not looked at */
};

struct model {
  struct model_options options;
  int event; /* eventfd: something to take */
  pthread_t loader, helper;

  struct ending ending; /* the loader's */

  pthread_mutex_t lock; /* over what follows, down to the screen's own */
  pthread_cond_t wake;  /* something to do, or stop */
  pthread_cond_t still; /* nothing under way any more, or a thread has ended */
  int threads;          /* that run */
  bool stop, failed, busy, held, relatives_due;
  struct model_progress progress;
  struct trace_error error;
  char error_path[sizeof((struct kindred_error *)0)->path]; /* of a family: the trace's */
  struct reading *old;          /* the older of two traces; NULL: not read yet, or only one */
  struct trace_error old_error; /* of reading it; status TRACE_OK: none */
  struct reading *fresh;        /* read by the loader, not seen by the helper yet */
  struct question question;
  struct trace_pulse pulse; /* the last one; not running: none */
  bool behind;              /* there is more than has been read */
  bool moments_known;       /* question's interval has been made from the options */
  struct answer *ready;     /* by the helper, not taken yet */
  struct answer *trash;     /* to be freed by the helper: that can take long, too */
  struct reading *wanted_of;
  uint32_t *wanted;
  size_t wanted_count;
  struct reading *modules_of; /* whose modules are wanted, from the next on */
  uint32_t modules_next;
  struct chore chore;       /* to be done */
  char done[CHORE_MESSAGE]; /* what came of the last one; "": nothing to say */
  struct inspection inspection;
  uint64_t inspections; /* wanted so far */
  struct profile *profile;
  uint64_t profile_number; /* of the inspection that it answers */
  struct relatives relatives;
  uint64_t relatives_next; /* when to look for them (anew) */
  bool changed;            /* progress or symbols: draw again */

  struct answer *shown; /* the screen's own */
  struct model_progress shown_progress;
  struct relatives shown_relatives;
  struct trace_error shown_error, shown_old_error;
  bool shown_failed;
};

/* A thread's whole life; data is the model. */
void *loader_run(void *data);
void *helper_run(void *data);
void *gatherer_run(void *data); /* of a family, in place of the loader */

/* There is something to take. With the lock held. */
void model_tell(struct model *model);

/* The last thing that a thread does. */
void model_leave(struct model *model);

void model_free_trash(struct answer *trash);

/* Of the clock that the conditions wait by. */
uint64_t model_now_ns(void);
struct timespec model_timespec(uint64_t ns);

#endif
