/* The smallest program: what start-up costs. */
#include <stdio.h>

int main(void)
{
    puts("Hello, world!");
    return 0;
}
