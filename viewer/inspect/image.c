/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/image.h"

#include "symbols/debugfile.h"

#include <gelf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool image_open(struct image *image, const char *root, const char *path) {
  elf_version(EV_CURRENT);
  int file = debugfile_open(root, path);
  if (file < 0)
    return false;
  Elf *elf = elf_begin(file, ELF_C_READ_MMAP, NULL);
  char *name = strdup(path);
  if (elf && name && elf_kind(elf) == ELF_K_ELF) {
    *image = (struct image){name, file, elf};
    return true;
  }
  elf_end(elf);
  free(name);
  close(file);
  return false;
}

void image_close(struct image *image) {
  elf_end(image->elf);
  free(image->path);
  close(image->file);
}

const char *image_name(const struct image *image) {
  const char *slash = strrchr(image->path, '/');
  return slash ? slash + 1 : image->path;
}

bool image_is_native(const struct image *image) {
  GElf_Ehdr head;
  return gelf_getehdr(image->elf, &head) && head.e_ident[EI_CLASS] == ELFCLASS64 &&
         head.e_machine == EM_X86_64;
}

/* ---- Segments and sections ---- */

static bool image_segment(const struct image *image, unsigned type, GElf_Phdr *segment) {
  size_t count = 0;
  elf_getphdrnum(image->elf, &count);
  for (size_t i = 0; i < count; i++)
    if (gelf_getphdr(image->elf, (int)i, segment) && segment->p_type == type)
      return true;
  return false;
}

bool image_has_segment(const struct image *image, unsigned type) {
  GElf_Phdr segment;
  return image_segment(image, type, &segment);
}

bool image_interpreter(const struct image *image, char *text, size_t text_bytes) {
  GElf_Phdr segment;
  if (!image_segment(image, PT_INTERP, &segment) || segment.p_filesz >= text_bytes)
    return false;
  ssize_t got = pread(image->file, text, segment.p_filesz, (off_t)segment.p_offset);
  if (got <= 0)
    return false;
  text[got] = '\0';
  return true;
}

static Elf_Scn *image_section(const struct image *image, const char *name) {
  size_t names = 0;
  if (elf_getshdrstrndx(image->elf, &names) != 0)
    return NULL;
  for (Elf_Scn *section = elf_nextscn(image->elf, NULL); section;
       section = elf_nextscn(image->elf, section)) {
    GElf_Shdr head;
    const char *is =
        gelf_getshdr(section, &head) ? elf_strptr(image->elf, names, head.sh_name) : NULL;
    if (is && !strcmp(is, name))
      return section;
  }
  return NULL;
}

bool image_has_section(const struct image *image, const char *name) {
  return image_section(image, name);
}

static Elf_Scn *image_section_of_type(const struct image *image, unsigned type, GElf_Shdr *head) {
  for (Elf_Scn *section = elf_nextscn(image->elf, NULL); section;
       section = elf_nextscn(image->elf, section))
    if (gelf_getshdr(section, head) && head->sh_type == type)
      return section;
  return NULL;
}

bool image_holds(const struct image *image, const char *text) {
  Elf_Scn *section = image_section(image, ".rodata");
  Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
  return data && data->d_buf && memmem(data->d_buf, data->d_size, text, strlen(text));
}

/* ---- Dynamic entries ---- */

void image_each_dynamic(const struct image *image, long tag,
                        bool (*visit)(const char *text, void *data), void *data) {
  GElf_Shdr head;
  Elf_Scn *section = image_section_of_type(image, SHT_DYNAMIC, &head);
  Elf_Data *table = section ? elf_getdata(section, NULL) : NULL;
  GElf_Dyn entry;
  for (int i = 0; table && gelf_getdyn(table, i, &entry) && entry.d_tag != DT_NULL; i++) {
    const char *text =
        entry.d_tag == tag ? elf_strptr(image->elf, head.sh_link, entry.d_un.d_val) : NULL;
    if (text && !visit(text, data))
      return;
  }
}

/* ---- Symbols ---- */

static bool image_symbol_is(const GElf_Sym *symbol, enum image_symbols which) {
  if (which == IMAGE_IMPORTED)
    return symbol->st_shndx == SHN_UNDEF;
  return symbol->st_shndx != SHN_UNDEF && symbol->st_value != 0;
}

static const char *image_among(const char *const *names, const char *name) {
  for (; *names; names++)
    if (!strcmp(*names, name))
      return *names;
  return NULL;
}

const char *image_symbol(const struct image *image, enum image_symbols which,
                         const char *const *names) {
  GElf_Shdr head;
  Elf_Scn *section =
      image_section_of_type(image, which == IMAGE_DEFINED ? SHT_SYMTAB : SHT_DYNSYM, &head);
  Elf_Data *table = section ? elf_getdata(section, NULL) : NULL;
  GElf_Sym symbol;
  for (int i = 0; table && gelf_getsym(table, i, &symbol); i++) {
    if (!image_symbol_is(&symbol, which))
      continue;
    const char *name = elf_strptr(image->elf, head.sh_link, symbol.st_name);
    const char *found = name ? image_among(names, name) : NULL;
    if (found)
      return found;
  }
  return NULL;
}

/* ---- Debug information ---- */

/* Whether a file was opened; closes it and frees its path. */
static bool image_is_there(int file, char *path) {
  if (file < 0)
    return false;
  close(file);
  free(path);
  return true;
}

static bool image_debug_by_build_id(const struct image *image, const char *root) {
  Elf_Scn *section = image_section(image, ".note.gnu.build-id");
  Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
  GElf_Nhdr note;
  size_t name, description;
  if (!data || !gelf_getnote(data, 0, &note, &name, &description))
    return false;
  char *path = NULL;
  int file =
      debugfile_by_build_id(root, (const uint8_t *)data->d_buf + description, note.n_descsz, &path);
  return image_is_there(file, path);
}

static bool image_debug_by_link(const struct image *image, const char *root) {
  Elf_Scn *section = image_section(image, ".gnu_debuglink");
  Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
  if (!data || data->d_size < 8 || strnlen(data->d_buf, data->d_size) > data->d_size - 5)
    return false;
  uint32_t crc;
  memcpy(&crc, (const char *)data->d_buf + data->d_size - sizeof crc, sizeof crc);
  char *path = NULL;
  int file = debugfile_by_link(root, image->path, data->d_buf, crc, &path);
  return image_is_there(file, path);
}

bool image_is_debuggable(const struct image *image, const char *root) {
  return image_has_section(image, ".debug_info") || image_has_section(image, ".zdebug_info") ||
         image_debug_by_build_id(image, root) || image_debug_by_link(image, root);
}
