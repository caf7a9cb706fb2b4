/* SPDX-License-Identifier: Apache-2.0 */
#include "attach/library.h"

#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <seep/attach.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The entry ---- */

static uint64_t library_symbol(Elf *elf, const char *name) {
  for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
    GElf_Shdr head;
    if (!gelf_getshdr(section, &head) || head.sh_type != SHT_DYNSYM)
      continue;
    Elf_Data *table = elf_getdata(section, NULL);
    GElf_Sym symbol;
    for (int i = 0; table && gelf_getsym(table, i, &symbol); i++) {
      const char *is = elf_strptr(elf, head.sh_link, symbol.st_name);
      if (is && !strcmp(is, name) && symbol.st_shndx != SHN_UNDEF)
        return symbol.st_value;
    }
  }
  return 0;
}

uint64_t library_entry(const char *path) {
  elf_version(EV_CURRENT);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  Elf *elf = elf_begin(file, ELF_C_READ_MMAP, NULL);
  uint64_t entry = elf ? library_symbol(elf, SEEP_ATTACH_ENTRY) : 0;
  elf_end(elf);
  close(file);
  return entry;
}

/* ---- Its place ---- */

/* Its user may be another: then every directory must be open to all. */
static bool library_is_open_to_all(const char *path) {
  char part[PATH_MAX];
  struct stat is;
  if (strlen(path) >= sizeof part || stat(path, &is) != 0 || !(is.st_mode & S_IROTH))
    return false;
  strcpy(part, path);
  for (char *slash = strrchr(part, '/'); slash && slash != part; slash = strrchr(part, '/')) {
    *slash = '\0';
    if (stat(part, &is) != 0 || !(is.st_mode & S_IXOTH))
      return false;
  }
  return true;
}

bool library_is_seen(pid_t pid, const char *path) {
  char there[PATH_MAX + 64];
  struct stat a, b;
  snprintf(there, sizeof there, "/proc/%d/root%s", (int)pid, path);
  return stat(path, &a) == 0 && stat(there, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino && library_is_open_to_all(path);
}

bool library_copy(const char *path, pid_t pid, int descriptor) {
  char there[64];
  struct stat is;
  snprintf(there, sizeof there, "/proc/%d/fd/%d", (int)pid, descriptor);
  int from = open(path, O_RDONLY | O_CLOEXEC), to = open(there, O_WRONLY | O_CLOEXEC);
  bool whole = from >= 0 && to >= 0 && fstat(from, &is) == 0;
  for (off_t at = 0; whole && at < is.st_size;)
    whole = sendfile(to, from, &at, (size_t)(is.st_size - at)) > 0;
  if (from >= 0)
    close(from);
  if (to >= 0)
    close(to);
  return whole;
}
