/* SPDX-License-Identifier: Apache-2.0 */
#include "symbols/binary.h"

#include "symbols/debugfile.h"
#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libdwfl asks for the debug file of a binary, and in the same way for the alternate file (dwz) of
 * a debug file. The latter is left to libdw, which knows its build-id. */
static bool binary_asks_debug(Dwfl_Module *module, const char *name) {
  GElf_Word crc;
  GElf_Addr bias;
  Elf *elf = dwfl_module_getelf(module, &bias);
  const char *own = elf ? dwelf_elf_gnu_debuglink(elf, &crc) : NULL;
  return !name || (own && strcmp(own, name) == 0);
}

/* The signature is libdwfl's. Servers are asked only if the caller allows it and the user has set
 * one up: libdwfl's own search looks for DEBUGINFOD_URLS. */
static int binary_find_debug(Dwfl_Module *module, void **data, const char *module_name,
                             Dwarf_Addr base, const char *file_name, const char *link_name,
                             GElf_Word link_crc, char **path) {
  const struct binary *binary = *data;
  const char *sysroot = binary->options->sysroot;
  const unsigned char *id;
  GElf_Addr id_address;
  if (!binary_asks_debug(module, link_name))
    return -1;
  int bytes = dwfl_module_build_id(module, &id, &id_address);
  int file = bytes > 0 ? debugfile_by_build_id(sysroot, id, (size_t)bytes, path) : -1;
  if (file < 0 && link_name)
    file = debugfile_by_link(sysroot, binary->module->path, link_name, link_crc, path);
  if (file < 0 && binary->options->debuginfod && getenv("DEBUGINFOD_URLS"))
    file = dwfl_standard_find_debuginfo(module, data, module_name, base, file_name, link_name,
                                        link_crc, path);
  return file;
}

/* Binaries are always reported with their file: libdwfl never has to look for one. */
static const Dwfl_Callbacks binary_callbacks = {
    .find_debuginfo = binary_find_debug,
    .section_address = dwfl_offline_section_address,
};

/* Hands file, which it takes, to libdwfl. NULL: it is no executable or library. */
static Dwfl_Module *binary_report(struct binary *binary, const char *path, int file) {
  Dwfl_Module *module = NULL;
  GElf_Ehdr header;
  void **data;
  if ((binary->dwfl = dwfl_begin(&binary_callbacks)))
    module = dwfl_report_elf(binary->dwfl, "module", path, file, 0, true);
  if (!module) {
    close(file);
    return NULL;
  }
  dwfl_report_end(binary->dwfl, NULL, NULL);
  GElf_Addr bias;
  Elf *elf = dwfl_module_getelf(module, &bias);
  if (!elf || !gelf_getehdr(elf, &header) || (header.e_type != ET_EXEC && header.e_type != ET_DYN))
    return NULL;
  dwfl_module_info(module, &data, NULL, NULL, NULL, NULL, NULL, NULL);
  *data = binary;
  return module;
}

/* Whether the file reported is the one that was recorded. A trace without a build-id says nothing
 * against any file. */
static bool binary_matches(struct binary *binary, Dwfl_Module *reported) {
  const struct trace_module *module = binary->module;
  const unsigned char *id;
  GElf_Addr address;
  if (!module->build_id_bytes)
    return true;
  int bytes = dwfl_module_build_id(reported, &id, &address);
  binary->checked = bytes > 0 && (size_t)bytes == module->build_id_bytes &&
                    memcmp(id, module->build_id, module->build_id_bytes) == 0;
  return binary->checked;
}

/* Reports file if it is the module's. *state says why not. */
static Dwfl_Module *binary_try(struct binary *binary, const char *path, int file,
                               enum symbols_state *state) {
  if (file < 0)
    return NULL;
  Dwfl_Module *module = binary_report(binary, path, file);
  *state = SYMBOLS_NONE;
  if (module && binary_matches(binary, module))
    return module;
  if (module)
    *state = SYMBOLS_OTHER_BUILD;
  dwfl_end(binary->dwfl);
  binary->dwfl = NULL;
  return NULL;
}

/* The binary itself, else its debug file, which has the same names: the binary may have been
 * replaced, or be inside a container. */
static Dwfl_Module *binary_find(struct binary *binary, enum symbols_state *state) {
  const struct trace_module *wanted = binary->module;
  const char *sysroot = binary->options->sysroot;
  enum symbols_state other;
  char *path = NULL;
  *state = SYMBOLS_NO_FILE;
  if (!wanted->path || !strchr(wanted->path, '/')) /* the vdso and the like */
    return NULL;
  Dwfl_Module *module =
      binary_try(binary, wanted->path, debugfile_open(sysroot, wanted->path), state);
  if (!module && wanted->build_id_bytes) {
    int file = debugfile_by_build_id(sysroot, wanted->build_id, wanted->build_id_bytes, &path);
    module = binary_try(binary, path, file, &other);
    free(path);
  }
  return module;
}

static void binary_read_code(struct binary *binary, Dwfl_Module *module) {
  GElf_Phdr header;
  GElf_Addr bias;
  size_t count;
  Elf *elf = dwfl_module_getelf(module, &bias);
  if (!elf || elf_getphdrnum(elf, &count) != 0)
    return;
  for (size_t i = 0; i < count; i++)
    if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_LOAD && header.p_flags & PF_X) {
      binary->code = (struct symbols_code){header.p_vaddr, header.p_memsz, header.p_offset};
      return;
    }
}

static void binary_read(struct binary *binary, Dwfl_Module *module) {
  binary_read_code(binary, module);
  names_read(&binary->names, module);
  Dwarf *dwarf = dwfl_module_getdwarf(module, &binary->dwarf_bias);
  if (dwarf)
    units_read(&binary->units, dwarf);
  const char *main_file = NULL, *debug_file = NULL;
  dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, &main_file, &debug_file);
  const char *source = debug_file ? debug_file : main_file;
  binary->source = source ? strdup(source) : NULL;
}

enum symbols_state binary_open(struct binary *binary, const struct trace_module *module,
                               const struct symbols_options *options) {
  enum symbols_state state;
  *binary = (struct binary){.module = module, .options = options};
  Dwfl_Module *found = binary_find(binary, &state);
  if (!found)
    return state;
  binary_read(binary, found);
  if (binary->units.ranges.count)
    return SYMBOLS_FULL;
  return binary->names.count ? SYMBOLS_NAMES : SYMBOLS_NONE;
}

void binary_place(struct binary *binary, uint64_t address, struct binary_place *place) {
  uint64_t entry = address - binary->dwarf_bias;
  struct unit *unit = units_find(&binary->units, entry);
  Dwarf_Die *function = unit ? units_function(&binary->units, unit, entry) : NULL;
  Dwarf_Addr start = 0;
  place->symbol = names_find(&binary->names, address);
  place->frame_count = unit ? inlines_at(&binary->units, unit, function, entry, place->frames) : 0;
  place->function_start = 0;
  if (place->symbol)
    place->function_start = place->symbol->start;
  else if (function && dwarf_entrypc(function, &start) == 0)
    place->function_start = start + binary->dwarf_bias;
}

void binary_close(struct binary *binary) {
  units_release(&binary->units);
  names_release(&binary->names);
  dwfl_end(binary->dwfl);
  free(binary->source);
  *binary = (struct binary){0};
}
