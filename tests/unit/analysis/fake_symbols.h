/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for viewer/symbols: names for code addresses as a test gives them, so that the naming
 * of sites is tested without any binary.
 */
#ifndef SEEP_TEST_FAKE_SYMBOLS_H
#define SEEP_TEST_FAKE_SYMBOLS_H

#include "symbols/symbols.h"

/* The frames at offset of module from now on, innermost first; texts and frames are not copied.
 * Addresses that nothing was said about have one frame without a name. */
void fake_symbols_set(uint32_t module, uint64_t offset, const struct symbol_frame *frames,
                      size_t count);
void fake_symbols_forget(void);

#endif
