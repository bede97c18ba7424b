/* Printing to ports: display forms one after the other with nothing between,
 * straight into the port's buffer.
 */
#include "collection.h"
#include "io.h"
#include "values.h"

enum { IO_FLUSH_NBYTES = 1 << 16 };

/* The end of an operation that printed: writes out what has to go now. */
static void printed(OmniThread *t, const OmniSite *site, IoPort *p) {
  size_t n = p->out.nbytes;
  if (n == 0) return;
  if (p->flush == IO_AT_ONCE || n >= IO_FLUSH_NBYTES ||
      (p->flush == IO_BY_LINE && p->out.bytes[n - 1] == '\n'))
    io_flush(t, site, p);
}

static void print_all(OmniThread *t, const OmniSite *site, const char *op, OmniValue port,
                      int64_t argc, const OmniValue *argv, const char *end) {
  IoPort *p = io_port_operand(t, site, op, port, IO_OUTPUT, IO_STDOUT);
  if (p == NULL) return;
  for (int64_t i = 0; i < argc; i++) omni_print_value(&p->out, argv[i], OMNI_DISPLAY);
  omni_text_add_cstr(&p->out, end);
  printed(t, site, p);
}

static void print_one(OmniThread *t, const OmniSite *site, const char *op, OmniValue port,
                      OmniValue v, OmniStyle style) {
  IoPort *p = io_port_operand(t, site, op, port, IO_OUTPUT, IO_STDOUT);
  if (p == NULL) return;
  omni_print_value(&p->out, v, style);
  printed(t, site, p);
}

void omni_prim_print(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv) {
  print_all(t, site, "print", OMNI_ABSENT, argc, argv, "");
}
void omni_prim_println(OmniThread *t, const OmniSite *site, int64_t argc, const OmniValue *argv) {
  print_all(t, site, "println", OMNI_ABSENT, argc, argv, "\n");
}
void omni_prim_print_to(OmniThread *t, const OmniSite *site, OmniValue port, int64_t argc,
                        const OmniValue *argv) {
  print_all(t, site, "print-to", port, argc, argv, "");
}
void omni_prim_println_to(OmniThread *t, const OmniSite *site, OmniValue port, int64_t argc,
                          const OmniValue *argv) {
  print_all(t, site, "println-to", port, argc, argv, "\n");
}
void omni_prim_display(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue port) {
  print_one(t, site, "display", port, v, OMNI_DISPLAY);
}
void omni_prim_write(OmniThread *t, const OmniSite *site, OmniValue v, OmniValue port) {
  print_one(t, site, "write", port, v, OMNI_WRITE);
}
void omni_prim_write_to(OmniThread *t, const OmniSite *site, OmniValue port, OmniValue v) {
  print_one(t, site, "write-to", port, v, OMNI_WRITE);
}
void omni_prim_newline(OmniThread *t, const OmniSite *site, OmniValue port) {
  print_all(t, site, "newline", port, 0, NULL, "\n");
}
