/* Ports: what io.c, io_read.c, io_print.c and read.c share, and what the
 * runtime's frame calls.
 *
 * A port is a file descriptor with a buffer of its own. A value of type PORT
 * names one by its number; numbers are not used again, so a port that was
 * closed stays closed. Ports 0, 1, 2 are the standard ones.
 *
 * Thread rule: the thread that runs the program.
 */
#ifndef OMNI_IO_H
#define OMNI_IO_H

#include "rti.h"

typedef enum { IO_CLOSED, IO_INPUT, IO_OUTPUT } IoMode;
typedef enum {
  IO_BUFFERED, /* written when the buffer is full, at flush, close and exit */
  IO_BY_LINE,  /* a terminal: also at the end of each operation that ends a line */
  IO_AT_ONCE   /* standard error: at the end of each operation */
} IoFlush;

/* input:   bytes [start, end) of the buffer are read and not consumed
 * output:  out.bytes[0, out.nbytes) are to be written */
typedef struct IoPort {
  IoMode mode;
  IoFlush flush;
  int fd;
  bool at_end; /* input: read gave 0 bytes */
  char *in;
  size_t start, end, in_capacity;
  OmniText out;
  volatile bool writing; /* output: a write of it is under way */
} IoPort;

typedef struct OmniIo {
  IoPort *ports;
  size_t n, capacity;
} OmniIo;

enum { PORT_NUMBER = 1, PORT_NAME = 2, PORT_NWORDS = 3 };
enum { IO_STDIN = 0, IO_STDOUT = 1, IO_STDERR = 2 };

/* ---- for the runtime's frame ---- */
bool rti_io_start(OmniThread *t); /* false: out of memory */
/* Writes out everything; false if some of it could not be written. */
bool rti_io_flush_all(OmniThread *t);
void rti_io_finish(OmniThread *t); /* closes files, gives the buffers back */
void rti_flush_stdout(OmniThread *t);
/* The same from a signal handler that ends the program: leaves alone what is
 * being written already. */
void rti_flush_stdout_interrupted(OmniThread *t);

/* ---- io.c ---- */
/* The port operand, open in that mode (ABSENT: `standard`); NULL after it has
 * raised. Valid until another port is opened. */
IoPort *io_port_operand(OmniThread *t, const OmniSite *site, const char *op, OmniValue v,
                        IoMode mode, size_t standard);
/* Raises an error of kind io: "OP: what the system says", with irritants. */
OmniValue io_error(OmniThread *t, const OmniSite *site, const char *op, int error, OmniValue what);
/* Writes the buffer out. A closed pipe ends the program. */
bool io_flush(OmniThread *t, const OmniSite *site, IoPort *p);

/* ---- io_read.c ---- */
/* Reads more into the buffer: false at the end of the input. */
bool io_fill(OmniThread *t, const OmniSite *site, IoPort *p);
/* The next code point, not consumed, and its size in bytes; -1 at the end. */
int32_t io_peek(OmniThread *t, const OmniSite *site, IoPort *p, size_t *nbytes);

#endif
