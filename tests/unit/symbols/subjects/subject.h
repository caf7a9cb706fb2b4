/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests call in the subjects. Each subject calls record from known places; the tests find
 * the lines by their "line:" comments.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#ifdef __cplusplus
extern "C" {
#endif

typedef void (*subject_record)(void);

/* record is called in subject_leaf, inlined in subject_middle (subject_inline.h), inlined here. */
int subject_nested(subject_record record, int depth);

/* The call is the function's last instruction: its return address is another function's. */
__attribute__((noreturn)) void subject_leaves(subject_record record);

/* The same for C++: called in a lambda, inlined in a template's member. */
void subject_template(subject_record record);

#ifdef __cplusplus
}
#endif

#endif
