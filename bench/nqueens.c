/* Counts the ways to place n queens; the queens placed so far are a list whose
 * cells live on the stack. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Queen {
    int64_t column;
    const struct Queen *others;
} Queen;

static int64_t size;

static bool safe(int64_t column, const Queen *queens)
{
    int64_t distance = 1;
    for (const Queen *q = queens; q; q = q->others, distance++)
        if (q->column == column || q->column == column + distance
            || q->column == column - distance)
            return false;
    return true;
}

static int64_t count_from(int64_t row, const Queen *queens)
{
    if (row == size)
        return 1;
    int64_t found = 0;
    for (int64_t column = 0; column < size; column++)
        if (safe(column, queens))
            found += count_from(row + 1, &(Queen){ column, queens });
    return found;
}

int main(int argc, char **argv)
{
    size = argc > 1 ? atoll(argv[1]) : 8;
    printf("%" PRId64 "\n", count_from(0, NULL));
    return 0;
}
