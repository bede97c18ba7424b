/* Counts the words of an ASCII text on standard input and lists the most
 * frequent: a chained hash table that grows, words kept at their first sight. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Word {
    struct Word *next;
    uint64_t hash;
    long count;
    char text[];
} Word;

static Word **buckets;
static size_t nbuckets = 1024, nwords;
static long total;

static void *check(void *p)
{
    if (!p) {
        perror("word_frequencies");
        exit(1);
    }
    return p;
}

static uint64_t hash_of(const char *text, size_t nbytes)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < nbytes; i++)
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return h;
}

static void grow(void)
{
    Word **bigger = check(calloc(2 * nbuckets, sizeof *bigger));
    for (size_t i = 0; i < nbuckets; i++)
        for (Word *w = buckets[i], *next; w; w = next) {
            next = w->next;
            Word **place = &bigger[w->hash & (2 * nbuckets - 1)];
            w->next = *place;
            *place = w;
        }
    free(buckets);
    buckets = bigger;
    nbuckets *= 2;
}

static void count_word(const char *text, size_t nbytes)
{
    uint64_t h = hash_of(text, nbytes);
    total++;
    for (Word *w = buckets[h & (nbuckets - 1)]; w; w = w->next)
        if (w->hash == h && strncmp(w->text, text, nbytes) == 0
            && w->text[nbytes] == 0) {
            w->count++;
            return;
        }
    if (nwords == nbuckets)
        grow();
    Word *w = check(malloc(sizeof *w + nbytes + 1));
    Word **place = &buckets[h & (nbuckets - 1)];
    *w = (Word){ .next = *place, .hash = h, .count = 1 };
    memcpy(w->text, text, nbytes);
    w->text[nbytes] = 0;
    *place = w;
    nwords++;
}

static void count_line(char *line, size_t nbytes)
{
    size_t start = 0;
    for (size_t i = 0; i < nbytes; i++)
        line[i] = (char)tolower((unsigned char)line[i]);
    for (size_t i = 0; i <= nbytes; i++)
        if (i == nbytes || !isalpha((unsigned char)line[i])) {
            if (start < i)
                count_word(line + start, i - start);
            start = i + 1;
        }
}

static int compare(const void *a, const void *b)
{
    const Word *v = *(Word *const *)a, *w = *(Word *const *)b;
    if (v->count != w->count)
        return v->count < w->count ? 1 : -1;
    return strcmp(v->text, w->text);
}

int main(int argc, char **argv)
{
    size_t how_many = argc > 1 ? (size_t)atol(argv[1]) : 10;
    char *line = NULL;
    size_t capacity = 0;
    ssize_t nbytes;
    buckets = check(calloc(nbuckets, sizeof *buckets));
    while ((nbytes = getline(&line, &capacity, stdin)) >= 0)
        count_line(line, (size_t)nbytes);
    free(line);

    Word **words = check(malloc((nwords + 1) * sizeof *words));
    size_t n = 0;
    for (size_t i = 0; i < nbuckets; i++)
        for (Word *w = buckets[i]; w; w = w->next)
            words[n++] = w;
    qsort(words, n, sizeof *words, compare);
    printf("%ld words, %zu different\n", total, n);
    for (size_t i = 0; i < n && i < how_many; i++)
        printf("%8ld  %s\n", words[i]->count, words[i]->text);
    for (size_t i = 0; i < n; i++)
        free(words[i]);
    free(words);
    free(buckets);
    return 0;
}
