/* Linking: the system's compiler driver is started directly as the linker.
 *
 * It knows where the C start-up files and libc are; we give it our object, the
 * runtime (found beside the running program, so an installed tree can be moved)
 * and flags for a position-independent, read-only-relocated executable without
 * what the program does not use. Every path that comes from outside begins with
 * a slash or ./ by the time the linker sees it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "driver.h"

/* the folder of the running program, without a slash at the end */
static const char *program_folder(Arena *a) {
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n <= 0) return NULL;
  path[n] = 0;
  char *slash = strrchr(path, '/');
  return arena_copy(a, path, slash ? (size_t)(slash - path) : 0);
}

const char *runtime_folder(const Options *o) {
  const char *bin = program_folder(o->arena);
  const char *folder = arena_printf(o->arena, "%s/../lib/omni", bin ? bin : ".");
  return !target_is_host(o) ? arena_printf(o->arena, "%s/%s", folder, o->triple) : folder;
}

/* OMNI_CC if set, else the cross compiler's name, else the usual ones */
static const char *find_linker(const Options *o) {
  const char *chosen = getenv("OMNI_CC");
  if (chosen && *chosen) {
    const char *path = program_find(o->arena, chosen);
    if (!path)
      message_error(o, "cannot link: OMNI_CC names %s, which is not a program",
                    shown(o->arena, chosen));
    return path;
  }
  if (!target_is_host(o)) {
    const char *cross = arena_printf(o->arena, "%s-gcc", o->triple);
    const char *path = program_find(o->arena, cross);
    if (!path) message_error(o, "cannot link: there is no %s on PATH", cross);
    return path;
  }
  static const char *const usual[] = {OMNI_LINK_CC "cc", "gcc", "clang-19", "clang"};
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
    const char *path = program_find(o->arena, usual[i]);
    if (path) return path;
  }
  message_error(o, "cannot link: no C compiler (cc, gcc, clang) on PATH to link with");
  message_note(o, "install one (for example: apt-get install gcc libc6-dev) or set OMNI_CC; "
                  "-c makes an object file without linking");
  return NULL;
}

/* a path that no program takes for an option or a response file */
static const char *plain_path(Arena *a, const char *path) {
  return *path == '/' || !strncmp(path, "./", 2) ? path : arena_printf(a, "./%s", path);
}

/* A static program takes libgmp from an archive; others open the shared one
 * when the first big integer is made. Both define rti_gmp: -u makes the linker
 * want it before it comes to the archive with the other. */
static void add_runtime(const Options *o, Strings *v) {
  Arena *a = o->arena;
  const char *folder = runtime_folder(o);
  if (o->static_link) {
    VEC_PUSH(a, v, "-Wl,-u,rti_gmp");
    VEC_PUSH(a, v, arena_printf(a, "%s/libomnirt_gmp_static.a", folder));
  }
  VEC_PUSH(a, v, arena_printf(a, "%s/libomnirt.a", folder));
  if (o->static_link) VEC_PUSH(a, v, "-lgmp");
}

static char *const *link_command(const Options *o, const char *cc, const char *object,
                                 const char *executable) {
  Arena *a = o->arena;
  Strings v = {0};
  VEC_PUSH(a, &v, cc);
  if (*OMNI_LINK_SANITIZE) VEC_PUSH(a, &v, "-fsanitize=" OMNI_LINK_SANITIZE);
  VEC_PUSH(a, &v, o->static_link ? "-static-pie" : "-pie");
  VEC_PUSH(a, &v, "-Wl,--gc-sections,--as-needed,-z,relro,-z,now,-z,noexecstack,--build-id=none");
  if (o->strip) VEC_PUSH(a, &v, "-s");
  VEC_PUSH(a, &v, "-o");
  VEC_PUSH(a, &v, executable);
  if (object) VEC_PUSH(a, &v, object);
  for (size_t i = 0; i < o->link_inputs.n; i++)
    VEC_PUSH(a, &v, plain_path(a, o->link_inputs.items[i]));
  for (size_t i = 0; i < o->link_args.n; i++) VEC_PUSH(a, &v, o->link_args.items[i]);
  add_runtime(o, &v);
  VEC_PUSH(a, &v, "-lm");
  VEC_PUSH(a, &v, "-pthread");
  VEC_PUSH(a, &v, NULL);
  return (char *const *)v.items;
}

/* A linker that runs out of disk removes what it wrote, so a full disk is seen
 * by there being less room than the parts of the program take. */
static bool disk_is_full(const Options *o, const char *object) {
  struct statvfs disk;
  struct stat st;
  const char *folder = scratch_folder_view();
  if (!folder || statvfs(folder, &disk) < 0) return false;
  uint64_t wanted = 0, room = (uint64_t)disk.f_bavail * disk.f_frsize;
  const char *archive = arena_printf(o->arena, "%s/libomnirt.a", runtime_folder(o));
  if (stat(archive, &st) == 0) wanted += (uint64_t)st.st_size;
  if (object && stat(object, &st) == 0) wanted += (uint64_t)st.st_size;
  return room < wanted;
}

static int report_failure(const Options *o, const char *cc, const char *object,
                          ProcessResult result) {
  if (result.spawn_error) {
    message_error(o, "cannot run the linker %s: %s", shown(o->arena, cc),
                  strerror(result.spawn_error));
    return STATUS_IO;
  }
  if (disk_is_full(o, object)) {
    message_error(o, "linking failed: there is no room for the program on the disk");
    return STATUS_IO;
  }
  if (result.status < 0)
    message_error(o, "the linker %s was ended by signal %d", shown(o->arena, cc), -result.status);
  else
    message_error(o, "linking failed: %s left with status %d (-v shows the command)",
                  shown(o->arena, cc), result.status);
  return STATUS_PROGRAM;
}

int runtime_check(const Options *o, const char *name) {
  const char *path = arena_printf(o->arena, "%s/%s", runtime_folder(o), name);
  if (access(path, R_OK) == 0) return STATUS_OK;
  if (target_is_host(o)) {
    message_error(o, "the runtime library is not there: %s: %s", shown(o->arena, path),
                  strerror(errno));
    return STATUS_IO;
  }
  message_error(o, "--target=%s: there is no runtime library for it, in %s", o->triple,
                shown(o->arena, runtime_folder(o)));
  return STATUS_USAGE;
}

int link_program(const Options *o, const char *object, const char *executable) {
  int status = runtime_check(o, "libomnirt.a");
  if (status) return status;
  const char *cc = find_linker(o);
  if (!cc) return STATUS_IO;
  char *const *argv = link_command(o, cc, object, executable);
  if (o->verbose || o->dry_run) message_command(argv);
  if (o->dry_run) return STATUS_OK;
  ProcessResult result = process_run(o->arena, argv, scratch_folder_view());
  if (!result.spawn_error && result.status == 0) return STATUS_OK;
  return report_failure(o, cc, object, result);
}
