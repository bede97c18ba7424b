/* Growing text on the port: what printing, joining and reading build their
 * results in. Also the check of UTF-8.
 *
 * The buffer doubles; running out of memory raises, so callers do not check.
 */
#include "u8.h"
#include "values.h"

/* ---- text ---- */

#define TEXT_MIN 64

static void text_grow(OmniText *x, size_t nbytes) {
  size_t capacity = x->capacity < TEXT_MIN ? TEXT_MIN : x->capacity * 2;
  if (capacity < x->nbytes + nbytes) capacity = x->nbytes + nbytes;
  x->bytes = rti_reallocate(x->t, x->bytes, x->capacity, capacity);
  x->capacity = capacity;
}

void omni_text_add(OmniText *x, const char *bytes, size_t nbytes) {
  if (x->capacity - x->nbytes < nbytes) text_grow(x, nbytes);
  if (nbytes > 0) memcpy(x->bytes + x->nbytes, bytes, nbytes);
  x->nbytes += nbytes;
}

void omni_text_add_cstr(OmniText *x, const char *s) { omni_text_add(x, s, strlen(s)); }

void omni_text_add_char(OmniText *x, uint32_t c) {
  char bytes[4];
  omni_text_add(x, bytes, u8_encode(c, bytes));
}

void omni_text_add_int(OmniText *x, int64_t n) {
  char digits[24];
  omni_text_add(x, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n));
}

void omni_text_free(OmniText *x) {
  rti_release(x->t, x->bytes, x->capacity);
  *x = (OmniText){.t = x->t};
}

OmniValue omni_text_string(OmniText *x) {
  OmniValue s = omni_string(x->t, x->bytes, x->nbytes);
  omni_text_free(x);
  return s;
}

/* ---- UTF-8 ---- */

/* Width of the valid character at p, or 0. */
static size_t valid_width(const unsigned char *p, size_t nbytes) {
  if (p[0] < 0x80) return 1;
  size_t width = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
  if (width == 0 || width > nbytes) return 0;
  for (size_t i = 1; i < width; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  /* longer than needed, surrogates, beyond 0x10ffff */
  if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
      (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
    return 0;
  return width;
}

size_t u8_valid_prefix(const char *p, size_t nbytes) {
  size_t i = 0;
  while (i < nbytes) {
    uint64_t word;
    if (nbytes - i >= 8 && (memcpy(&word, p + i, 8), (word & UINT64_C(0x8080808080808080)) == 0)) {
      i += 8;
      continue;
    }
    size_t width = valid_width((const unsigned char *)p + i, nbytes - i);
    if (width == 0) break;
    i += width;
  }
  return i;
}
