/* Takeuchi's function, several times over. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t tak(int64_t x, int64_t y, int64_t z)
{
    if (y < x)
        return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
    return z;
}

int main(int argc, char **argv)
{
    int64_t rounds = 1, x = 18, y = 12, z = 6, sum = 0;
    if (argc == 5) {
        rounds = atoll(argv[1]);
        x = atoll(argv[2]);
        y = atoll(argv[3]);
        z = atoll(argv[4]);
    }
    for (int64_t left = rounds; left > 0; left--)
        sum += tak(x, y, z);
    printf("%" PRId64 "\n", sum);
    return 0;
}
