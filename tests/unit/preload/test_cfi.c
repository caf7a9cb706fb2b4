/* SPDX-License-Identifier: Apache-2.0
 *
 * Every row of the call frame information of the objects that this program maps, as a rule, against
 * elfutils' reading of the same row: both are applied to made-up registers and memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfi.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <libelf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- A made-up machine -------------------------------------------------------------------- */

static uint64_t registers[17];

static uint64_t word_at(uint64_t address) {
  uint64_t mixed = address * 0x9e3779b97f4a7c15ull;
  return mixed ^ mixed >> 31;
}

struct result {
  bool outermost;
  uint64_t cfa, return_slot, rbp;
};

/* What the operations give, on a stack machine of their own; cfa for DW_OP_call_frame_cfa. */
static uint64_t run_operations(const Dwarf_Op *ops, size_t count, uint64_t cfa, uint64_t first) {
  uint64_t stack[32] = {first};
  int top = 0;
  for (size_t i = 0; i < count; i++) {
    uint8_t atom = ops[i].atom;
    if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
      stack[++top] = atom - DW_OP_lit0;
    else if (atom >= DW_OP_breg0 && atom <= DW_OP_breg16)
      stack[++top] = registers[atom - DW_OP_breg0] + ops[i].number;
    else if (atom == DW_OP_bregx)
      stack[++top] = registers[ops[i].number] + ops[i].number2;
    else if (atom == DW_OP_call_frame_cfa)
      stack[++top] = cfa;
    else if (atom == DW_OP_plus_uconst)
      stack[top] += ops[i].number;
    else if (atom == DW_OP_deref)
      stack[top] = word_at(stack[top]);
    else if (atom == DW_OP_plus)
      top--, stack[top] += stack[top + 1];
    else if (atom == DW_OP_and)
      top--, stack[top] &= stack[top + 1];
    else if (atom == DW_OP_shl)
      top--, stack[top] <<= stack[top + 1];
    else if (atom == DW_OP_ge)
      top--, stack[top] = (int64_t)stack[top] >= (int64_t)stack[top + 1];
    else
      fail_msg("operation %#x is not known to the test", atom);
  }
  return stack[top];
}

static struct result elfutils_result(Dwarf_Frame *frame) {
  struct result result = {.rbp = registers[6]};
  Dwarf_Op memory[3], *ops;
  size_t count;
  assert_int_equal(dwarf_frame_cfa(frame, &ops, &count), 0);
  result.cfa = run_operations(ops, count, 0, 0);
  assert_int_equal(dwarf_frame_register(frame, 16, memory, &ops, &count), 0);
  result.outermost = count == 0 && ops == memory;
  result.return_slot = count ? run_operations(ops, count, result.cfa, result.cfa) : 0;
  assert_int_equal(dwarf_frame_register(frame, 6, memory, &ops, &count), 0);
  if (count)
    result.rbp = word_at(run_operations(ops, count, result.cfa, result.cfa));
  return result;
}

static struct result rule_result(uint32_t rule) {
  uint64_t rbp = registers[6], rsp = registers[7], offset = rule_offset(rule);
  uint32_t slot = rule_slot(rule);
  switch (rule_kind(rule)) {
  case RULE_RSP:
  case RULE_RBP: {
    uint64_t cfa = (rule_kind(rule) == RULE_RSP ? rsp : rbp) + offset;
    return (struct result){false, cfa, cfa - 8, slot ? word_at(cfa - 8 * slot) : rbp};
  }
  case RULE_DRAP:
    return (struct result){false, word_at(rbp - offset), word_at(rbp - offset) - 8, word_at(rbp)};
  case RULE_SIGNAL:
    return (struct result){false, word_at(rsp + 160), rsp + 168, word_at(rsp + 120)};
  default:
    return (struct result){.outermost = rule_kind(rule) == RULE_END};
  }
}

/* ---- Rows --------------------------------------------------------------------------------- */

struct tally {
  unsigned rows, kinds[8];
};

static void set_registers(uint64_t pc) {
  for (unsigned i = 0; i < 17; i++)
    registers[i] = word_at(i) & ~15ull;
  registers[16] = pc;
}

static void check_row(const struct cfi_object *object, Dwarf_Frame *frame, uint64_t address,
                      uint64_t bias, struct tally *tally) {
  uint32_t rule = cfi_object_rule(object, address + bias);
  tally->rows++;
  tally->kinds[rule_kind(rule)]++;
  if (rule_kind(rule) == RULE_COMPLEX)
    return;
  assert_int_not_equal(rule_kind(rule), RULE_GUESS);
  set_registers(address);
  struct result expected = elfutils_result(frame), ours = rule_result(rule);
  assert_int_equal(ours.outermost, expected.outermost);
  if (expected.outermost)
    return;
  if (ours.cfa != expected.cfa || ours.return_slot != expected.return_slot ||
      ours.rbp != expected.rbp)
    fail_msg("row at %#lx: rule %#x differs from elfutils' reading", (long)address, rule);
}

static void check_rows(const struct cfi_object *object, Dwarf_CFI *cfi, uint64_t start,
                       uint64_t stop, uint64_t bias, struct tally *tally) {
  for (uint64_t address = start; address < stop;) {
    Dwarf_Frame *frame = NULL;
    Dwarf_Addr row_start, row_stop;
    if (dwarf_cfi_addrframe(cfi, address, &frame) != 0) {
      assert_int_equal(rule_kind(cfi_object_rule(object, address + bias)), RULE_GUESS);
      address++;
      continue;
    }
    assert_int_equal(dwarf_frame_info(frame, &row_start, &row_stop, NULL), 16);
    check_row(object, frame, address, bias, tally);
    check_row(object, frame, row_stop - 1, bias, tally);
    free(frame);
    address = row_stop;
  }
}

static int check_object(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  struct cfi_object object;
  const char *path = info->dlpi_name[0] ? info->dlpi_name : "/proc/self/exe";
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) /* the vdso */
    return 0;
  elf_version(EV_CURRENT);
  Elf *elf = elf_begin(descriptor, ELF_C_READ_MMAP, NULL);
  Dwarf_CFI *cfi = dwarf_getcfi_elf(elf);
  for (int i = 0; cfi && i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X))
      continue;
    assert_true(cfi_object_find(info->dlpi_addr + header->p_vaddr, &object));
    check_rows(&object, cfi, header->p_vaddr, header->p_vaddr + header->p_memsz, info->dlpi_addr,
               data);
  }
  if (cfi)
    dwarf_cfi_end(cfi);
  elf_end(elf);
  close(descriptor);
  return 0;
}

static void rules_equal_elfutils_reading(void **state) {
  (void)state;
  struct tally tally = {0};
  dl_iterate_phdr(check_object, &tally);
  print_message("%u rows: rsp %u rbp %u drap %u signal %u end %u complex %u\n", tally.rows,
                tally.kinds[RULE_RSP], tally.kinds[RULE_RBP], tally.kinds[RULE_DRAP],
                tally.kinds[RULE_SIGNAL], tally.kinds[RULE_END], tally.kinds[RULE_COMPLEX]);
  assert_true(tally.rows > 10000);
  assert_true(tally.kinds[RULE_SIGNAL] > 0);
  assert_true(tally.kinds[RULE_END] > 0);
  assert_true(tally.kinds[RULE_COMPLEX] < tally.rows / 100);
}

static void addresses_without_object(void **state) {
  (void)state;
  struct cfi_object object;
  assert_false(cfi_object_find(0, &object));
  assert_false(cfi_object_find((uintptr_t)&object, &object));
}

/* ---- Damage ------------------------------------------------------------------------------- */

/* A copy of the segment with libc's tables, its end at a page that cannot be read. */
struct copy {
  struct cfi_object object;
  uint8_t *bytes;
  const uint8_t *original;
  size_t size;
  intptr_t moved;
};

static void make_copy(struct copy *copy) {
  struct cfi_object libc;
  assert_true(cfi_object_find((uintptr_t)&qsort, &libc));
  struct cfi_span segment = {0};
  for (unsigned i = 0; i < libc.count; i++)
    if (libc.segments[i].start <= libc.header && libc.header < libc.segments[i].stop)
      segment = libc.segments[i];
  copy->original = libc.header;
  copy->size = (size_t)(segment.stop - libc.header);
  size_t pages = (copy->size + 4095) / 4096 * 4096;
  uint8_t *area =
      mmap(NULL, pages + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal(area, MAP_FAILED);
  assert_int_equal(mprotect(area + pages, 4096, PROT_NONE), 0);
  copy->bytes = area + pages - copy->size;
  copy->moved = copy->bytes - copy->original;
  copy->object = (struct cfi_object){.start = (uintptr_t)copy->bytes,
                                     .stop = (uintptr_t)area + pages,
                                     .header = copy->bytes,
                                     .count = 1,
                                     .segments = {{copy->bytes, area + pages}}};
  memcpy(copy->bytes, copy->original, copy->size);
}

static uint64_t random_state = 0x9e3779b97f4a7c15ull;

static uint64_t random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

static void damage(struct copy *copy, unsigned changes) {
  for (unsigned i = 0; i < changes; i++) {
    uint64_t number = random_number();
    uint8_t value = number & 1 ? 0xff : (uint8_t)(number >> 8);
    copy->bytes[(number >> 16) % copy->size] = value;
  }
}

static unsigned evaluate(const struct copy *copy, unsigned addresses) {
  unsigned guesses = 0;
  struct cfi_object libc;
  assert_true(cfi_object_find((uintptr_t)&qsort, &libc));
  for (unsigned i = 0; i < addresses; i++) {
    uintptr_t address = (uintptr_t)&qsort + random_number() % 0x40000 + (uintptr_t)copy->moved;
    enum rule_kind kind = rule_kind(cfi_object_rule(&copy->object, address));
    assert_true(kind <= RULE_COMPLEX);
    guesses += kind == RULE_GUESS;
  }
  return guesses;
}

static void copies_are_read_like_the_original(void **state) {
  (void)state;
  struct copy copy;
  make_copy(&copy);
  struct cfi_object libc;
  assert_true(cfi_object_find((uintptr_t)&qsort, &libc));
  for (unsigned i = 0; i < 5000; i++) {
    uintptr_t address = (uintptr_t)&qsort + i * 7;
    assert_int_equal(cfi_object_rule(&copy.object, address + (uintptr_t)copy.moved),
                     cfi_object_rule(&libc, address));
  }
}

static void damaged_tables_do_no_harm(void **state) {
  (void)state;
  struct copy copy;
  make_copy(&copy);
  unsigned guesses = 0;
  for (unsigned round = 0; round < 150; round++) {
    memcpy(copy.bytes, copy.original, copy.size);
    damage(&copy, 1u << random_number() % 16);
    guesses += evaluate(&copy, 1000);
  }
  assert_true(guesses > 100); /* the damage was met */
}

static void tables_cut_short_do_no_harm(void **state) {
  (void)state;
  struct copy copy;
  make_copy(&copy);
  for (size_t size = 0; size < 40; size++) {
    copy.object.segments[0].stop = copy.bytes + size;
    assert_int_equal(evaluate(&copy, 10), 10);
  }
  for (unsigned round = 0; round < 50; round++) {
    copy.object.segments[0].stop = copy.bytes + random_number() % copy.size;
    (void)evaluate(&copy, 1000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rules_equal_elfutils_reading),
      cmocka_unit_test(addresses_without_object),
      cmocka_unit_test(copies_are_read_like_the_original),
      cmocka_unit_test(damaged_tables_do_no_harm),
      cmocka_unit_test(tables_cut_short_do_no_harm),
  };
  if (!cfi_start())
    return 77;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
