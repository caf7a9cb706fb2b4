/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout of a trace file: the one contract between the recorder (preload/) and everything that
 * reads traces (viewer/, tests). docs/format.md is the specification; this header is its C form.
 *
 * A trace is a sequence of frames. A frame is a 64-byte header and a payload of stored_bytes. All
 * numbers are little-endian. A frame is valid when its magic, its header_crc and its payload_crc
 * agree; a reader that meets anything else searches on for the next valid header and reports the
 * gap. Frames of unknown type are skipped. The first frame is SEEP_FRAME_PROCESS.
 *
 * Definitions come before uses: a frame that names a context, module or thread is written after the
 * frame that defines it. The same definition may stand more than once; it always says the same.
 */
#ifndef SEEP_FORMAT_H
#define SEEP_FORMAT_H

#include <stdint.h>

#define SEEP_FORMAT_VERSION 2u
#define SEEP_FRAME_MAGIC 0x50454553u   /* "SEEP" */
#define SEEP_PAYLOAD_LIMIT (64u << 20) /* a frame that claims more, stored or plain, is damaged */
#define SEEP_TRACE_SUFFIX ".seep"
#define SEEP_STAGE_SUFFIX ".stage" /* TRACE.stage stands beside TRACE while the target runs */

enum seep_frame_type {
  SEEP_FRAME_PROCESS = 1,  /* fields: what was recorded, where, with which clock */
  SEEP_FRAME_MODULE = 2,   /* fields: one loaded module; sent again when it is unloaded, or back */
  SEEP_FRAME_CONTEXTS = 3, /* rows of varints: nodes of the calling-context tree */
  SEEP_FRAME_EVENTS = 4,   /* one drained block: columns of survivors, sums of cancelled pairs */
  SEEP_FRAME_RECORDS = 5,  /* one block as it stood in the stage: struct seep_record each */
  SEEP_FRAME_MARK = 6,     /* fields: a mark, a pause or a resume */
  SEEP_FRAME_THREAD = 7,   /* fields: one thread; sent again when its name changes or it ends */
  SEEP_FRAME_LOSS = 8,     /* fields: what was not recorded, and why */
  SEEP_FRAME_STATE = 9,    /* fields: clock pair, RSS, the recorder's own counters */
  SEEP_FRAME_END = 10,     /* fields of STATE: the last frame of a target that ended in order */
  SEEP_FRAME_SYMBOLS = 11, /* rows: names for code addresses, so that binaries are not needed */
  SEEP_FRAME_DISAGREEMENT = 12, /* fields: a stack that SEEP_VERIFY found unwound differently */
  SEEP_FRAME_CHILD = 13,        /* fields: a forked child and whether it records */
  SEEP_FRAME_THINNED = 14,      /* EVENTS of which only some blocks are followed one by one */
  SEEP_FRAME_RESIDENT = 15,     /* fields: what resident memory consisted of, see resident.h */
};

enum seep_frame_flag {
  SEEP_FRAME_ZSTD = 1, /* the payload is one zstd frame of plain_bytes */
};

struct seep_frame {
  uint32_t magic;        /*  0 SEEP_FRAME_MAGIC */
  uint16_t type;         /*  4 enum seep_frame_type */
  uint16_t flags;        /*  6 enum seep_frame_flag, or-ed */
  uint32_t stored_bytes; /*  8 of the payload in the file */
  uint32_t plain_bytes;  /* 12 of the payload after decompression (= stored_bytes if plain) */
  uint64_t first_stamp;  /* 16 EVENTS, RECORDS: of the block's first event; others: when written */
  uint64_t last_stamp;   /* 24 EVENTS, RECORDS: of the block's last event; others: first_stamp, but
                               of RESIDENT when the reading ended */
  uint64_t
      first_sequence;    /* 32 EVENTS, RECORDS: number of the thread's records before this block */
  uint32_t record_count; /* 40 EVENTS, RECORDS: raw records covered, cancelled ones included */
  uint32_t thread;       /* 44 EVENTS, RECORDS, THREAD: serial of the thread; else 0 */
  uint32_t rss_kib;      /* 48 resident set when written; 0: not sampled here */
  uint32_t survivor_count; /* 52 EVENTS: rows in the columns */
  uint32_t payload_crc;    /* 56 CRC-32 (as in zlib) of the stored payload */
  uint32_t header_crc;     /* 60 CRC-32 of the 60 bytes before */
};
_Static_assert(sizeof(struct seep_frame) == 64, "frame header");

/* ---- Fields -------------------------------------------------------------------------------------
 * Payload of PROCESS, MODULE, MARK, THREAD, LOSS, STATE, END, DISAGREEMENT, CHILD, RESIDENT: fields
 * one after the other. Integers are stored as 8 bytes, texts without a terminator, build-ids as
 * bytes. Unknown tags are skipped. A tag means the same in every frame. */
struct seep_field {
  uint16_t tag; /* enum seep_tag */
  uint16_t zero;
  uint32_t bytes; /* of the value that follows; values are not padded */
};
_Static_assert(sizeof(struct seep_field) == 8, "field header");

enum seep_tag {
  /* PROCESS */
  SEEP_TAG_FORMAT = 1,              /* u64 SEEP_FORMAT_VERSION */
  SEEP_TAG_TRACE_ID = 2,            /* 16 random bytes; the stage carries the same */
  SEEP_TAG_PID = 3,                 /* u64, in the target's own namespace */
  SEEP_TAG_PARENT_PID = 4,          /* u64 */
  SEEP_TAG_PROGRAM = 5,             /* text: name of the executable without directory */
  SEEP_TAG_EXECUTABLE = 6,          /* text: path */
  SEEP_TAG_COMMAND = 7,             /* text: arguments, each followed by a NUL */
  SEEP_TAG_CLOCK = 8,               /* u64 enum seep_clock */
  SEEP_TAG_TICKS_PER_SECOND = 9,    /* u64: first estimate; pairs of STATE frames tell better */
  SEEP_TAG_STAMP = 10,              /* u64 stamp \                                          */
  SEEP_TAG_MONOTONIC_NS = 11,       /* u64        > taken together: a calibration pair      */
  SEEP_TAG_REALTIME_NS = 12,        /* u64 UTC   /                                          */
  SEEP_TAG_CPUS = 13,               /* u64 */
  SEEP_TAG_MEMORY_BYTES = 14,       /* u64: of the machine */
  SEEP_TAG_MEMORY_LIMIT_BYTES = 15, /* u64: of the cgroup; absent: none */
  SEEP_TAG_PAGE_BYTES = 16,         /* u64 */
  SEEP_TAG_KERNEL = 17,             /* text */
  SEEP_TAG_RECORDER = 18,           /* text: version of libseep.so */
  SEEP_TAG_OPTIONS = 19,            /* text: NAME=VALUE lines that differ from the defaults */
  SEEP_TAG_UNWINDER = 20,           /* text: "cfi" or "libunwind" */
  SEEP_TAG_PARENT_TRACE_ID = 21,    /* 16 bytes: this process was forked from a recorded one */
  SEEP_TAG_FORK_STAMP = 22,         /* u64 */
  SEEP_TAG_PID_START = 23,          /* u64: starttime of /proc/PID/stat, tells re-used pids apart */
  SEEP_TAG_ATTACHED_NS = 28, /* u64: so long the process had run when recording began; absent:
                                it was recorded from its start */
  /* MODULE */
  SEEP_TAG_MODULE = 32,       /* u64 id, from 1 */
  SEEP_TAG_PATH = 33,         /* text, as the loader knows it (the executable: its real path) */
  SEEP_TAG_BUILD_ID = 34,     /* bytes */
  SEEP_TAG_BIAS = 35,         /* u64: load address minus link address */
  SEEP_TAG_START = 36,        /* u64: mapped from */
  SEEP_TAG_STOP = 37,         /* u64: mapped to (first byte behind) */
  SEEP_TAG_UNLOAD_STAMP = 38, /* u64: seen unloaded at; absent: loaded */
  SEEP_TAG_IS_RECORDER = 39,  /* u64 1: libseep.so; its frames are no part of the target's stacks */
  /* MARK */
  SEEP_TAG_MARK_KIND = 48, /* u64 enum seep_mark_kind */
  SEEP_TAG_LABEL = 49,     /* text */
  SEEP_TAG_UNITS = 50,     /* u64: units of work since the mark before */
  /* THREAD */
  SEEP_TAG_THREAD = 64,    /* u64 serial, from 1; 0 are events that belong to no thread */
  SEEP_TAG_TID = 65,       /* u64 */
  SEEP_TAG_NAME = 66,      /* text */
  SEEP_TAG_END_STAMP = 67, /* u64; absent: alive */
  /* LOSS */
  SEEP_TAG_LOSS_REASON = 80, /* u64 enum seep_loss */
  SEEP_TAG_LOSS_COUNT = 81,  /* u64 events */
  SEEP_TAG_ERRNO = 82,       /* u64 */
  /* STATE, END: totals since the start */
  SEEP_TAG_RSS_KIB = 96,              /* u64 */
  SEEP_TAG_LOST_EVENTS = 97,          /* u64: were recorded, could not be written */
  SEEP_TAG_UNRECORDED_EVENTS = 98,    /* u64: seen by a hook that could not record them */
  SEEP_TAG_TRUNCATED_STACKS = 99,     /* u64 captures cut short */
  SEEP_TAG_CONTEXT_COUNT = 100,       /* u64 */
  SEEP_TAG_RECORDER_BYTES = 101,      /* u64: memory that the recorder took, at its peak */
  SEEP_TAG_HOLDUP_TICKS = 102,        /* u64: longest that one call was held up by a drain */
  SEEP_TAG_DRAINS = 103,              /* u64 */
  SEEP_TAG_CAPTURES = 104,            /* u64: stacks taken (verification counts against it) */
  SEEP_TAG_VERIFIED = 105,            /* u64: captures checked by SEEP_VERIFY */
  SEEP_TAG_DISAGREEMENTS = 106,       /* u64: of those, different from libunwind's */
  SEEP_TAG_UNRECORDED_CHILDREN = 107, /* u64: forked, not recorded */
  SEEP_TAG_PEAK_THREADS = 108,        /* u64: most threads alive at once that had a slot */
  SEEP_TAG_PAUSED_EVENTS = 109, /* u64: allocations passed over because recording was paused */
  SEEP_TAG_VERIFY_SKIPPED =
      110,               /* u64: chosen by SEEP_VERIFY, not comparable (code without unwind data) */
  SEEP_TAG_FOLDED = 111, /* u64 1: the stage of a target that died has been put into the trace */
  /* DISAGREEMENT */
  SEEP_TAG_STACK_OURS = 112,   /* u64 addresses, innermost first */
  SEEP_TAG_STACK_THEIRS = 113, /* the same, as libunwind's unw_step found it */
  /* CHILD */
  SEEP_TAG_CHILD_RECORDED = 128, /* u64 0 or 1 */
  /* STATE, END: of a trace whose size is limited, totals as those from 97 on */
  SEEP_TAG_SIZE_LIMIT = 160,        /* u64 bytes that the trace may have */
  SEEP_TAG_FOLLOWED_SHARE = 161,    /* u64: of so many new blocks one is followed now, on average */
  SEEP_TAG_UNFOLLOWED_BLOCKS = 162, /* u64: allocations that no frame tells of */
  SEEP_TAG_UNFOLLOWED_BYTES = 163,  /* u64: of those */
  SEEP_TAG_UNFOLLOWED_FREES = 164,  /* u64: frees that no frame tells of */
  SEEP_TAG_UNWRITTEN_RECORDS = 165, /* u64: records that no frame covers, since the trace is full */
  /* STATE, END, more totals */
  SEEP_TAG_UNRECORDED_CHILD_ALLOCATIONS = 129, /* u64: of those children, about */
  SEEP_TAG_UNRECORDED_CHILD_BYTES = 130,       /* u64: that they allocated, about */
  /* RESIDENT: bytes that were resident, by what they are (enum seep_resident_part in resident.h) */
  SEEP_TAG_RESIDENT_BYTES = 192,     /* u64: all; what the parts leave of it is OTHER too */
  SEEP_TAG_RESIDENT_HEAP = 193,      /* u64: heaps of malloc: [heap], glibc's arenas */
  SEEP_TAG_RESIDENT_ANONYMOUS = 194, /* u64: private memory of no file, of no other part */
  SEEP_TAG_RESIDENT_STACKS = 195,    /* u64: stacks of threads */
  SEEP_TAG_RESIDENT_PROGRAM = 196,   /* u64: program and libraries: code and data */
  SEEP_TAG_RESIDENT_FILES = 197,     /* u64: other files that are mapped */
  SEEP_TAG_RESIDENT_SHARED = 198,    /* u64: shared memory */
  SEEP_TAG_RESIDENT_RECORDER = 199,  /* u64: the recorder's own */
  SEEP_TAG_RESIDENT_OTHER = 200,     /* u64: devices, what the kernel maps itself */
  SEEP_TAG_SWAPPED_BYTES = 201,      /* u64: not resident, but in swap */
  SEEP_TAG_MAPPING_COUNT = 202,      /* u64 */
  SEEP_TAG_HEAP_START = 203,         /* u64 address: [heap] begins */
  SEEP_TAG_HEAP_STOP = 204,          /* u64 address: first behind [heap] */
  SEEP_TAG_HEAP_WINDOWS = 205,       /* u32 each: address >> 26 of what arenas lie in */
};

/* What resident memory is divided into, in the order of the tags; resident.h says how. */
enum seep_resident_part {
  SEEP_RESIDENT_HEAP,
  SEEP_RESIDENT_ANONYMOUS,
  SEEP_RESIDENT_STACKS,
  SEEP_RESIDENT_PROGRAM,
  SEEP_RESIDENT_FILES,
  SEEP_RESIDENT_SHARED,
  SEEP_RESIDENT_RECORDER,
  SEEP_RESIDENT_OTHER,
  SEEP_RESIDENT_PARTS,
};
#define SEEP_RESIDENT_WINDOW_BITS 26 /* of HEAP_WINDOWS: as glibc maps its arenas */

enum seep_clock {
  SEEP_CLOCK_TSC = 1,          /* invariant time stamp counter, the same on all CPUs */
  SEEP_CLOCK_MONOTONIC_NS = 2, /* CLOCK_MONOTONIC */
};

enum seep_mark_kind {
  SEEP_MARK_LABEL = 0,
  SEEP_MARK_PAUSE = 1,
  SEEP_MARK_RESUME = 2,
};

enum seep_loss {
  SEEP_LOSS_WRITE = 1,  /* the trace could not be written (disk full, limit, closed descriptor) */
  SEEP_LOSS_MEMORY = 2, /* no memory for a slot or a table */
  SEEP_LOSS_STAGE = 3,  /* the stage could not be made or grown */
  SEEP_LOSS_BUSY =
      4, /* an event inside a hook of ours (signal handler), or a lock not waited for */
};

/* ---- Records ------------------------------------------------------------------------------------
 * One event as the hot path appends it: payload of RECORDS, and the blocks of the stage.
 *
 * An allocation is stamped after the real call returned, a free before the real call is made: for
 * one address the stamps order its lives, whichever threads they belong to. The counter is read
 * without a fence, so across threads two stamps may be inverted by up to some hundred nanoseconds
 * (a coarsened block, see stamp_shift: by its quantum); since the lives of one address alternate, a
 * reader repairs that: an allocation of a live address makes it wait for the free that follows. */
struct seep_record {
  uint64_t stamp;
  uint64_t where; /* bits 0-47 address, 48-51 enum seep_kind, 52-63 enum seep_event_flag */
  uint64_t what;  /* bits 0-31 size (SEEP_SIZE_WIDE: see SEEP_KIND_WIDE), 32-63 context id; of a
                     free see SEEP_KIND_SAMPLED */
};
_Static_assert(sizeof(struct seep_record) == 24, "record");

#define SEEP_ADDRESS_MASK 0xffffffffffffull
#define SEEP_ADDRESS_OWN 0x800000000000ull /* set: a block that seep_alloc told of */
#define SEEP_KIND_SHIFT 48
#define SEEP_KIND_MASK 0xfu
#define SEEP_FLAG_SHIFT 52
#define SEEP_SIZE_WIDE 0xffffffffu

enum seep_kind {
  SEEP_KIND_ALLOC = 1,
  SEEP_KIND_FREE = 2,
  SEEP_KIND_UNFREE = 3, /* the free before, of the same thread and address, did not take place */
  SEEP_KIND_MAP = 4,    /* mmap, mremap: address and length of a mapping, of its own kind */
  SEEP_KIND_UNMAP = 5,  /* munmap, mremap: address and length, any part of any mappings */
  SEEP_KIND_WIDE = 6,   /* follows a record with SEEP_SIZE_WIDE: what = its size in 64 bits */
  /* A FREE whose context is known. Its size says how many frees it stands for: it was drawn with
   * the chance 1 / size. Context and size of a plain FREE are 0. */
  SEEP_KIND_SAMPLED = 7,
};

enum seep_event_flag {
  SEEP_EVENT_REALLOC = 1, /* half of a realloc: its free, or its allocation */
  SEEP_EVENT_ALIGNED = 2, /* memalign, aligned operator new and their like */
  SEEP_EVENT_NEW = 4,     /* operator new or delete */
};

/* ---- Events -------------------------------------------------------------------------------------
 * Payload of EVENTS: this head, the context dictionary, six columns, the sums. A thread's block:
 * its frees are matched to its own allocations inside the block, and the pairs dropped; what is
 * left, in the thread's order, is stored column by column. No pair is dropped that a mark lies
 * between.
 *
 * Numbers in columns are varints (LEB128, unsigned); "zigzag" maps signed to unsigned first. */
enum seep_column {
  SEEP_COLUMN_CONTEXTS = 0, /* the dictionary: distinct context ids, ascending, as deltas */
  SEEP_COLUMN_KINDS = 1,  /* per survivor: one byte kind | flags << 4 (flags above 15: not used) */
  SEEP_COLUMN_STAMPS = 2, /* per survivor: delta of stamp >> stamp_shift, from first_stamp on */
  SEEP_COLUMN_ADDRESSES = 3, /* per survivor: zigzag delta of address >> address_shift, from 0 on */
  SEEP_COLUMN_PLACES = 4,    /* per ALLOC, MAP, SAMPLED: zigzag delta of the dictionary index */
  SEEP_COLUMN_SIZES = 5,     /* per ALLOC, MAP, UNMAP, SAMPLED: size (wide sizes stand whole) */
  SEEP_COLUMN_SUMS = 6,      /* rows, see below */
  SEEP_COLUMN_COUNT = 7,
};

struct seep_events_head {
  uint32_t survivor_count;
  uint32_t context_count; /* entries of the dictionary */
  uint32_t sum_count;     /* rows of the sums */
  uint8_t stamp_shift;    /* 0 where more than one thread ever recorded */
  uint8_t address_shift;  /* 4 where every address allows it, else 0 */
  uint8_t share_shift;    /* THINNED: of 2^share_shift blocks one is followed; EVENTS: 0 */
  uint8_t zero;
  uint32_t column_bytes[SEEP_COLUMN_COUNT]; /* the columns follow the head in this order */
  /* Dropped pairs show in no survivor, yet they stood for a while. At the moment when the block's
   * own balance was highest, peak_bytes of dropped pairs stood, and peak_position survivors had
   * come: what was outstanding then is what a replay says after so many survivors, and peak_bytes
   * more. */
  uint32_t peak_position;
  uint64_t peak_bytes;
  uint64_t pair_count; /* sum over the rows: pairs dropped */
  uint64_t pair_bytes;
  /* The thread's last allocation in this block, if it is a survivor that was not freed in it: its
   * row, from 1. 0: there is none such. SEEP_LAST_BEFORE: the block has no allocation at all. */
  uint32_t last_allocation;
  uint32_t zero2;
};
#define SEEP_LAST_BEFORE 0xffffffffu
_Static_assert(sizeof(struct seep_events_head) == 80, "events head");

/* THINNED is written where the size of a trace is limited: the payload is that of EVENTS, but of
 * the surviving allocations only some are among the survivors, each of which stands for
 * 2^share_shift. Which, the address alone decides, so that a block's free is among them too; of
 * blocks that are not followed some frees may be. The sums are of all pairs. Its peak is not told.
 */

/* A row of the sums: a context's pairs, and its temporary allocations, whose free came before the
 * thread's next allocation, whichever block it was in. A row may have no pairs: then its temporary
 * counts a block of an earlier frame. Varints, but for the shape:
 *
 *   dictionary index less the one behind the row before's (of the first row: less 0)
 *   shape: enum seep_sum_shape, a byte
 *   pairs
 *   EVEN: size, which all of them are of: bytes = pairs * size; else bytes
 *   TEMPORARY_SOME: temporary
 *   not EVEN: number of size buckets, histogram
 *   histogram of the lifetimes
 *
 * A histogram: of each bucket that is used, ascending, its number less that of the one before (the
 * first: less 0), and how many pairs are in it; of the last bucket without, for it has the rest. A
 * size with b significant bits is in bucket b, a lifetime of d octal digits, in ticks, in bucket d.
 * EVEN: all pairs are in the bucket of size. */
enum seep_sum_shape {
  SEEP_SUM_TEMPORARY_NONE = 0,
  SEEP_SUM_TEMPORARY_ALL = 1, /* as many as there are pairs */
  SEEP_SUM_TEMPORARY_SOME = 2,
  SEEP_SUM_EVEN = 4,
  SEEP_SUM_LIFETIMES_SHIFT = 3, /* bits 3 to 7: number of lifetime buckets */
};
#define SEEP_SUM_TEMPORARY_MASK 3u

/* ---- Contexts -----------------------------------------------------------------------------------
 * Payload of CONTEXTS: runs of nodes with consecutive ids, up to its end, all in varints. A run:
 * its first id less the one behind the run before (of the first: less 0), number of nodes; per
 * node: id - id of the parent (0: outermost), offset, module id << 4 | flags. offset = code address
 * less the module's bias; module 0: none, and the address itself. The code address is the return
 * address, unless SEEP_CONTEXT_EXACT. Different ids may stand for the same path; a reader folds
 * them. Id 0 is the empty stack, known to everyone. */
enum seep_context_flag {
  SEEP_CONTEXT_EXACT = 1, /* interrupted by a signal: the address itself, not a return address */
  SEEP_CONTEXT_GUESS = 2, /* this frame's caller was found without unwind data, by frame pointer */
  SEEP_CONTEXT_TRUNCATED = 4, /* outer frames are missing */
  SEEP_CONTEXT_FREES = 8,     /* the innermost frame of a free's path, where a free made the node */
};
#define SEEP_CONTEXT_FLAG_BITS 4
#define SEEP_CONTEXT_FLAGS 15u

/* Payload of SYMBOLS: varints and texts (varint length, bytes). Number of rows; per row: module,
 * offset, number of names (inlined frames, innermost first), per name: function, file, line. */

#endif
