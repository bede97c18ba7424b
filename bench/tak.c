/* Takeuchi's function. */
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
    int64_t x = 18, y = 12, z = 6;
    if (argc == 4) {
        x = atoll(argv[1]);
        y = atoll(argv[2]);
        z = atoll(argv[3]);
    }
    printf("%" PRId64 "\n", tak(x, y, z));
    return 0;
}
