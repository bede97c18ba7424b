/* Moves the sun and the giant planets for n steps and prints the energy. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { NBODIES = 5 };

static const double solar_mass = 4 * 3.141592653589793 * 3.141592653589793;
static const double days_per_year = 365.24;

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

/* Positions in astronomical units, speeds in units a day, masses in suns. */
static const Body system_at_start[NBODIES] = {
    { 0, 0, 0, 0, 0, 0, 1 },
    { 4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
      1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05,
      9.54791938424326609e-04 },
    { 8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
      -2.76742510726411000e-03, 4.99852801234917238e-03, 2.30417297573763929e-05,
      2.85885980666130812e-04 },
    { 1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
      2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05,
      4.36624404335156298e-05 },
    { 1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
      2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05,
      5.15138902046611451e-05 },
};

static void make_system(Body *bodies)
{
    double px = 0, py = 0, pz = 0;
    for (int i = 0; i < NBODIES; i++) {
        Body *b = &bodies[i];
        *b = system_at_start[i];
        b->vx *= days_per_year;
        b->vy *= days_per_year;
        b->vz *= days_per_year;
        b->mass *= solar_mass;
        px += b->vx * b->mass;
        py += b->vy * b->mass;
        pz += b->vz * b->mass;
    }
    bodies[0].vx = -px / solar_mass;
    bodies[0].vy = -py / solar_mass;
    bodies[0].vz = -pz / solar_mass;
}

static void kick(Body *a, Body *b, double dt)
{
    double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
    double square_distance = dx * dx + dy * dy + dz * dz;
    double force = dt / (square_distance * sqrt(square_distance));
    a->vx -= dx * b->mass * force;
    a->vy -= dy * b->mass * force;
    a->vz -= dz * b->mass * force;
    b->vx += dx * a->mass * force;
    b->vy += dy * a->mass * force;
    b->vz += dz * a->mass * force;
}

static void advance(Body *bodies, double dt)
{
    for (int i = 0; i < NBODIES; i++)
        for (int j = i + 1; j < NBODIES; j++)
            kick(&bodies[i], &bodies[j], dt);
    for (int i = 0; i < NBODIES; i++) {
        Body *b = &bodies[i];
        b->x += dt * b->vx;
        b->y += dt * b->vy;
        b->z += dt * b->vz;
    }
}

static double energy(const Body *bodies)
{
    double sum = 0;
    for (int i = 0; i < NBODIES; i++) {
        const Body *a = &bodies[i];
        sum += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < NBODIES; j++) {
            const Body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            sum -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    int64_t steps = argc > 1 ? atoll(argv[1]) : 1000;
    Body bodies[NBODIES];
    make_system(bodies);
    printf("%.9f\n", energy(bodies));
    for (int64_t i = 0; i < steps; i++)
        advance(bodies, 0.01);
    printf("%.9f\n", energy(bodies));
    return 0;
}
