/* Counts the primes below n with the sieve of Eratosthenes. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void sieve(bool *composite, int64_t size)
{
    for (int64_t step = 2; step * step < size; step++)
        if (!composite[step])
            for (int64_t n = step * step; n < size; n += step)
                composite[n] = true;
}

static int64_t count_primes(const bool *composite, int64_t size)
{
    int64_t primes = 0;
    for (int64_t n = 2; n < size; n++)
        primes += !composite[n];
    return primes;
}

int main(int argc, char **argv)
{
    int64_t limit = argc > 1 ? atoll(argv[1]) : 100000;
    bool *composite = calloc(limit, sizeof *composite);
    if (!composite)
        return 1;
    sieve(composite, limit);
    printf("%" PRId64 "\n", count_primes(composite, limit));
    free(composite);
    return 0;
}
