/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/inlines.h"

#include <dwarf.h>

#define INLINES_DEPTH 192        /* of blocks and inlined functions in each other */
#define INLINES_BUDGET (1 << 20) /* entries looked at for one address: see struct units */

/* The way from a function inwards to an address. */
struct inlines_path {
  Dwarf_Die dies[INLINES_MOST]; /* the function, then what is inlined, outermost first */
  size_t count;
  uint64_t address;
  int budget;
};

/* Blocks that the compiler left without addresses may hold inlined functions that have some. */
static bool inlines_enters(Dwarf_Die *die, int tag, uint64_t address) {
  if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block)
    return false;
  if (dwarf_haspc(die, address) > 0)
    return true;
  return tag == DW_TAG_lexical_block && !dwarf_hasattr(die, DW_AT_low_pc) &&
         !dwarf_hasattr(die, DW_AT_ranges);
}

/* Appends the functions inlined below parent at the address. Returns whether there was one. */
static bool inlines_walk(struct inlines_path *path, Dwarf_Die *parent, int depth) {
  Dwarf_Die die;
  if (depth == INLINES_DEPTH || path->count == INLINES_MOST || dwarf_child(parent, &die) != 0)
    return false;
  do {
    int tag = dwarf_tag(&die);
    if (path->budget-- <= 0)
      return false;
    if (!inlines_enters(&die, tag, path->address))
      continue;
    if (tag == DW_TAG_inlined_subroutine) {
      path->dies[path->count++] = die;
      inlines_walk(path, &die, depth + 1);
      return true;
    }
    if (inlines_walk(path, &die, depth + 1))
      return true;
  } while (dwarf_siblingof(&die, &die) == 0);
  return false;
}

static void inlines_name(struct inline_frame *frame, struct units *units, struct unit *unit,
                         Dwarf_Die *die) {
  frame->linkage = scopes_linkage(die);
  if (!frame->linkage && scopes_matter(&unit->die))
    frame->name = scopes_find(&units->scopes, die);
  else
    frame->name = scopes_attribute(die, DW_AT_name);
}

static uint32_t inlines_number(Dwarf_Die *die, unsigned attribute) {
  Dwarf_Attribute value;
  Dwarf_Word number;
  if (dwarf_formudata(dwarf_attr(die, attribute, &value), &number) != 0 || number > UINT32_MAX)
    return 0;
  return (uint32_t)number;
}

/* Where the call stood that was replaced by the inlined function die. */
static void inlines_call(struct inline_frame *frame, struct unit *unit, Dwarf_Die *die) {
  Dwarf_Files *files;
  size_t count;
  frame->line = inlines_number(die, DW_AT_call_line);
  if (frame->line && dwarf_getsrcfiles(&unit->code, &files, &count) == 0)
    frame->file = dwarf_filesrc(files, inlines_number(die, DW_AT_call_file), NULL, NULL);
}

static void inlines_line(struct inline_frame *frame, struct unit *unit, uint64_t address) {
  int line = 0;
  Dwarf_Line *row = dwarf_getsrc_die(&unit->die, address);
  if (!row)
    return;
  frame->file = dwarf_linesrc(row, NULL, NULL);
  if (dwarf_lineno(row, &line) == 0 && line > 0)
    frame->line = (uint32_t)line;
}

size_t inlines_at(struct units *units, struct unit *unit, Dwarf_Die *function, uint64_t address,
                  struct inline_frame frames[INLINES_MOST]) {
  struct inlines_path path = {.address = address, .budget = INLINES_BUDGET};
  frames[0] = (struct inline_frame){0};
  inlines_line(&frames[0], unit, address);
  if (!function)
    return frames[0].file != NULL;
  path.dies[path.count++] = *function;
  inlines_walk(&path, function, 0);
  for (size_t i = 0; i < path.count; i++) {
    Dwarf_Die *die = &path.dies[path.count - 1 - i];
    inlines_name(&frames[i], units, unit, die);
    if (i + 1 < path.count) {
      frames[i + 1] = (struct inline_frame){0};
      inlines_call(&frames[i + 1], unit, die);
    }
  }
  return path.count;
}
