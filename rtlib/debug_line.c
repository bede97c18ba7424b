/* From addresses to lines: reads the line table (DWARF 4 and 5, .debug_line)
 * that a program compiled with -g carries, for its backtraces.
 *
 * The executable is mapped and the line programs of all its units are run once;
 * each row covers the addresses up to the next row. Nothing is allocated, and
 * every read is checked against the end of its section, so a damaged table
 * gives no lines instead of a crash.
 */
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

/* ---- reading ---- */

typedef struct Cursor {
  const unsigned char *p, *end;
} Cursor;

/* At the end everything reads as zero. */
static uint64_t read_fixed(Cursor *c, size_t nbytes) {
  uint64_t n = 0;
  if ((size_t)(c->end - c->p) < nbytes) {
    c->p = c->end;
    return 0;
  }
  for (size_t i = 0; i < nbytes; i++) n |= (uint64_t)c->p[i] << (8 * i);
  c->p += nbytes;
  return n;
}

static uint64_t read_uleb(Cursor *c) {
  uint64_t n = 0;
  unsigned shift = 0;
  while (c->p < c->end) {
    unsigned char byte = *c->p++;
    if (shift < 64) n |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) break;
  }
  return n;
}

static int64_t read_sleb(Cursor *c) {
  uint64_t n = 0;
  unsigned shift = 0;
  unsigned char byte = 0;
  while (c->p < c->end) {
    byte = *c->p++;
    if (shift < 64) n |= (uint64_t)(byte & 0x7f) << shift;
    shift += 7;
    if (!(byte & 0x80)) break;
  }
  if (shift < 64 && (byte & 0x40)) n |= ~UINT64_C(0) << shift;
  return (int64_t)n;
}

static const char *read_string(Cursor *c) {
  const char *s = (const char *)c->p;
  const unsigned char *end = memchr(c->p, 0, (size_t)(c->end - c->p));
  c->p = end == NULL ? c->end : end + 1;
  return end == NULL ? "" : s;
}

static void skip(Cursor *c, uint64_t nbytes) {
  uint64_t left = (uint64_t)(c->end - c->p);
  c->p += nbytes < left ? nbytes : left;
}

/* ---- the executable ---- */

typedef struct Sections {
  Cursor line, line_str, str;
} Sections;

static bool image_open(SourcePlaces *x) {
  *x = (SourcePlaces){NULL, 0};
  int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat info;
  if (fstat(fd, &info) == 0 && info.st_size > (off_t)sizeof(Elf64_Ehdr)) {
    void *p = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p != MAP_FAILED) *x = (SourcePlaces){p, (size_t)info.st_size};
  }
  close(fd);
  return x->image != NULL;
}

void places_close(SourcePlaces *x) {
  if (x->image != NULL) munmap((void *)(uintptr_t)x->image, x->nbytes);
  x->image = NULL;
}

static Cursor section_bytes(const SourcePlaces *x, const Elf64_Shdr *s) {
  bool fits = s->sh_type != SHT_NOBITS && !(s->sh_flags & SHF_COMPRESSED) &&
              s->sh_offset <= x->nbytes && s->sh_size <= x->nbytes - s->sh_offset;
  const unsigned char *p = x->image + (fits ? s->sh_offset : 0);
  return (Cursor){p, p + (fits ? s->sh_size : 0)};
}

static bool sections_find(const SourcePlaces *x, Sections *out) {
  Elf64_Ehdr head;
  memcpy(&head, x->image, sizeof head);
  *out = (Sections){{x->image, x->image}, {x->image, x->image}, {x->image, x->image}};
  if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
      head.e_shentsize != sizeof(Elf64_Shdr) || head.e_shoff > x->nbytes ||
      head.e_shnum > (x->nbytes - head.e_shoff) / sizeof(Elf64_Shdr) ||
      head.e_shstrndx >= head.e_shnum)
    return false;
  Elf64_Shdr s;
  memcpy(&s, x->image + head.e_shoff + head.e_shstrndx * sizeof s, sizeof s);
  Cursor names = section_bytes(x, &s);
  for (size_t i = 0; i < head.e_shnum; i++) {
    memcpy(&s, x->image + head.e_shoff + i * sizeof s, sizeof s);
    Cursor at = names;
    skip(&at, s.sh_name);
    const char *name = read_string(&at);
    if (strcmp(name, ".debug_line") == 0) out->line = section_bytes(x, &s);
    if (strcmp(name, ".debug_line_str") == 0) out->line_str = section_bytes(x, &s);
    if (strcmp(name, ".debug_str") == 0) out->str = section_bytes(x, &s);
  }
  return out->line.p < out->line.end;
}

static int load_bias(struct dl_phdr_info *info, size_t nbytes, void *arg) {
  (void)nbytes;
  *(uintptr_t *)arg = info->dlpi_addr; /* the first one is the program */
  return 1;
}

/* ---- a unit's header ---- */

typedef struct Unit {
  const Sections *sections;
  unsigned version, min_length, line_range, opcode_base;
  int line_base;
  unsigned char lengths[256]; /* operands of the standard opcodes */
  Cursor files;               /* the file table, to be read when a file is asked for */
  Cursor program;
} Unit;

enum {
  FORM_DATA2 = 5,
  FORM_STRING = 8,
  FORM_DATA1 = 0xb,
  FORM_STRP = 0xe,
  FORM_UDATA = 0xf,
  FORM_DATA16 = 0x1e,
  FORM_LINE_STRP = 0x1f,
  CONTENT_PATH = 1
};

/* A string form's text; NULL for the others, which are skipped. False in *known
 * when the form is not one that line tables use. */
static const char *read_form(const Unit *u, Cursor *c, uint64_t form, bool *known) {
  Cursor at;
  *known = true;
  switch (form) {
  case FORM_STRING: return read_string(c);
  case FORM_LINE_STRP:
  case FORM_STRP:
    at = form == FORM_STRP ? u->sections->str : u->sections->line_str;
    skip(&at, read_fixed(c, 4));
    return read_string(&at);
  case FORM_UDATA: read_uleb(c); return NULL;
  case FORM_DATA1: skip(c, 1); return NULL;
  case FORM_DATA2: skip(c, 2); return NULL;
  case FORM_DATA16: skip(c, 16); return NULL;
  default: *known = false; return NULL;
  }
}

typedef struct EntryTable { /* of DWARF 5: what each entry consists of */
  Cursor formats;
  unsigned nformats;
  uint64_t count;
} EntryTable;

static EntryTable table_open(Cursor *c) {
  EntryTable t;
  t.nformats = (unsigned)read_fixed(c, 1);
  t.formats = *c;
  for (unsigned i = 0; i < t.nformats * 2; i++) read_uleb(c);
  t.count = read_uleb(c);
  return t;
}

/* The path of the entry at c, which moves past it; NULL: not understood. */
static const char *table_entry(const Unit *u, const EntryTable *t, Cursor *c) {
  Cursor formats = t->formats;
  const char *path = NULL;
  for (unsigned i = 0; i < t->nformats; i++) {
    bool known;
    uint64_t content = read_uleb(&formats), form = read_uleb(&formats);
    const char *s = read_form(u, c, form, &known);
    if (!known) return NULL;
    if (content == CONTENT_PATH) path = s;
  }
  return path;
}

static const char *file_name(const Unit *u, uint64_t index) {
  Cursor c = u->files;
  if (u->version == 5) {
    EntryTable directories = table_open(&c);
    for (uint64_t i = 0; i < directories.count; i++)
      if (c.p == c.end || table_entry(u, &directories, &c) == NULL) return NULL;
    EntryTable files = table_open(&c);
    for (uint64_t i = 0; i < files.count && c.p < c.end; i++) {
      const char *path = table_entry(u, &files, &c);
      if (path == NULL || i == index) return path;
    }
    return NULL;
  }
  while (c.p < c.end && *read_string(&c) != 0) {}
  for (uint64_t i = 1; c.p < c.end; i++) {
    const char *path = read_string(&c);
    if (*path == 0) return NULL;
    if (i == index) return path;
    for (int k = 0; k < 3; k++) read_uleb(&c);
  }
  return NULL;
}

/* Reads the header of the unit at c, which moves past the unit. */
static bool unit_open(Unit *u, const Sections *sections, Cursor *c) {
  uint64_t length = read_fixed(c, 4);
  if (length >= 0xfffffff0u) { /* 64-bit format */
    c->p = c->end;
    return false;
  }
  Cursor unit = *c;
  skip(c, length);
  unit.end = c->p;
  u->sections = sections;
  u->version = (unsigned)read_fixed(&unit, 2);
  if (u->version != 4 && u->version != 5) return false;
  if (u->version == 5) skip(&unit, 2); /* sizes of addresses and selectors */
  uint64_t header = read_fixed(&unit, 4);
  u->program = unit;
  skip(&u->program, header);
  u->min_length = (unsigned)read_fixed(&unit, 1);
  skip(&unit, 2); /* operations per instruction, is_stmt */
  u->line_base = (signed char)read_fixed(&unit, 1);
  u->line_range = (unsigned)read_fixed(&unit, 1);
  u->opcode_base = (unsigned)read_fixed(&unit, 1);
  for (unsigned i = 1; i < u->opcode_base; i++) u->lengths[i] = (unsigned char)read_fixed(&unit, 1);
  u->files = unit;
  return u->line_range != 0 && u->opcode_base != 0;
}

/* ---- a unit's program ---- */

typedef struct Row {
  uint64_t address, file, line;
} Row;

/* The row before covers [before.address, row.address). */
static void match_row(const Unit *u, const Row *before, const Row *row, SourcePlace *places,
                      size_t n, uintptr_t bias) {
  for (size_t i = 0; i < n; i++) {
    uint64_t address = places[i].address - bias;
    if (address < before->address || address >= row->address || before->line == 0) continue;
    places[i].line = before->line;
    places[i].file = file_name(u, before->file);
  }
}

enum {
  OP_COPY = 1,
  OP_ADVANCE_PC,
  OP_ADVANCE_LINE,
  OP_SET_FILE,
  OP_CONST_ADD_PC = 8,
  OP_FIXED_ADVANCE_PC,
  EXT_END = 1,
  EXT_SET_ADDRESS = 2
};

typedef struct Run {
  Row row, before;
  bool in_sequence; /* `before` is a row of this sequence */
} Run;

static void run_start(Run *r) { *r = (Run){.row = {.file = 1, .line = 1}}; }

/* What an opcode is: a row to be emitted or not. */
static bool run_opcode(const Unit *u, Cursor *c, Run *r, bool *ends) {
  unsigned op = (unsigned)read_fixed(c, 1);
  *ends = false;
  if (op >= u->opcode_base) {
    unsigned adjusted = op - u->opcode_base;
    r->row.address += (uint64_t)(adjusted / u->line_range) * u->min_length;
    r->row.line += (uint64_t)((int64_t)u->line_base + (int64_t)(adjusted % u->line_range));
    return true;
  }
  switch (op) {
  case 0: {
    uint64_t length = read_uleb(c);
    Cursor operand = *c;
    skip(c, length);
    operand.end = c->p;
    uint64_t extended = read_fixed(&operand, 1);
    if (extended == EXT_SET_ADDRESS) r->row.address = read_fixed(&operand, 8);
    *ends = extended == EXT_END;
    return *ends;
  }
  case OP_COPY: return true;
  case OP_ADVANCE_PC: r->row.address += read_uleb(c) * u->min_length; return false;
  case OP_ADVANCE_LINE: r->row.line += (uint64_t)read_sleb(c); return false;
  case OP_SET_FILE: r->row.file = read_uleb(c); return false;
  case OP_CONST_ADD_PC:
    r->row.address += (uint64_t)((255 - u->opcode_base) / u->line_range) * u->min_length;
    return false;
  case OP_FIXED_ADVANCE_PC: r->row.address += read_fixed(c, 2); return false;
  default:
    for (unsigned i = 0; i < u->lengths[op]; i++) read_uleb(c);
    return false;
  }
}

static void unit_run(const Unit *u, SourcePlace *places, size_t n, uintptr_t bias) {
  Cursor c = u->program;
  Run r;
  run_start(&r);
  while (c.p < c.end) {
    bool ends;
    if (!run_opcode(u, &c, &r, &ends)) continue;
    if (r.in_sequence && r.row.address > r.before.address)
      match_row(u, &r.before, &r.row, places, n, bias);
    r.before = r.row;
    r.in_sequence = true;
    if (ends) run_start(&r);
  }
}

void places_find(SourcePlaces *x, SourcePlace *places, size_t n) {
  Sections sections;
  uintptr_t bias = 0;
  for (size_t i = 0; i < n; i++) places[i].file = NULL;
  if (!image_open(x) || !sections_find(x, &sections)) return;
  dl_iterate_phdr(load_bias, &bias);
  Cursor c = sections.line;
  while (c.p < c.end) {
    Unit u;
    if (unit_open(&u, &sections, &c)) unit_run(&u, places, n, bias);
  }
}
