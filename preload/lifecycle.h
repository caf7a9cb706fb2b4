/* SPDX-License-Identifier: Apache-2.0
 *
 * Where order matters: the first event, the constructor, fork, exec, the end. The recorder starts
 * with the first event of the process (constructors of other libraries allocate before ours is
 * called); what needs a finished libc waits for our constructor.
 */
#ifndef SEEP_LIFECYCLE_H
#define SEEP_LIFECYCLE_H

#include <stdbool.h>

enum lifecycle_state {
  LIFECYCLE_NEW,      /* no event yet */
  LIFECYCLE_STARTING, /* one thread is at it */
  LIFECYCLE_RECORDING,
  LIFECYCLE_CHILD,    /* a forked child that will record with its next event (--children) */
  LIFECYCLE_WATCHING, /* a forked child: records if its parent exits soon, as daemons' parents do */
  LIFECYCLE_ASLEEP,   /* opened by a running process (attach.c), and not recording it now */
  LIFECYCLE_ENDING,   /* the same, but threads of it may still be at what they recorded last */
  LIFECYCLE_OFF,      /* nothing is recorded of this process, or its trace is complete */
};

/* Whether events can be recorded; starts the recorder where it has not been started. */
bool lifecycle_recording(void);
/* Whether an event that is not recorded now should count as unrecorded. */
bool lifecycle_watching(void);
enum lifecycle_state lifecycle_state(void);
/* Whether we were not preloaded, but opened when the process ran already. */
bool lifecycle_was_opened(void);
/* Begins to record in a process that opened us; given: see settings_read. false: no trace can be
 * made, and it sleeps on. */
bool lifecycle_wake(const char *given);
/* Completes the trace, and forgets what belonged to it. No hook may be reached any more, but for
 * those under way. */
enum lifecycle_sleep {
  LIFECYCLE_SLEEPS,
  LIFECYCLE_SLEEPS_PARTLY, /* something had to be left in the stage */
  LIFECYCLE_SLEEPS_LATER,  /* a thread is still in our code: nothing is recorded; to be called again
                            */
  LIFECYCLE_SLEEPS_NOT,    /* there is nothing to be ended */
};
enum lifecycle_sleep lifecycle_sleep(void);
/* Ends recording before the process ends, as if it did: the trace is complete, and what the calling
 * thread does from now on is not seen. */
void lifecycle_stop(void);
/* In a forked child, by the fork handler. */
void lifecycle_forked(void);
/* The same in a child that no fork handler told of, by whoever notices first. */
void lifecycle_cloned(void);

#endif
