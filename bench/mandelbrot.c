/* Sums the escape times of the Mandelbrot set over a grid of points. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int64_t escape_time(double cr, double ci, int64_t limit)
{
    double zr = 0.0, zi = 0.0;
    int64_t n = 0;
    for (;;) {
        double rr = zr * zr, ii = zi * zi;
        if (n == limit || rr + ii > 4.0)
            return n;
        zi = 2.0 * (zr * zi) + ci;
        zr = rr - ii + cr;
        n++;
    }
}

int main(int argc, char **argv)
{
    int64_t width = 60, height = 40, limit = 100, sum = 0;
    if (argc == 4) {
        width = atoll(argv[1]);
        height = atoll(argv[2]);
        limit = atoll(argv[3]);
    }
    for (int64_t row = 0; row < height; row++) {
        double ci = 2.0 * row / height - 1.0;
        for (int64_t column = 0; column < width; column++)
            sum += escape_time(3.0 * column / width - 2.0, ci, limit);
    }
    printf("%" PRId64 "\n", sum);
    return 0;
}
