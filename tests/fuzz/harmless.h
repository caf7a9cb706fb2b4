/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a text can be shown: written without a line of the code under test.
 */
#ifndef SEEP_FUZZ_HARMLESS_H
#define SEEP_FUZZ_HARMLESS_H

/* Nothing that a terminal obeys: no control character but tab and newline, no character that turns
 * text around or has no look, and sound UTF-8. Ends the program otherwise. */
void harmless_text(const char *text);
/* The same of a JSON document, in which those characters may stand escaped; and that its brackets
 * and quotes match. */
void harmless_json(const char *document);

#endif
