/* Builds, splits, joins and turns round strings. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t nbytes, capacity;
} Builder;

typedef struct {
    char **items;
    size_t nitems, capacity;
} Strings;

static void *check(void *p)
{
    if (!p) {
        perror("string_building");
        exit(1);
    }
    return p;
}

static void append(Builder *out, const char *bytes, size_t nbytes)
{
    if (out->nbytes + nbytes > out->capacity) {
        out->capacity = 2 * out->capacity + nbytes + 16;
        out->bytes = check(realloc(out->bytes, out->capacity));
    }
    memcpy(out->bytes + out->nbytes, bytes, nbytes);
    out->nbytes += nbytes;
}

static void add_string(Strings *words, char *text)
{
    if (words->nitems == words->capacity) {
        words->capacity = 2 * words->capacity + 16;
        words->items = check(realloc(words->items,
                                     words->capacity * sizeof *words->items));
    }
    words->items[words->nitems++] = text;
}

static const char *fizz(int64_t i, char *scratch, size_t size)
{
    if (i % 15 == 0)
        return "fizzbuzz";
    if (i % 3 == 0)
        return "fizz";
    if (i % 5 == 0)
        return "buzz";
    snprintf(scratch, size, "%" PRId64, i);
    return scratch;
}

static Builder build(int64_t n)
{
    Builder out = { 0 };
    char scratch[24];
    for (int64_t i = 1; i <= n; i++) {
        const char *word = fizz(i, scratch, sizeof scratch);
        append(&out, word, strlen(word));
        append(&out, ",", 1);
    }
    return out;
}

static int64_t text_hash(const Builder *text)
{
    int64_t sum = 7;
    for (size_t i = 0; i < text->nbytes; i++)
        sum = (31 * sum + (unsigned char)text->bytes[i]) % 1000000007;
    return sum;
}

static Strings split(const Builder *text, char separator)
{
    Strings words = { 0 };
    const char *start = text->bytes, *end = text->bytes + text->nbytes;
    for (;;) {
        const char *stop = memchr(start, separator, end - start);
        size_t nbytes = (stop ? stop : end) - start;
        char *word = check(malloc(nbytes + 1));
        memcpy(word, start, nbytes);
        word[nbytes] = 0;
        add_string(&words, word);
        if (!stop)
            return words;
        start = stop + 1;
    }
}

static Builder join(const Strings *words, const char *separator)
{
    Builder out = { 0 };
    for (size_t i = 0; i < words->nitems; i++) {
        if (i > 0)
            append(&out, separator, strlen(separator));
        append(&out, words->items[i], strlen(words->items[i]));
    }
    return out;
}

static bool is_palindrome(int64_t i)
{
    char text[24], reversed[24];
    int n = snprintf(text, sizeof text, "%" PRId64, i);
    for (int k = 0; k < n; k++)
        reversed[k] = text[n - 1 - k];
    return memcmp(text, reversed, n) == 0;
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? atoll(argv[1]) : 1000;
    Builder text = build(n);
    printf("%zu %" PRId64 "\n", text.nbytes, text_hash(&text));
    Strings words = split(&text, ',');
    Builder joined = join(&words, ";");
    printf("%zu %" PRId64 "\n", words.nitems, text_hash(&joined));
    int64_t palindromes = 0;
    for (int64_t i = 0; i < n; i++)
        palindromes += is_palindrome(i);
    printf("%" PRId64 "\n", palindromes);
    for (size_t i = 0; i < words.nitems; i++)
        free(words.items[i]);
    free(words.items);
    free(joined.bytes);
    free(text.bytes);
    return 0;
}
