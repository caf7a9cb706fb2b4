/* SPDX-License-Identifier: Apache-2.0 */
#include "cfi.h"

#include "dwarf.h"
#include "expression.h"
#include "row.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

/* Program headers are looked for in the first page of an object, where every linker puts them. */
#define FIRST_PAGE 4096u

typedef int find_object_function(void *address, struct dl_find_object *result);
static find_object_function *find_object;

bool cfi_start(void) {
  find_object = (find_object_function *)dlsym(RTLD_DEFAULT, "_dl_find_object");
  return find_object != NULL;
}

/* ---- The object --------------------------------------------------------------------------- */

struct headers {
  const ElfW(Phdr) * first;
  size_t count;
};

/* The executable's stand where the kernel says: it may be mapped with gaps, and then the loader
 * says of each part that it is all. */
static struct headers executable_headers(void) {
  return (struct headers){(const ElfW(Phdr) *)getauxval(AT_PHDR), getauxval(AT_PHNUM)};
}

/* A library's stand behind the ELF header that it begins with. */
static struct headers library_headers(uintptr_t start) {
  const ElfW(Ehdr) *elf = (const ElfW(Ehdr) *)start;
  if (memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 || elf->e_phoff > FIRST_PAGE ||
      elf->e_phoff + (uint64_t)elf->e_phnum * sizeof(ElfW(Phdr)) > FIRST_PAGE)
    return (struct headers){NULL, 0};
  return (struct headers){(const ElfW(Phdr) *)(start + elf->e_phoff), elf->e_phnum};
}

static void add_segments(struct cfi_object *object, const struct headers *headers, uintptr_t bias) {
  for (size_t i = 0; i < headers->count && object->count < CFI_SEGMENTS; i++) {
    const ElfW(Phdr) *header = &headers->first[i];
    const uint8_t *start = (const uint8_t *)(bias + header->p_vaddr);
    if (header->p_type == PT_LOAD && header->p_flags & PF_R)
      object->segments[object->count++] = (struct cfi_span){start, start + header->p_filesz};
  }
}

static bool is_executable(const struct link_map *map) {
  return !map->l_prev && map->l_name && map->l_name[0] == 0;
}

bool cfi_object_find(uintptr_t address, struct cfi_object *object) {
  struct dl_find_object found;
  if (find_object((void *)address, &found) != 0)
    return false;
  object->start = (uintptr_t)found.dlfo_map_start;
  object->stop = (uintptr_t)found.dlfo_map_end;
  object->header = found.dlfo_eh_frame;
  object->count = 0;
  if (object->header) {
    struct headers headers =
        is_executable(found.dlfo_link_map) ? executable_headers() : library_headers(object->start);
    add_segments(object, &headers, found.dlfo_link_map->l_addr);
  }
  return true;
}

/* A reader from an address to the end of the segment that holds it. */
static bool read_at(const struct cfi_object *object, const uint8_t *at,
                    struct dwarf_reader *reader) {
  for (unsigned i = 0; i < object->count; i++) {
    const struct cfi_span *segment = &object->segments[i];
    if (segment->start <= at && at < segment->stop) {
      *reader = (struct dwarf_reader){at, segment->stop, false};
      return true;
    }
  }
  return false;
}

/* ---- The search table --------------------------------------------------------------------- */

struct search_entry {
  int32_t start, description; /* relative to the header */
};

struct search_table {
  const uint8_t *entries;
  uint64_t count;
};

/* Version 1 with a sorted table of relative 4-byte pairs is what all linkers write. */
static bool read_header(const struct cfi_object *object, struct search_table *table) {
  struct dwarf_reader reader;
  if (!object->header || !read_at(object, object->header, &reader))
    return false;
  uint8_t version = dwarf_u8(&reader), frames = dwarf_u8(&reader);
  uint8_t count = dwarf_u8(&reader), entries = dwarf_u8(&reader);
  uintptr_t base = (uintptr_t)object->header, ignored;
  if (version != 1 || entries != 0x3b || !dwarf_pointer(&reader, frames, base, &ignored) ||
      !dwarf_pointer(&reader, count, base, &table->count) || reader.bad)
    return false;
  table->entries = reader.at;
  return table->count <= (uint64_t)(reader.stop - reader.at) / sizeof(struct search_entry);
}

static struct search_entry entry_at(const struct search_table *table, uint64_t i) {
  struct search_entry entry;
  memcpy(&entry, table->entries + i * sizeof entry, sizeof entry);
  return entry;
}

/* The description (FDE) whose start is the last at or before address; NULL: none. */
static const uint8_t *find_description(const struct cfi_object *object, uintptr_t address) {
  struct search_table table;
  if (!read_header(object, &table) || table.count == 0)
    return NULL;
  int64_t relative = (int64_t)(address - (uintptr_t)object->header);
  uint64_t low = 0, high = table.count;
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    if (entry_at(&table, middle).start <= relative)
      low = middle;
    else
      high = middle;
  }
  struct search_entry entry = entry_at(&table, low);
  return entry.start <= relative ? object->header + entry.description : NULL;
}

/* ---- Descriptions ------------------------------------------------------------------------- */

/* The common part (CIE) of descriptions. */
struct common {
  struct row_scale scale;
  uint64_t return_register;
  bool augmented;
  struct dwarf_reader instructions;
};

enum outcome { SOUND, UNSUPPORTED, DAMAGED };

static enum outcome damaged_or(bool bad, enum outcome otherwise) {
  return bad ? DAMAGED : otherwise;
}

/* Opens the record at an address: length, then its content as a reader. */
static enum outcome open_record(const struct cfi_object *object, const uint8_t *at,
                                struct dwarf_reader *record) {
  struct dwarf_reader reader;
  if (!read_at(object, at, &reader))
    return DAMAGED;
  uint32_t length = dwarf_u32(&reader);
  if (length == 0xffffffffu) /* 64-bit DWARF */
    return UNSUPPORTED;
  *record = dwarf_part(&reader, length);
  return damaged_or(reader.bad || length == 0, SOUND);
}

static enum outcome read_augmentation(struct common *common, const uint8_t *text,
                                      struct dwarf_reader *data) {
  uintptr_t ignored;
  for (; *text; text++) {
    switch (*text) {
    case 'R':
      common->scale.encoding = dwarf_u8(data);
      break;
    case 'L':
      (void)dwarf_u8(data);
      break;
    case 'P': /* its value is not wanted, only its size: as if absolute and direct */
      if (!dwarf_pointer(data, dwarf_u8(data) & DWARF_FORMAT_MASK, 0, &ignored))
        return UNSUPPORTED;
      break;
    case 'S':
    case 'B':
      break;
    default: /* unknown: nothing behind it can be read, and it may change the meaning */
      return UNSUPPORTED;
    }
  }
  return damaged_or(data->bad, SOUND);
}

/* The augmentation text, checked to end inside the record. */
static const uint8_t *read_text(struct dwarf_reader *record) {
  const uint8_t *text = record->at;
  while (dwarf_u8(record) && !record->bad)
    ;
  return text;
}

static enum outcome read_common(const struct cfi_object *object, const uint8_t *at,
                                struct common *common) {
  struct dwarf_reader record;
  enum outcome opened = open_record(object, at, &record);
  if (opened != SOUND)
    return opened;
  if (dwarf_u32(&record) != 0) /* the mark of a CIE */
    return DAMAGED;
  uint8_t version = dwarf_u8(&record);
  const uint8_t *text = read_text(&record);
  common->scale.code = dwarf_uleb(&record);
  common->scale.data = dwarf_sleb(&record);
  common->scale.encoding = 0;
  common->return_register = version == 1 ? dwarf_u8(&record) : dwarf_uleb(&record);
  if (record.bad)
    return DAMAGED;
  if ((version != 1 && version != 3) || (*text && *text != 'z'))
    return UNSUPPORTED;
  common->augmented = *text == 'z';
  if (common->augmented) {
    struct dwarf_reader data = dwarf_part(&record, dwarf_uleb(&record));
    enum outcome read = read_augmentation(common, text + 1, &data);
    if (read != SOUND)
      return read;
  }
  common->instructions = record;
  return damaged_or(record.bad, SOUND);
}

struct description {
  struct common common;
  uintptr_t start, stop;
  struct dwarf_reader instructions;
};

static enum outcome read_description(const struct cfi_object *object, const uint8_t *at,
                                     struct description *description) {
  struct dwarf_reader record;
  enum outcome result = open_record(object, at, &record);
  if (result != SOUND)
    return result;
  const uint8_t *here = record.at;
  struct common *common = &description->common;
  result = read_common(object, here - dwarf_u32(&record), common);
  if (result != SOUND)
    return result;
  uintptr_t bytes = 0;
  uint8_t encoding = common->scale.encoding;
  if (!dwarf_pointer(&record, encoding, 0, &description->start) ||
      !dwarf_pointer(&record, encoding & DWARF_FORMAT_MASK, 0, &bytes))
    return UNSUPPORTED;
  description->stop = description->start + bytes;
  if (common->augmented)
    dwarf_skip(&record, dwarf_uleb(&record));
  description->instructions = record;
  return damaged_or(record.bad, SOUND);
}

static enum outcome of_row_result(enum row_result result) {
  if (result == ROW_DONE)
    return SOUND;
  return result == ROW_DAMAGED ? DAMAGED : UNSUPPORTED;
}

static enum outcome find_row(const struct description *description, uintptr_t address,
                             struct row *row) {
  const struct common *common = &description->common;
  *row = (struct row){.ra.how = ROW_SAME, .cfa.how = ROW_UNSUPPORTED};
  enum row_result result =
      row_execute(row, common->instructions, &common->scale, 0, UINTPTR_MAX, NULL);
  if (result != ROW_DONE)
    return of_row_result(result);
  struct row initial = *row;
  return of_row_result(row_execute(row, description->instructions, &common->scale,
                                   description->start, address, &initial));
}

/* ---- From a row to a rule ----------------------------------------------------------------- */

static bool evaluates_to(const struct row_cell *cell, uintptr_t pc, enum expression_form form,
                         uint8_t base, int64_t number) {
  struct expression_value value;
  return cell->how == ROW_EXPRESSION &&
         expression_evaluate(cell->bytes, cell->length, pc, &value) && value.form == form &&
         value.base == base && value.number == number;
}

static bool usable_offset(int64_t offset) {
  return offset >= 0 && offset < (int64_t)RULE_OFFSET_STOP && offset % 8 == 0;
}

static bool return_below_cfa(const struct row *row) {
  return row->ra.how == ROW_OFFSET && row->ra.number == -8;
}

/* The slot of rbp in a rule; false: elsewhere than a rule can say. */
static bool rbp_slot(const struct row_cell *rbp, uint32_t *slot) {
  *slot = 0;
  if (rbp->how == ROW_SAME || rbp->how == ROW_UNDEFINED)
    return true;
  if (rbp->how != ROW_OFFSET || rbp->number > -16 || rbp->number < -8 * (int64_t)RULE_SLOT_MOST ||
      rbp->number % 8 != 0)
    return false;
  *slot = (uint32_t)(-rbp->number / 8);
  return true;
}

static uint32_t plain_rule(const struct row *row, uint8_t base, int64_t offset) {
  uint32_t slot;
  if (!usable_offset(offset) || offset < 8 || !return_below_cfa(row) || !rbp_slot(&row->rbp, &slot))
    return RULE_COMPLEX;
  if (base == ROW_RSP)
    return rule_make(RULE_RSP, slot, (uint32_t)offset);
  return base == ROW_RBP ? rule_make(RULE_RBP, slot, (uint32_t)offset) : (uint32_t)RULE_COMPLEX;
}

/* __restore_rt: the kernel's ucontext stands at rsp (offsets of its gregs). */
static bool is_signal_row(const struct row *row, uintptr_t pc) {
  return evaluates_to(&row->cfa, pc, EXPRESSION_WORD, ROW_RSP, 160) &&
         evaluates_to(&row->ra, pc, EXPRESSION_REGISTER, ROW_RSP, 168) &&
         evaluates_to(&row->rbp, pc, EXPRESSION_REGISTER, ROW_RSP, 120);
}

/* GCC's stack realignment: the CFA was saved below rbp, rbp saved where rbp points. */
static bool is_realigned_row(const struct row *row, uintptr_t pc,
                             const struct expression_value *cfa) {
  return cfa->form == EXPRESSION_WORD && cfa->base == ROW_RBP && cfa->number < 0 &&
         usable_offset(-cfa->number) && return_below_cfa(row) &&
         evaluates_to(&row->rbp, pc, EXPRESSION_REGISTER, ROW_RBP, 0);
}

static uint32_t expression_rule(const struct row *row, uintptr_t pc) {
  struct expression_value cfa;
  if (!expression_evaluate(row->cfa.bytes, row->cfa.length, pc, &cfa))
    return RULE_COMPLEX;
  if (cfa.form == EXPRESSION_REGISTER) /* a PLT entry */
    return plain_rule(row, cfa.base, cfa.number);
  if (is_realigned_row(row, pc, &cfa))
    return rule_make(RULE_DRAP, 0, (uint32_t)-cfa.number);
  return is_signal_row(row, pc) ? (uint32_t)RULE_SIGNAL : (uint32_t)RULE_COMPLEX;
}

static uint32_t row_rule(const struct row *row, uintptr_t pc) {
  if (row->ra.how == ROW_UNDEFINED)
    return RULE_END;
  if (row->cfa.how == ROW_REGISTER)
    return plain_rule(row, row->cfa.base, row->cfa.number);
  return row->cfa.how == ROW_EXPRESSION ? expression_rule(row, pc) : (uint32_t)RULE_COMPLEX;
}

static uint32_t guess_rule(void) {
  return rule_make(RULE_GUESS, 0, 8);
}

uint32_t cfi_object_rule(const struct cfi_object *object, uintptr_t address) {
  const uint8_t *at = find_description(object, address);
  if (!at)
    return guess_rule();
  struct description description;
  enum outcome result = read_description(object, at, &description);
  if (result == SOUND && address - description.start >= description.stop - description.start)
    return guess_rule();
  struct row row;
  if (result == SOUND)
    result = find_row(&description, address, &row);
  if (result != SOUND)
    return result == DAMAGED ? guess_rule() : (uint32_t)RULE_COMPLEX;
  return description.common.return_register == ROW_RA ? row_rule(&row, address)
                                                      : (uint32_t)RULE_COMPLEX;
}
