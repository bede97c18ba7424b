"""Examples of numeric work."""

import math

from .common import Case, example, lines, show_float, show_list


@example
def mandelbrot(rng, large):
    width, height, limit = (400, 300, 200) if large else (
        rng.randint(20, 50), rng.randint(12, 30), rng.randint(40, 100))

    def escape_time(c):
        z = 0j
        for n in range(limit):
            if z.real * z.real + z.imag * z.imag > 4.0:
                return n
            z = z * z + c
        return limit

    def colour(n):
        if n == limit:
            return "0 0 0"
        t = 8 * n % 512
        return f"{t} {t} {255 - t}" if t < 256 else f"255 {511 - t} 0"

    rows = ["  ".join(colour(escape_time(complex(3.0 * column / width - 2.0,
                                                 2.0 * row / height - 1.0)))
                      for column in range(width))
            for row in range(height)]
    return Case(lines("P3", f"{width} {height}", 255, *rows), [width, height, limit])


@example
def pi_digits(rng, large):
    """Machin's formula on whole numbers."""
    n = 10_000 if large else rng.randint(200, 600)
    unity = 10 ** (n + 20)

    def arctan_of_inverse(x):
        term = total = unity // x
        k, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // k)
            k, sign = k + 2, -sign
        return total

    scaled = 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) // 10 ** 21
    digits, count = [], n
    while count > 0:                    # by parts: str() has a limit
        part = min(count, 1000)
        digits.append(str(scaled % 10 ** part).zfill(part))
        scaled //= 10 ** part
        count -= part
    text = "".join(reversed(digits))
    out = [f"{text[i:i + 10]:10}\t:{min(i + 10, n)}" for i in range(0, n, 10)]
    return Case(lines(*out), [n])


@example
def matmul(rng, large):
    n = 200 if large else rng.randint(12, 40)
    a = [[(3 * i + j) % 7 - 3 for j in range(n)] for i in range(n)]
    b = [[(i + 5 * j) % 11 - 5 for j in range(n)] for i in range(n)]
    b_columns = list(zip(*b))
    c = [[sum(map(int.__mul__, row, column)) for column in b_columns] for row in a]
    trace_ca = sum(c[i][k] * a[k][i] for i in range(n) for k in range(n))
    corners = [c[0][0], c[0][-1], c[-1][0], c[-1][-1]]
    return Case(lines(
        f"trace {show_float(float(sum(c[i][i] for i in range(n))))}",
        f"sum {show_float(float(sum(map(sum, c))))}",
        "corners " + " ".join(show_float(float(x)) for x in corners),
        f"trace of the product with a {show_float(float(trace_ca))}"), [n])


BODIES = [
    (4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05,
     9.54791938424326609e-04),
    (8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411000e-03, 4.99852801234917238e-03, 2.30417297573763929e-05,
     2.85885980666130812e-04),
    (1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05,
     4.36624404335156298e-05),
    (1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05,
     5.15138902046611451e-05)]


@example
def nbody(rng, large):
    """Accelerations summed for each body from all the others."""
    steps = 50_000 if large else rng.randint(200, 600)
    sun, dt = 4 * math.pi ** 2, 0.01
    mass = [sun] + [b[6] * sun for b in BODIES]
    place = [[0.0] * 3] + [list(b[:3]) for b in BODIES]
    speed = [[0.0] * 3] + [[v * 365.24 for v in b[3:6]] for b in BODIES]
    speed[0] = [-sum(m * v[k] for m, v in zip(mass, speed)) / sun for k in range(3)]
    everyone = range(len(mass))

    def energy():
        kinetic = sum(m * sum(x * x for x in v) / 2 for m, v in zip(mass, speed))
        return kinetic - sum(mass[i] * mass[j] / math.dist(place[i], place[j])
                             for i in everyone for j in everyone if i < j)

    def step():
        for i in everyone:
            pull = [0.0] * 3
            for j in everyone:
                if i != j:
                    factor = mass[j] / math.dist(place[i], place[j]) ** 3
                    for k in range(3):
                        pull[k] += (place[j][k] - place[i][k]) * factor
            speed[i] = [v + p * dt for v, p in zip(speed[i], pull)]
        for i in everyone:
            place[i] = [x + v * dt for x, v in zip(place[i], speed[i])]

    before = energy()
    for _ in range(steps):
        step()
    return Case(lines(f"{before:.9f}", f"{energy():.9f}"), [steps])


@example
def spectral_norm(rng, large):
    n = 300 if large else rng.randint(20, 60)
    matrix = [[1 / ((i + j) * (i + j + 1) // 2 + i + 1) for j in range(n)]
              for i in range(n)]
    transposed = list(zip(*matrix))

    def times(rows, v):
        return [sum(map(float.__mul__, row, v)) for row in rows]

    u = [1.0] * n
    for _ in range(10):
        v = times(transposed, times(matrix, u))
        u = times(transposed, times(matrix, v))
    dot = sum(map(float.__mul__, u, v))
    return Case(lines(f"{math.sqrt(dot / sum(x * x for x in v)):.9f}"), [n])


@example
def sieve(rng, large):
    """Crosses out with slices of the odd numbers only."""
    limit = 5_000_000 if large else rng.randint(1000, 20_000)
    odd = bytearray([1]) * (limit // 2)         # odd[i] stands for 2 i + 1
    odd[0] = 0
    for i in range(1, math.isqrt(limit) // 2 + 1):
        if odd[i]:
            start = 2 * i * (i + 1)
            odd[start::2 * i + 1] = bytes(len(range(start, len(odd), 2 * i + 1)))
    primes = [2] + [2 * i + 1 for i, prime in enumerate(odd) if prime]
    twins = sum(b - a == 2 for a, b in zip(primes, primes[1:]))
    return Case(lines(f"{len(primes)} primes below {limit}",
                      f"{twins} pairs of twins",
                      f"the largest: {show_list(primes[:-6:-1])}"), [limit])
