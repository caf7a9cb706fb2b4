/* SPDX-License-Identifier: Apache-2.0
 *
 * What is loaded and what is asked of it. All that takes time is done by two threads of the model:
 * one reads the trace (and again whenever it has grown), one answers questions and looks up
 * symbols. The screen's thread only asks and takes; nothing it calls here waits.
 *
 * All functions are the screen thread's.
 */
#ifndef SEEP_MODEL_H
#define SEEP_MODEL_H

#include "analysis/profile.h"
#include "compare/gathering.h"
#include "screen/chore.h"
#include "screen/difference.h"
#include "screen/findings.h"
#include "screen/reading.h"
#include "screen/relatives.h"

struct model;

struct model_options {
  const char *path, *old_path, *from, *to, *rules_path; /* as in struct viewer_options */
  const char *const *family; /* paths: their family is what is read, not path; NULL: path is */
  size_t family_count;
  struct gathering *within; /* whose texts those above are, kept by the model; or NULL */
  enum analysis_sort sort;  /* of the first question */
  bool follow; /* feel the target's pulse once a second, and read the trace again when it has grown
                */
};

/* What is shown: a report and the reading that it is of, valid until the next model_take. Of a
 * family it is the gathering, and there is neither reading nor report. */
struct picture {
  struct reading *reading;
  struct analysis_report *report;
  struct question question;      /* that the report answers */
  struct findings *findings;     /* about the report; NULL: none */
  struct difference *difference; /* NULL: not asked for, or the older trace is not read yet */
  struct trace_pulse pulse;      /* of a target that runs, newer than the reading */
  bool behind;                   /* what has been recorded since the reading is not in the report */
  struct gathering *family;      /* NULL: it is of one trace */
  uint64_t as_of_ns;             /* of a family: when it was read, UTC */
};

struct model_progress {
  bool loading, answering; /* reading the trace; a question is open */
  double share;            /* of the reading, 0 to 1 */
};

/* NULL: no memory, or no thread. */
struct model *model_new(const struct model_options *options);

bool model_is_family(const struct model *model);

/* Stops the threads. One that is busy in a library gets a moment to notice; if it takes longer it
 * is left behind with what it uses, since whoever quits does not wait: the process is to end. */
void model_free(struct model *model);

/* The same for a model that others follow on: a thread of its own waits for the two, however long
 * they take, and frees what they used. */
void model_retire(struct model *model);

/* A family that is followed is not looked at while it is held. */
void model_hold(struct model *model, bool held);

/* Readable when there is something to take or the progress has changed. */
int model_descriptor(const struct model *model);

/* Takes what the threads have done; true: something to draw has changed. *fresh becomes true when
 * there is another picture. */
bool model_take(struct model *model, bool *fresh);

/* Which processes were recorded together with that of path, as far as that is known. */
const struct relatives *model_relatives(const struct model *model);

/* Why the older of two traces cannot be read; NULL: it can, or there is only one. */
const struct trace_error *model_old_error(const struct model *model);

/* NULL until the first is there. */
const struct picture *model_picture(const struct model *model);
struct model_progress model_progress(const struct model *model);

/* The error of the first reading: then there will be no picture. NULL: none. Later readings that
 * fail leave the last picture, and are tried again. */
const struct trace_error *model_error(const struct model *model);

/* The path of the trace that model_error is about. */
const char *model_error_path(const struct model *model);

/* Asks; an older question that is not answered yet is forgotten. */
void model_ask(struct model *model, const struct question *question);

/* The question that was asked last, answered or not. Before the first picture its moments are not
 * known. */
struct question model_question(struct model *model);

/* Wants the symbols of contexts of the picture's trace; they can be peeked at when model_take says
 * that something changed. Those wanted before and not looked up yet are forgotten. */
void model_want(struct model *model, const uint32_t *contexts, size_t count);

/* Wants the modules of the picture's trace looked at: what symbols_module_state says of them. */
void model_want_modules(struct model *model);

/* Wants the profile of a row of the picture's report; returns the number to take it by. One that
 * was wanted before and is not worked out yet is forgotten. */
uint64_t model_inspect(struct model *model, const struct analysis_site *site);

/* The profile wanted by that number, which becomes the caller's; NULL: it is not there (yet). */
struct profile *model_inspected(struct model *model, uint64_t number);

/* Has something done; false: something else is under way. */
bool model_do(struct model *model, const struct chore *chore);

/* Whether something was done since the last call; message[CHORE_MESSAGE] says what came of it. */
bool model_done(struct model *model, char *message);

/* Waits until nothing is under way: for scripts and tests, which compare screens. */
void model_settle(struct model *model);

#endif
