/* omni-llc: the compiler's command line. */
#include "driver.h"

static int run(int argc, char **argv, Arena *arena) {
  Options o;
  int status = STATUS_OK;
  options_default(&o, arena, "omni-llc");
  switch (options_parse(&o, argc, argv, &status)) {
  case PARSE_OK: return compile_run(&o);
  case PARSE_DONE: return STATUS_OK;
  case PARSE_BAD: break;
  }
  return status;
}

int main(int argc, char **argv) { return driver_start(argc, argv, run); }
