/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/units.h"

#include <dwarf.h>
#include <stdlib.h>

#define UNITS_BUDGET (1u << 28) /* more entries than the largest binaries have */
#define UNITS_DEPTH 64          /* of namespaces, classes and functions in each other */

/* Adds the code of die. Code that the linker dropped is left at address 0. */
static bool units_add_ranges(struct ranges *ranges, Dwarf_Die *die, uint32_t item) {
  Dwarf_Addr base, start, stop;
  ptrdiff_t next = 0;
  while ((next = dwarf_ranges(die, next, &base, &start, &stop)) > 0)
    if (start && !ranges_add(ranges, start, stop, item))
      return false;
  return true;
}

/* Makes room for one more row of bytes each. */
static void *units_room(void *rows, size_t count, size_t *capacity, size_t bytes) {
  if (count < *capacity)
    return rows;
  size_t wanted = *capacity ? *capacity * 2 : 16;
  void *grown = reallocarray(rows, wanted, bytes);
  if (grown)
    *capacity = wanted;
  return grown;
}

static bool units_add(struct units *units, Dwarf_Die *die, Dwarf_Die *split) {
  void *rows = units_room(units->rows, units->count, &units->capacity, sizeof *units->rows);
  if (!rows)
    return false;
  units->rows = rows;
  units->rows[units->count] = (struct unit){.die = *die, .code = split->addr ? *split : *die};
  return units_add_ranges(&units->ranges, die, (uint32_t)units->count++);
}

bool units_read(struct units *units, Dwarf *dwarf) {
  Dwarf_CU *unit = NULL;
  Dwarf_Die die, split;
  units->budget = UNITS_BUDGET;
  while (dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, &split) == 0)
    if (!units_add(units, &die, &split))
      return false;
  ranges_finish(&units->ranges);
  return true;
}

struct unit *units_find(struct units *units, uint64_t address) {
  const struct range *range = ranges_find(&units->ranges, address);
  return range ? &units->rows[range->item] : NULL;
}

static bool units_add_function(struct unit *unit, Dwarf_Die *die) {
  size_t before = unit->ranges.count;
  if (!units_add_ranges(&unit->ranges, die, (uint32_t)unit->function_count))
    return false;
  if (unit->ranges.count == before) /* a declaration, or the abstract form of an inlined one */
    return true;
  void *rows = units_room(unit->functions, unit->function_count, &unit->function_capacity,
                          sizeof *unit->functions);
  if (!rows)
    return false;
  unit->functions = rows;
  unit->functions[unit->function_count++] = *die;
  return true;
}

/* Whether functions stand inside entries of this kind. */
static bool units_holds_functions(int tag) {
  switch (tag) {
  case DW_TAG_namespace:
  case DW_TAG_module:
  case DW_TAG_class_type:
  case DW_TAG_structure_type:
  case DW_TAG_union_type:
  case DW_TAG_enumeration_type:
  case DW_TAG_subprogram:
  case DW_TAG_lexical_block:
    return true;
  default:
    return false;
  }
}

/* Adds the functions below parent. false: no memory. */
static bool units_walk(struct units *units, struct unit *unit, Dwarf_Die *parent, int depth) {
  Dwarf_Die die;
  if (depth == UNITS_DEPTH || dwarf_child(parent, &die) != 0)
    return true;
  do {
    if (units->budget == 0)
      return true;
    units->budget--;
    int tag = dwarf_tag(&die);
    if (tag == DW_TAG_subprogram && !units_add_function(unit, &die))
      return false;
    if (units_holds_functions(tag) && !units_walk(units, unit, &die, depth + 1))
      return false;
  } while (dwarf_siblingof(&die, &die) == 0);
  return true;
}

Dwarf_Die *units_function(struct units *units, struct unit *unit, uint64_t address) {
  if (!unit->indexed) {
    unit->indexed = true;
    units_walk(units, unit, &unit->code, 0);
    ranges_finish(&unit->ranges);
  }
  const struct range *range = ranges_find(&unit->ranges, address);
  return range && range->item < unit->function_count ? &unit->functions[range->item] : NULL;
}

void units_release(struct units *units) {
  for (size_t i = 0; i < units->count; i++) {
    free(units->rows[i].functions);
    ranges_release(&units->rows[i].ranges);
  }
  free(units->rows);
  ranges_release(&units->ranges);
  scopes_release(&units->scopes);
  *units = (struct units){0};
}
