/* Calls of values: what compiled code needs around the generic entries of
 * functions (rti.h, OmniCode): finding the entry, spreading a list over the
 * argument registers and t->args, collecting rest arguments, wrong numbers of
 * arguments.
 */
#include "collection.h"
#include "ops.h"
#include "values.h"

enum { REGISTER_ARGUMENTS = 3 };

/* Where a call of something that is no function goes once the error has been
 * answered with a value: it returns that value. */
static OMNI_COMPILED_CC OmniValue not_a_function(OmniThread *t, OmniValue stands_for,
                                                 int64_t argc, OmniValue a0, OmniValue a1,
                                                 OmniValue a2) {
  (void)t, (void)argc, (void)a0, (void)a1, (void)a2;
  return stands_for;
}

OMNI_SLOW OmniCode omni_op_callee_slow(OmniThread *t, const OmniSite *site, OmniValue f) {
  omni_raise(t, site, "kind", "this is called, but is not a function", 1, &f);
  return not_a_function;
}

OmniValue omni_op_unbound_global(OmniThread *t, const OmniSite *site, int64_t index) {
  const OmniProgram *program = rti_program_borrowed(t);
  const char *name = program->global_names[index];
  OmniValue symbol = omni_symbol(t, name, strlen(name));
  return omni_raise(t, site, "unbound", "a variable is used before its definition has run", 1,
                    &symbol);
}

static void reserve_arguments(OmniThread *t, size_t n) {
  if (n <= t->args_capacity) return;
  size_t capacity = t->args_capacity;
  while (capacity < n) capacity *= 2;
  const OmniPort *port = rti_port_borrowed(t);
  OmniValue *args = port->reallocate(port->ctx, t->args, t->args_capacity * sizeof *args,
                                     capacity * sizeof *args);
  if (args == NULL) omni_error_memory(t, capacity * sizeof *args);
  t->args = args;
  t->args_capacity = capacity;
}

/* The n values of argv, the last of them a list to spread, into t->args;
 * returns how many arguments that makes. */
int64_t omni_op_spread(OmniThread *t, const OmniSite *site, int64_t n, const OmniValue *argv) {
  OmniValue list = argv[n - 1];
  int64_t length = omni_list_length(list);
  if (length < 0) {
    omni_error_kind(t, site, "apply", "List", list);
    length = 0;
    list = OMNI_EMPTY;
  }
  reserve_arguments(t, (size_t)(n - 1 + length) + REGISTER_ARGUMENTS);
  for (int64_t i = 0; i < n - 1; i++) t->args[i] = argv[i];
  for (OmniValue *to = t->args + n - 1; omni_is_pair(list); list = omni_words(list)[1])
    *to++ = omni_words(list)[0];
  return n - 1 + length;
}

/* The arguments from number `from` on as a list. */
OmniValue omni_op_rest(OmniThread *t, int64_t from, int64_t argc, OmniValue a0, OmniValue a1,
                       OmniValue a2) {
  OmniValue registers[REGISTER_ARGUMENTS] = {a0, a1, a2};
  OmniValue list = OMNI_EMPTY;
  for (int64_t i = argc; i-- > from;)
    list = omni_cons(t, i < REGISTER_ARGUMENTS ? registers[i] : t->args[i], list);
  return list;
}

OmniValue omni_op_arity_error(OmniThread *t, const OmniSite *site, OmniValue f, int64_t argc) {
  return omni_error_arity(t, site, f, argc);
}
