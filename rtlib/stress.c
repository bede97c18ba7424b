/* The stress modes (memory.md 2.10): OMNI_STRESS=word,word,...
 *
 *   move      every settle moves           splice   every settle splices
 *   random    a coin decides               settle   every poll point is due
 *   units     escapes go to counted memory credit0  nothing may be traced
 *   poison    known bytes in fresh and freed memory
 *   verify    the closure verifier runs after each settle
 *
 * None of them may change what a program prints.
 */
#include "region.h"

static bool set_word(Stress *s, const char *word, size_t n) {
#define IS(text) (n == sizeof text - 1 && memcmp(word, text, n) == 0)
  if (IS("move")) s->outcome = OUTCOME_MOVE;
  else if (IS("splice")) s->outcome = OUTCOME_SPLICE;
  else if (IS("random")) s->outcome = OUTCOME_RANDOM;
  else if (IS("settle")) s->settle_always = true;
  else if (IS("units")) s->units_always = true;
  else if (IS("credit0")) s->credit_zero = true;
  else if (IS("poison")) s->poison = true;
  else if (IS("verify")) s->verify = true;
  else return false;
#undef IS
  return true;
}

bool rti_stress_parse(Stress *s, const char *text) {
  s->random = UINT64_C(0x243f6a8885a308d3);
  while (text && *text) {
    size_t n = strcspn(text, ",");
    if (n && !set_word(s, text, n)) {
      fprintf(stderr, "OMNI_STRESS: unknown mode '%.*s' (known: move, splice, random, settle, "
              "units, credit0, poison, verify)\n", (int)n, text);
      return false;
    }
    text += n + (text[n] == ',');
  }
  return true;
}

/* xorshift64*: runs repeat */
uint64_t rti_stress_random(Stress *s) {
  uint64_t x = s->random;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  s->random = x;
  return x * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}
