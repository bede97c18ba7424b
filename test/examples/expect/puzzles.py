"""Examples that search, and the ones that play."""

import functools
import itertools

from .common import Case, checksum, example, lines, park_miller, show_list

# --- sudoku -----------------------------------------------------------------------

UNITS = ([[9 * r + c for c in range(9)] for r in range(9)]
         + [[9 * r + c for r in range(9)] for c in range(9)]
         + [[9 * (3 * a + r) + 3 * b + c for r in range(3) for c in range(3)]
            for a in range(3) for b in range(3)])
PEERS = [set().union(*(u for u in UNITS if cell in u)) - {cell} for cell in range(81)]


def solutions(cells):
    """All the ways to complete a list of 81 digits, 0 for empty."""
    best = None
    for cell in range(81):
        if cells[cell] == 0:
            fits = set(range(1, 10)) - {cells[peer] for peer in PEERS[cell]}
            if best is None or len(fits) < len(best[1]):
                best = cell, fits
                if len(fits) < 2:
                    break
    if best is None:
        yield cells
        return
    for digit in best[1]:
        yield from solutions(cells[:best[0]] + [digit] + cells[best[0] + 1:])


def make_puzzle(rng, clues):
    """A puzzle with one solution and about `clues` digits given."""
    digits = rng.sample(range(1, 10), 9)
    rows, columns = ([3 * band + i for band in rng.sample(range(3), 3)
                      for i in rng.sample(range(3), 3)] for _ in range(2))
    puzzle = [digits[(3 * (r % 3) + r // 3 + c) % 9] for r in rows for c in columns]
    for cell in rng.sample(range(81), 81):
        if 81 - puzzle.count(0) <= clues:
            break
        fewer = puzzle[:cell] + [0] + puzzle[cell + 1:]
        if len(list(itertools.islice(solutions(fewer), 2))) == 1:
            puzzle = fewer
    return puzzle


def show_grid(cells):
    out = []
    for r in range(9):
        if r in (3, 6):
            out.append("------+-------+------")
        row = cells[9 * r:9 * r + 9]
        out.append(" | ".join(" ".join(map(str, row[i:i + 3])) for i in (0, 3, 6)))
    return out


@example
def sudoku(rng, large):
    source, out = [], []
    for number in range(1, 21 if large else 4):
        puzzle = make_puzzle(rng, 26 if large else 32)
        source.append("".join(map(str, puzzle)).replace("0", rng.choice(".0")))
        out += [f"puzzle {number}", *show_grid(next(solutions(puzzle)))]
    # Two equal digits in a row of nine empty places elsewhere: no solution.
    source = [line.replace("0", ".") for line in source]
    source.append("12345678." + "." * 8 + "9" + "." * 63)
    out += [f"puzzle {len(source)}", "has no solution"]
    return Case(lines(*out), [], lines(*source))


# --- queens, permutations, knapsack --------------------------------------------------


def count_queens(n):
    """Counts with bit masks of the attacked columns and diagonals."""
    def count(columns, left, right):
        if columns == (1 << n) - 1:
            return 1
        total, free = 0, ~(columns | left | right) & ((1 << n) - 1)
        while free:
            bit = free & -free
            free -= bit
            total += count(columns | bit, (left | bit) << 1, (right | bit) >> 1)
        return total
    return count(0, 0, 0)


def peaceful(placement):
    n = len(placement)
    return (len({row + c for row, c in enumerate(placement)}) == n
            and len({row - c for row, c in enumerate(placement)}) == n)


@example
def nqueens(rng, large):
    n = 10 if large else rng.choice([4, 5, 6, 7, 3])
    first = next(filter(peaceful, itertools.permutations(range(n))), None)
    board = ["none to draw"] if first is None else [
        " ".join("Q" if column == queen else "." for column in range(n))
        for queen in first]
    return Case(lines(f"{n} queens: {count_queens(n)} solutions", *board), [n])


@example
def permutations(rng, large):
    n = 8 if large else rng.randint(4, 6)

    def report(name, found):
        ranks = (functools.reduce(lambda sum, x: 10 * sum + x, p) for p in found)
        return [f"{name}: {len(found)} permutations, checksum {checksum(ranks)}",
                "  " + show_list(found[:4])]

    inserted = [[]]
    for x in range(n, 0, -1):
        inserted = [p[:i] + [x] + p[i:] for p in inserted for i in range(len(p) + 1)]
    ordered = list(itertools.permutations(range(1, n + 1)))
    out = report("insertion", inserted) + report("selection", ordered)
    out += report("in order", ordered) + ["agree: true"]
    return Case(lines(*out), [n])


@example
def knapsack(rng, large):
    n, capacity, seed = (200, 5000, 7) if large else (
        rng.randint(8, 14), rng.randint(40, 120), rng.randint(1, 10**6))
    states = itertools.islice(park_miller(seed), n)
    items = [(1 + s % 30, 1 + s // 30 % 100) for s in states]

    # best[room] for the first i items, kept for every i.
    tables = [[0] * (capacity + 1)]
    for weight, worth in items:
        before = tables[-1]
        tables.append([max(before[room],
                           worth + before[room - weight] if weight <= room else 0)
                       for room in range(capacity + 1)])
    taken, room = [], capacity
    for i in range(n, 0, -1):
        if tables[i][room] != tables[i - 1][room]:
            taken.append(i - 1)
            room -= items[i - 1][0]
    best = tables[n][capacity]
    out = [f"best: {best}", f"take: {show_list(taken[::-1])}",
           f"weight {capacity - room} of {capacity}, worth {best}",
           f"memoised: {best}"]
    if n <= 20:
        subsets = itertools.product([0, 1], repeat=n)
        loads = ([item for item, taken in zip(items, subset) if taken]
                 for subset in subsets)
        most = max(sum(worth for _, worth in load) for load in loads
                   if sum(weight for weight, _ in load) <= capacity)
        out.append(f"exhaustive: {most}")
    return Case(lines(*out), [n, capacity, seed])


# --- life -------------------------------------------------------------------------------


@example
def life(rng, large):
    """Keeps the set of living cells and counts the neighbours they touch."""
    width, height, generations = (200, 150, 100) if large else (
        rng.randint(8, 20), rng.randint(6, 14), rng.randint(5, 20))
    alive = {(x, y) for x in range(width) for y in range(height) if rng.random() < 0.35}

    def draw():
        return ["".join("#" if (x, y) in alive else "." for x in range(width))
                for y in range(height)]

    start, out = draw(), []
    for generation in range(generations + 1):
        out.append(f"generation {generation}: {len(alive)} alive")
        if generation == generations:
            break
        touched = {}
        for x, y in alive:
            for dx, dy in itertools.product((-1, 0, 1), repeat=2):
                if dx or dy:
                    place = (x + dx) % width, (y + dy) % height
                    touched[place] = touched.get(place, 0) + 1
        alive = {place for place, n in touched.items()
                 if n == 3 or n == 2 and place in alive}
    return Case(lines(*out, *draw()), [generations], lines(*start))


# --- the adventure -------------------------------------------------------------------------

ROOM_NAMES = dict(garden="a quiet garden", hall="the great hall", kitchen="the kitchen",
                  tower="the top of the tower", cellar="a dark cellar", vault="the vault")
COMPASS = dict(n="north", s="south", e="east", w="west", u="up", d="down")
DIRECTIONS = set(COMPASS.values())
WAY_TO_WIN = ["n", "take lamp", "go up", "get key", "down", "e", "d", "unlock door",
              "e", "take crown", "w", "u", "w", "s"]


class Adventure:
    def __init__(self):
        self.ways = {("garden", "north"): "hall", ("hall", "south"): "garden",
                     ("hall", "east"): "kitchen", ("hall", "up"): "tower",
                     ("kitchen", "west"): "hall", ("kitchen", "down"): "cellar",
                     ("tower", "down"): "hall", ("cellar", "up"): "kitchen",
                     ("vault", "west"): "cellar"}
        self.things = dict(garden=["rose"], hall=["lamp"], kitchen=["bread", "knife"],
                           tower=["key"], cellar=["barrel"], vault=["crown", "coin"])
        self.room, self.carried, self.moves = "garden", [], 0

    def dark(self):
        return self.room == "cellar" and "lamp" not in self.carried

    def look(self):
        if self.dark():
            return ["It is too dark to see anything."]
        ways = sorted(way for room, way in self.ways if room == self.room)
        return [f"You are in {ROOM_NAMES[self.room]}.",
                f"You see {listing(self.things[self.room])}.",
                f"Ways lead {', '.join(ways)}."]

    def go(self, way):
        target = self.ways.get((self.room, way))
        if target is None:
            return [f"There is no way {way}."]
        self.room = target
        self.moves += 1
        return self.look()

    def take(self, thing):
        if self.dark() or thing not in self.things[self.room]:
            return [f"There is no {thing} here."]
        if thing == "barrel":
            return ["The barrel is too heavy."]
        self.things[self.room].remove(thing)
        self.carried.insert(0, thing)
        return [f"You take the {thing}."]

    def drop(self, thing):
        if thing not in self.carried:
            return [f"You have no {thing}."]
        self.carried.remove(thing)
        self.things[self.room].append(thing)
        return [f"You drop the {thing}."]

    def unlock(self):
        if self.room != "cellar":
            return ["There is no lock here."]
        if self.dark():
            return ["You cannot see what you are doing."]
        if ("cellar", "east") in self.ways:
            return ["The door is open already."]
        if "key" not in self.carried:
            return ["You have no key."]
        self.ways["cellar", "east"] = "vault"
        return ["The key turns. A door opens in the east."]

    def obey(self, line):
        match line.lower().split():
            case ["go", word]:
                return self.go(COMPASS.get(word, word))
            case ["take" | "get", thing]:
                return self.take(thing)
            case ["drop", thing]:
                return self.drop(thing)
            case ["look" | "l"]:
                return self.look()
            case ["inventory" | "i"]:
                return [f"You carry {listing(self.carried)}."]
            case ["unlock", *_]:
                return self.unlock()
            case ["quit" | "q"]:
                return []
            case [word] if word in COMPASS or word in DIRECTIONS:
                return self.go(COMPASS.get(word, word))
        return [f'I do not understand "{line.strip()}".']

    def play(self, commands):
        out = self.look()
        for line in commands:
            out += [f"> {line.strip()}", *self.obey(line)]
            if self.room == "garden" and "crown" in self.carried:
                return out + [f"The crown is back. You win! You made {self.moves} moves."]
            if line.lower().split() in (["quit"], ["q"]):
                return out + [f"Goodbye. You made {self.moves} moves."]
        return out + [f"You fall asleep. You made {self.moves} moves."]


def listing(things):
    return ", ".join(f"a {thing}" for thing in things) or "nothing"


@example
def adventure(rng, large):
    things = ["lamp", "rose", "key", "barrel", "bread", "knife", "crown", "ghost"]
    plain = list(COMPASS) + sorted(DIRECTIONS) + ["look", "I", "unlock", "dance ", "  "]
    commands = list(WAY_TO_WIN)
    for _ in range(5000 if large else rng.randint(5, 40)):
        verb = rng.choice(["take", "drop", "Get", "go"])
        command = f"{verb}  {rng.choice(things)}" if verb != "go" else (
            f"go {rng.choice(sorted(DIRECTIONS) + ['n', 'sideways'])}")
        commands.insert(rng.randint(0, len(commands)), rng.choice([command] + plain))
    commands.append(rng.choice(["quit", " look "]))
    if large:
        commands = [c for c in commands if "crown" not in c]
    return Case(lines(*Adventure().play(commands)), [], lines(*commands))
