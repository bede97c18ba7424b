/* Did-you-mean: the nearest known name to a misspelt one.
 *
 * Distance is Damerau-Levenshtein over code points (insert, delete, replace,
 * swap two neighbours; no part is edited twice). How far is still near grows
 * with the length: one edit up to five characters, then one more for every
 * three; a name of one character has no neighbours. Among equals the one that
 * starts with the same character wins, then the first.
 */
#include <string.h>

#include "diag.h"
#include "unicode.h"

enum { LONGEST = 64, FAR = LONGEST * 2 };

typedef struct Word {
  uint32_t at[LONGEST];
  unsigned n;
  bool too_long;
} Word;

static Word word_of(const char *bytes, size_t nbytes) {
  Word w = {.n = 0};
  const char *end = bytes + nbytes;
  unsigned step;
  for (const char *p = bytes; p < end; p += step) {
    if (w.n == LONGEST) {
      w.too_long = true;
      break;
    }
    w.at[w.n++] = utf8_decode(p, end, &step);
  }
  return w;
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static unsigned distance(const Word *a, const Word *b) {
  unsigned rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2];
  for (unsigned j = 0; j <= b->n; j++) last[j] = j;
  for (unsigned i = 1; i <= a->n; i++) {
    row[0] = i;
    for (unsigned j = 1; j <= b->n; j++) {
      bool same = a->at[i - 1] == b->at[j - 1];
      row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + !same);
      if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] && a->at[i - 2] == b->at[j - 1])
        row[j] = least(row[j], before[j - 2] + 1);
    }
    unsigned *spare = before;
    before = last, last = row, row = spare;
  }
  return last[b->n];
}

static unsigned threshold(unsigned length) {
  if (length < 2) return 0;
  return length <= 5 ? 1 : length / 3;
}

/* Lower is nearer; FAR: not near. */
static unsigned badness(const Word *misspelt, const Word *candidate) {
  if (misspelt->too_long || candidate->too_long || !candidate->n) return FAR;
  unsigned longer = misspelt->n > candidate->n ? misspelt->n : candidate->n;
  unsigned shorter = least(misspelt->n, candidate->n);
  unsigned allowed = threshold(longer);
  if (longer - shorter > allowed) return FAR;
  unsigned d = distance(misspelt, candidate);
  if (!d || d > allowed || d >= longer) return FAR;
  return 2 * d + (misspelt->at[0] != candidate->at[0]);
}

const Name *diag_suggest(const Name *misspelt, const Name *const *candidates, size_t n) {
  Word word = word_of(misspelt->bytes, misspelt->nbytes);
  const Name *best = NULL;
  unsigned best_badness = FAR;
  for (size_t i = 0; i < n; i++) {
    if (candidates[i] == misspelt) continue;
    Word candidate = word_of(candidates[i]->bytes, candidates[i]->nbytes);
    unsigned b = badness(&word, &candidate);
    if (b < best_badness) best_badness = b, best = candidates[i];
  }
  return best;
}

const char *diag_suggest_cstr(const char *misspelt, const char *const *candidates) {
  Word word = word_of(misspelt, strlen(misspelt));
  const char *best = NULL;
  unsigned best_badness = FAR;
  for (; *candidates; candidates++) {
    Word candidate = word_of(*candidates, strlen(*candidates));
    unsigned b = badness(&word, &candidate);
    if (b < best_badness) best_badness = b, best = *candidates;
  }
  return best;
}
