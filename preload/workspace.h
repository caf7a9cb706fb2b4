/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory to drain one block in, and a stack to do it on (threads may have tiny ones). A few are
 * shared by all threads; one that is taken is nobody else's until it is given back. Nobody waits
 * for one: where all are taken another is made.
 */
#ifndef SEEP_WORKSPACE_H
#define SEEP_WORKSPACE_H

#include <seep/format.h>
#include <seep/stage.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKSPACE_RECORDS 65530 /* at least what the largest slot holds */
#define WORKSPACE_TABLE_BITS 17 /* of the largest table over a block's records */
#define WORKSPACE_TABLE (1u << WORKSPACE_TABLE_BITS)
#define WORKSPACE_NO_PARTNER 0xffffu
#define WORKSPACE_PLAIN (800u << 10)
#define WORKSPACE_STORED (512u << 10)
#define WORKSPACE_STACK (64u << 10)
/* For ZSTD_initStaticCCtx with the parameters of compress.c; a unit test asks zstd. */
#define WORKSPACE_ZSTD (304u << 10)

_Static_assert(WORKSPACE_RECORDS < WORKSPACE_NO_PARTNER, "records have numbers of 16 bits");

struct workspace_pair {
  uint16_t place;         /* of its context in the block's dictionary */
  uint8_t lifetime, size; /* buckets, see format.h; at most 63 */
};

struct workspace {
  _Atomic int taken;
  struct workspace *next;

  /* The block, or the part of it that lies between two marks. */
  const struct seep_record *records;
  uint32_t record_count;

  uint32_t table_bits; /* both tables have 2^table_bits places: few records, little to clear */

  /* pairs.c */
  uint64_t gone[WORKSPACE_RECORDS / 64 + 1]; /* bits of the records that do not survive */
  /* Of an allocation: its context's place in the dictionary. Of a free: the record of its
   * allocation, if that is in this block, else WORKSPACE_NO_PARTNER. */
  uint16_t places[WORKSPACE_RECORDS];
  struct workspace_pair pairs[WORKSPACE_RECORDS / 2];
  uint16_t survivors[WORKSPACE_RECORDS]; /* the records that stay, in order */
  uint32_t pair_count, survivor_count;
  uint64_t address_bits; /* that any record's address has set */
  uint64_t pair_bytes;
  uint64_t peak_bytes; /* see struct seep_events_head, as are the next two */
  uint32_t peak_position;
  uint32_t last_allocation;
  uint8_t share_shift;             /* thinning.c's */
  uint16_t table[WORKSPACE_TABLE]; /* address → record + 1 */

  /* dictionary.c: contexts in order of appearance; later the order by id */
  uint32_t context_count;
  uint32_t contexts[WORKSPACE_RECORDS];
  uint32_t temporary[WORKSPACE_RECORDS]; /* per context */
  uint64_t bytes[WORKSPACE_RECORDS];     /* of pairs, per context */
  uint16_t context_table[WORKSPACE_TABLE];
  uint16_t rank[WORKSPACE_RECORDS];
  uint64_t sort[2][WORKSPACE_RECORDS];

  /* Output: the payload before and behind compression, the latter with its frame header in front.
   */
  _Alignas(64) uint8_t plain[WORKSPACE_PLAIN];
  struct {
    struct seep_frame header;
    uint8_t payload[WORKSPACE_STORED];
  } out;
  void *compressor; /* compress.c's, in the memory below; NULL: not made yet */
  _Alignas(64) uint8_t zstd[WORKSPACE_ZSTD];
  _Alignas(64) uint8_t stack[WORKSPACE_STACK];
};

/* NULL: no memory. */
struct workspace *workspace_take(void);
void workspace_give_back(struct workspace *workspace);
/* In a forked child: whatever other threads had taken is free. */
void workspace_forget_all(void);

/* Where nobody has one any more: gives their memory back. */
void workspace_release_all(void);

/* Calls work(workspace, argument) on the workspace's stack. */
void workspace_run(struct workspace *workspace, void (*work)(struct workspace *, void *),
                   void *argument);

#endif
