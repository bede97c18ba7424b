/* What the reader and the diagnostics ask about characters. UTF-8 itself is
 * the runtime's (unicode.h of rtlib, a leaf that the compiler shares). */
#ifndef OMNI_UNICODE_TEXT_H
#define OMNI_UNICODE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

bool text_is_symbol_start(uint32_t c); /* letters and the signs * ! - _ ? ... */
bool text_is_symbol_part(uint32_t c);  /* also digits and marks */
bool text_is_bidi_control(uint32_t c);
/* Columns on a terminal: 0, 1 or 2; a tab or another control is the caller's. */
int text_width(uint32_t c);
/* A quotation mark, blank or dash that only looks like ASCII: what it looks
 * like, and 0 otherwise. */
char text_lookalike(uint32_t c);

#endif
