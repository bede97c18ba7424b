/* Values: 64-bit words, immediate or reference.
 *
 *   low bits   meaning
 *   ......00   fixnum, 62 bits: value << 2
 *   .....101   double, self-tagged  \  rotate left by 4, xor 1
 *   .....001   double, self-tagged   > (Melancon, Serrano, Feeley 2024:
 *   .....010   double, self-tagged  /  "Float Self-Tagging")
 *   .....011   reference to a pair: address + 3, two words, no header
 *   .....111   reference to an object with a one-word header: address + 7
 *   .....110   immediate: bits 3..7 the family, 8.. the payload
 *
 * Rotating a double left by four brings the sign and the three top exponent
 * bits down: zero and the tiny (000), |x| in 2^-255..2 (011) and 2..2^257 (100)
 * are immediates; the rest (huge, tiny, infinities, NaN) are boxed objects.
 * So: fixnum test `(v & 3) == 0`, reference test `(v & 3) == 3`, and addition
 * of two fixnums is addition of the words with an overflow check.
 *
 * Thread rule: everything here is pure.
 */
#ifndef OMNI_VALUE_H
#define OMNI_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t OmniValue;

#define OMNI_TAG_PAIR 3u
#define OMNI_TAG_OBJECT 7u
#define OMNI_TAG_IMMEDIATE 6u

#define OMNI_IMMEDIATE(family, payload) \
  ((OmniValue)(payload) << 8 | (OmniValue)(family) << 3 | OMNI_TAG_IMMEDIATE)

/* false and nothing differ in one bit, so truth is one mask and compare */
#define OMNI_FALSE OMNI_IMMEDIATE(0, 0)   /* 0x06 */
#define OMNI_NOTHING OMNI_IMMEDIATE(1, 0) /* 0x0e */
#define OMNI_TRUE OMNI_IMMEDIATE(2, 0)    /* 0x16 */
#define OMNI_EMPTY OMNI_IMMEDIATE(4, 0)   /* 0x26, () */
/* Never seen by a program: an optional argument that was not given; a variable
 * read before its definition; a dict entry that was removed; the first word of
 * a pair that has moved (the second is where to). */
#define OMNI_ABSENT OMNI_IMMEDIATE(5, 0)
#define OMNI_UNBOUND OMNI_IMMEDIATE(6, 0)
#define OMNI_DELETED OMNI_IMMEDIATE(7, 0)
#define OMNI_FORWARD OMNI_IMMEDIATE(8, 0)
/* What an iterator's `next` gives when there is nothing more: the prelude alone
 * sees it. */
#define OMNI_END OMNI_IMMEDIATE(9, 0)
#define OMNI_FAMILY_CHAR 16u

#define OMNI_FIXNUM_MAX ((INT64_C(1) << 61) - 1)
#define OMNI_FIXNUM_MIN (-(INT64_C(1) << 61))

static inline bool omni_is_fixnum(OmniValue v) { return (v & 3) == 0; }
static inline bool omni_is_ref(OmniValue v) { return (v & 3) == 3; }
static inline bool omni_is_pair(OmniValue v) { return (v & 7) == OMNI_TAG_PAIR; }
static inline bool omni_is_object(OmniValue v) { return (v & 7) == OMNI_TAG_OBJECT; }
static inline bool omni_is_char(OmniValue v) {
  return (v & 0xff) == (OMNI_FAMILY_CHAR << 3 | OMNI_TAG_IMMEDIATE);
}
static inline bool omni_truthy(OmniValue v) { return (v & ~(OmniValue)8) != OMNI_FALSE; }
/* tags 1, 2 and 5 */
static inline bool omni_is_immediate_double(OmniValue v) { return (0x26u >> (v & 7)) & 1; }

static inline bool omni_fits_fixnum(int64_t n) {
  return n >= OMNI_FIXNUM_MIN && n <= OMNI_FIXNUM_MAX;
}
static inline OmniValue omni_fixnum(int64_t n) { return (OmniValue)n << 2; }
static inline int64_t omni_fixnum_value(OmniValue v) { return (int64_t)v >> 2; }
static inline OmniValue omni_bool(bool b) { return b ? OMNI_TRUE : OMNI_FALSE; }
static inline OmniValue omni_char(uint32_t c) { return OMNI_IMMEDIATE(OMNI_FAMILY_CHAR, c); }
static inline uint32_t omni_char_value(OmniValue v) { return (uint32_t)(v >> 8); }

static inline OmniValue omni_double_rotate(double d) {
  uint64_t u;
  memcpy(&u, &d, sizeof u);
  return (u << 4 | u >> 60) ^ 1;
}
/* Whether the rotated word can stand for itself; if not the double is boxed. */
static inline double omni_immediate_double_value(OmniValue v) {
  v ^= 1;
  v = v >> 4 | v << 60;
  double d;
  memcpy(&d, &v, sizeof d);
  return d;
}

/* ---- objects ----
 *
 * header   63..32  size of the object in words, this one included
 *          31..16  aux: the struct kind's index, the element kind of a typed array
 *          15..8   flags (OMNI_FLAG_*)
 *           7..1   type (layout.def)
 *           0      1; a header with bit 0 clear is a forwarding address
 */
typedef enum {
#define OMNI_TYPE(id, name, first) OMNI_T_##id,
#include "layout.def"
#undef OMNI_TYPE
  OMNI_TYPE_COUNT
} OmniType;

#define OMNI_FLAG_IMMUTABLE 1u /* literal or frozen: mutation is an error */

static inline uint64_t omni_header(OmniType type, uint32_t nwords, uint32_t aux) {
  return (uint64_t)nwords << 32 | (uint64_t)aux << 16 | (uint64_t)type << 1 | 1;
}
static inline OmniType omni_header_type(uint64_t h) { return (OmniType)((h >> 1) & 0x7f); }
static inline uint32_t omni_header_nwords(uint64_t h) { return (uint32_t)(h >> 32); }
static inline uint32_t omni_header_aux(uint64_t h) { return (uint32_t)(h >> 16) & 0xffff; }
static inline uint32_t omni_header_flags(uint64_t h) { return (uint32_t)(h >> 8) & 0xff; }

/* The words of a reference: slot 0 is the header of an object, the car of a pair. */
static inline OmniValue *omni_words(OmniValue v) { return (OmniValue *)(v & ~(OmniValue)7); }
static inline OmniValue omni_object(void *p) { return (OmniValue)p | OMNI_TAG_OBJECT; }
static inline OmniValue omni_pair(void *p) { return (OmniValue)p | OMNI_TAG_PAIR; }
static inline bool omni_is_type(OmniValue v, OmniType type) {
  return omni_is_object(v) && omni_header_type(omni_words(v)[0]) == type;
}
static inline bool omni_is_double(OmniValue v) {
  return omni_is_immediate_double(v) || omni_is_type(v, OMNI_T_DOUBLE);
}

#endif
