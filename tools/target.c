/* Which machine is compiled for: checks --target and -mcpu against what there is,
 * before LLVM sees them.
 *
 * `-mcpu=native` is the highest x86-64 level (v1 to v4) of this machine, not its
 * model: in virtual machines a model's name promises what the host has hidden.
 */
#include <string.h>
#include <unistd.h>

#include "driver.h"

typedef struct Cpu {
  const char *architecture, *name;
} Cpu;

static const Cpu cpus[] = {
#define CPU(architecture, name) {#architecture, name},
#include "cpus.def"
#undef CPU
};

#if defined(__x86_64__)
#define HOST_ARCHITECTURE "x86_64"
static const char *native_cpu(void) {
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  if (__builtin_cpu_supports("x86-64-v2")) return "x86-64-v2";
  return "x86-64";
}
#else
#define HOST_ARCHITECTURE "aarch64"
static const char *native_cpu(void) { return "generic"; }
#endif

static bool is_architecture(const char *triple, const char *architecture) {
  size_t n = strlen(architecture);
  return !strncmp(triple, architecture, n) && (triple[n] == '-' || !triple[n]);
}

bool target_is_host(const Options *o) {
  return !o->triple ||
         (is_architecture(o->triple, HOST_ARCHITECTURE) && strstr(o->triple, "linux-gnu"));
}

int target_check(Options *o) {
  if (!o->cpu) return STATUS_OK;
  const char *triple = o->triple ? o->triple : HOST_ARCHITECTURE;
  if (!strcmp(o->cpu, "native")) {
    if (!target_is_host(o)) {
      message_error(o, "-mcpu=native makes no sense with --target=%s", o->triple);
      return STATUS_USAGE;
    }
    o->cpu = native_cpu();
    return STATUS_OK;
  }
  for (size_t i = 0; i < sizeof cpus / sizeof *cpus; i++)
    if (is_architecture(triple, cpus[i].architecture) && !strcmp(cpus[i].name, o->cpu))
      return STATUS_OK;
  const char *examples = is_architecture(triple, "aarch64") ? "generic, cortex-a72, neoverse-n1"
                                                            : "native, x86-64-v3, skylake, znver4";
  message_error(o, "-mcpu=%s: there is no such processor for %s (examples: %s)",
                shown(o->arena, o->cpu), triple, examples);
  return STATUS_USAGE;
}
