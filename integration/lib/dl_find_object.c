/* glibc's _dl_find_object, for a program that is linked with musl: which loaded object holds an address, and where its
   table of unwind information (PT_GNU_EH_FRAME) starts. Compiled with glibc's headers, which declare it; the structures of
   dl_iterate_phdr are the same in both. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stddef.h>

struct search {
  ElfW(Addr) address;
  struct dl_find_object *result;
};

static int visit(struct dl_phdr_info *info, size_t size, void *data) {
  struct search *search = data;
  void *eh_frame = NULL, *start = NULL, *end = NULL;
  (void)size;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    ElfW(Addr) from = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_GNU_EH_FRAME)
      eh_frame = (void *)from;
    if (header->p_type == PT_LOAD && search->address >= from && search->address - from < header->p_memsz) {
      start = (void *)from;
      end = (void *)(from + header->p_memsz);
    }
  }
  if (start == NULL || eh_frame == NULL)
    return 0;
  search->result->dlfo_flags = 0;
  search->result->dlfo_map_start = start;
  search->result->dlfo_map_end = end;
  search->result->dlfo_link_map = NULL;
  search->result->dlfo_eh_frame = eh_frame;
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(ElfW(Addr))address, result};
  return dl_iterate_phdr(visit, &search) == 1 ? 0 : -1;
}
