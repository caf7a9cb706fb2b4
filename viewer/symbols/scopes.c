/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/scopes.h"

#include "symbols/demangle.h"
#include <dwarf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SCOPES_DEPTH 64       /* of scopes in each other */
#define SCOPES_CHAIN 16       /* from an instance to its declaration */
#define SCOPES_BYTES 4096     /* of a name; a longer one is cut */
#define SCOPES_STEPS 10000000 /* entries passed on the way: damaged DWARF may lead in circles */

/* The entries around a function, outermost first, itself last. */
struct scopes_path {
  Dwarf_Die dies[SCOPES_DEPTH];
  int count;
};

bool scopes_matter(Dwarf_Die *unit) {
  switch (dwarf_srclang(unit)) {
  case DW_LANG_C:
  case DW_LANG_C89:
  case DW_LANG_C99:
  case DW_LANG_C11:
  case DW_LANG_Mips_Assembler:
    return false;
  default:
    return true;
  }
}

const char *scopes_attribute(Dwarf_Die *die, unsigned attribute) {
  Dwarf_Attribute value;
  return dwarf_formstring(dwarf_attr_integrate(die, attribute, &value));
}

const char *scopes_linkage(Dwarf_Die *die) {
  const char *linkage = scopes_attribute(die, DW_AT_linkage_name);
  return linkage ? linkage : scopes_attribute(die, DW_AT_MIPS_linkage_name);
}

/* From an instance to the entry that stands in the scope. */
static Dwarf_Die scopes_declaration(Dwarf_Die die) {
  Dwarf_Attribute reference;
  for (int i = 0; i < SCOPES_CHAIN; i++) {
    Dwarf_Die next;
    if (!dwarf_attr(&die, DW_AT_abstract_origin, &reference) &&
        !dwarf_attr(&die, DW_AT_specification, &reference))
      break;
    if (!dwarf_formref_die(&reference, &next))
      break;
    die = next;
  }
  return die;
}

/* Walks from the unit to the entry: what an entry holds lies before its next sibling. */
static bool scopes_walk(struct scopes_path *path, Dwarf_Die *wanted) {
  Dwarf_Off offset = dwarf_dieoffset(wanted);
  Dwarf_Die die, next;
  path->count = 0;
  if (!dwarf_diecu(wanted, &next, NULL, NULL) || dwarf_child(&next, &die) != 0)
    return false;
  for (int steps = 0; steps < SCOPES_STEPS && path->count < SCOPES_DEPTH; steps++) {
    if (dwarf_siblingof(&die, &next) == 0 && dwarf_dieoffset(&next) <= offset) {
      die = next;
      continue;
    }
    path->dies[path->count++] = die;
    if (dwarf_dieoffset(&die) == offset)
      return true;
    if (dwarf_child(&die, &next) != 0)
      return false;
    die = next;
  }
  return false;
}

static const char *scopes_one(Dwarf_Die *die) {
  const char *name = scopes_attribute(die, DW_AT_name);
  switch (dwarf_tag(die)) {
  case DW_TAG_namespace:
    return name ? name : "(anonymous namespace)";
  case DW_TAG_class_type:
  case DW_TAG_structure_type:
  case DW_TAG_union_type:
    return name ? name : "(anonymous class)";
  case DW_TAG_subprogram:
  case DW_TAG_module:
  case DW_TAG_enumeration_type:
    return name;
  default:
    return NULL; /* blocks have no name */
  }
}

static void scopes_append(char text[SCOPES_BYTES], const char *name) {
  size_t used = strlen(text);
  if (used)
    used += (size_t)(stpncpy(text + used, "::", SCOPES_BYTES - 1 - used) - (text + used));
  strncpy(text + used, name, SCOPES_BYTES - 1 - used);
  text[SCOPES_BYTES - 1] = '\0';
}

/* A function around it whose linkage name is known has all that is further out in its name. */
static void scopes_write(char text[SCOPES_BYTES], struct scopes_path *path) {
  char readable[DEMANGLE_BYTES];
  memset(text, 0, SCOPES_BYTES);
  for (int i = 0; i < path->count; i++) {
    Dwarf_Die *die = &path->dies[i];
    const char *linkage = dwarf_tag(die) == DW_TAG_subprogram ? scopes_linkage(die) : NULL;
    const char *name = scopes_one(die);
    if (linkage && demangle(linkage, readable)) {
      memset(text, 0, SCOPES_BYTES);
      name = readable;
    }
    if (name)
      scopes_append(text, name);
  }
}

static struct scopes_name *scopes_slot(struct scopes_name *names, size_t capacity,
                                       const void *die) {
  size_t i = ((uintptr_t)die * 0x9e3779b97f4a7c15u >> 32) & (capacity - 1);
  while (names[i].die && names[i].die != die)
    i = (i + 1) & (capacity - 1);
  return &names[i];
}

static bool scopes_grow(struct scopes *scopes) {
  size_t capacity = scopes->capacity ? scopes->capacity * 2 : 64;
  struct scopes_name *names = calloc(capacity, sizeof *names);
  if (!names)
    return false;
  for (size_t i = 0; i < scopes->capacity; i++)
    if (scopes->names[i].die)
      *scopes_slot(names, capacity, scopes->names[i].die) = scopes->names[i];
  free(scopes->names);
  scopes->names = names;
  scopes->capacity = capacity;
  return true;
}

const char *scopes_find(struct scopes *scopes, Dwarf_Die *die) {
  struct scopes_path path;
  char text[SCOPES_BYTES];
  Dwarf_Die wanted = scopes_declaration(*die);
  if (!dwarf_diename(&wanted) || (scopes->count >= scopes->capacity / 2 && !scopes_grow(scopes)))
    return scopes_attribute(die, DW_AT_name);
  struct scopes_name *name = scopes_slot(scopes->names, scopes->capacity, wanted.addr);
  if (name->die)
    return name->text;
  const char *found = dwarf_diename(&wanted);
  if (scopes_walk(&path, &wanted)) {
    scopes_write(text, &path);
    found = texts_keep(&scopes->texts, text);
  }
  *name = (struct scopes_name){wanted.addr, found};
  scopes->count++;
  return found;
}

void scopes_release(struct scopes *scopes) {
  texts_release(&scopes->texts);
  free(scopes->names);
  *scopes = (struct scopes){0};
}
