/* SPDX-License-Identifier: Apache-2.0 */
#include "disagreements.h"
#include "output.h"
#include "verify.h"

static void put_stack(struct output_fields *fields, enum seep_tag tag, const uintptr_t *stack,
                      uint32_t count) {
  uint32_t kept = count < VERIFY_FRAMES ? count : VERIFY_FRAMES;
  output_field_bytes(fields, tag, stack, kept * sizeof *stack);
}

void disagreements_write(void) {
  struct verify_disagreement disagreement;
  while (verify_take(&disagreement)) {
    struct output_frame frame;
    struct output_fields fields;
    output_fields_begin(&fields, &frame, SEEP_FRAME_DISAGREEMENT);
    put_stack(&fields, SEEP_TAG_STACK_OURS, disagreement.ours, disagreement.ours_count);
    put_stack(&fields, SEEP_TAG_STACK_THEIRS, disagreement.theirs, disagreement.theirs_count);
    output_fields_write(&fields);
  }
}
