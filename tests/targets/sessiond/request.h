/* SPDX-License-Identifier: Apache-2.0
 *
 * One request: a line of words in, a line out that starts with OK or ERR.
 *
 *   LOGIN user               OK token
 *   SET token key value      OK
 *   GET token key            OK value
 *   PAGE token number        OK title, articles
 *   POST token               OK subscribers
 *   NEWS token               OK unread
 *   LOGOUT token             OK
 *   STATS                    OK sessions=N created=N logged_out=N expired=N connections=N
 */
#ifndef SESSIOND_REQUEST_H
#define SESSIOND_REQUEST_H

#include "text.h"

/* Answers line (length bytes, without its end) by adding to reply. Any thread may call. */
void request_answer(const char *line, size_t length, struct text *reply);

#endif
