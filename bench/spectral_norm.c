/* The spectral norm of the infinite matrix 1, 1/2, 1/3, ... cut to n x n. */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static double entry(int64_t i, int64_t j)
{
    int64_t diagonal = i + j;
    return 1.0 / (diagonal * (diagonal + 1) / 2 + i + 1);
}

static void multiply(int64_t n, const double *v, double *out)
{
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++)
            sum += entry(i, j) * v[j];
        out[i] = sum;
    }
}

static void multiply_transposed(int64_t n, const double *v, double *out)
{
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++)
            sum += entry(j, i) * v[j];
        out[i] = sum;
    }
}

static void multiply_both(int64_t n, const double *v, double *out, double *scratch)
{
    multiply(n, v, scratch);
    multiply_transposed(n, scratch, out);
}

static double dot(int64_t n, const double *v, const double *w)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += v[i] * w[i];
    return sum;
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? atoll(argv[1]) : 50;
    double *u = malloc(n * sizeof *u);
    double *v = malloc(n * sizeof *v);
    double *scratch = malloc(n * sizeof *scratch);
    if (!u || !v || !scratch)
        return 1;
    for (int64_t i = 0; i < n; i++)
        u[i] = 1.0;
    for (int i = 0; i < 10; i++) {
        multiply_both(n, u, v, scratch);
        multiply_both(n, v, u, scratch);
    }
    printf("%.9f\n", sqrt(dot(n, u, v) / dot(n, v, v)));
    free(u);
    free(v);
    free(scratch);
    return 0;
}
