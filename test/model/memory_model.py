#!/usr/bin/env python3
"""The memory model, executable: random programs against a heap where nothing dies.

The rules are those of docs/memory-model.md: link and store, esc and outs, settle by
moving or splicing, homes, holds, hand-over at tail calls, weak counts, trace credit.
Objects have a number and two slots; the shadow keeps what each slot holds, for ever.
A run raises Broken when a program sees something else than the shadow, when memory is
used after its end, freed twice or left over, or when a bound is passed.

  memory_model.py [RUNS]              RUNS programs in each mode (default 300)
  memory_model.py --table [RUNS]      takes out one rule after the other: each must be
                                      caught within RUNS programs per mode
  memory_model.py --without RULE      one rule out, reports what catches it

Not modelled: fibers, threads, byte sizes, out of memory inside a move.
"""
import random
import sys

MODES = ("auto", "move", "splice", "random", "units")
LIST_MIN = 3          # capacity of a fresh list: small, so that compaction is common
STEP = 6              # objects that make a region due
COUNTED = "counted"   # the place of a unit

# Every rule can be taken out. What catches it is printed by --table.
RULES = {
    "link.count": "an edge into counted memory counts",
    "link.outs": "a counted edge from a frame object stands in its region's outs",
    "link.esc-older": "an edge from an older region stands in the target's esc",
    "link.esc-counted": "an edge from counted memory stands in the target's esc",
    "link.weak": "an esc entry on a unit holds a weak count",
    "store.order": "the new value is counted before the old one is released",
    "move.once": "an object is cloned once (forwarding)",
    "move.pass-count": "a moved counted edge passes its count to the copy's outs",
    "move.link-other": "a moved edge to another region is linked",
    "move.link-elsewhere": "a moved edge to a clone outside the destination is linked",
    "settle.escapes": "valid esc entries are roots and are repaired",
    "settle.hold-live": "counted live values are held before outs are dropped",
    "settle.hold-new": "live values that became counted are held",
    "settle.outs-drop": "outs of what stayed behind are released",
    "settle.outs-moved": "outs of what moved are left alone",
    "settle.esc-drop": "esc entries give their weak count back",
    "splice.rank": "spliced objects get the rank of the region below",
    "splice.esc": "esc entries travel with a splice",
    "splice.outs": "outs entries travel with a splice",
    "compact.valid": "compaction keeps valid entries",
    "compact.weak": "compaction gives the weak counts of stale entries back",
    "hold.load": "a loaded value is held while it is used",
    "hold.keep": "a pop keeps what is live",
    "hold.pop": "a frame pops its holds",
    "tail.hand": "counted arguments of a tail call are handed over",
    "tail.replace": "a tail call drops what the activation handed over before",
    "tail.splice": "a handed region that nobody adopts is spliced",
    "unit.weak-wait": "a dead unit's memory waits for its weak count",
    "unit.children": "a unit that dies releases what it holds",
    "credit": "tracing is paid for by allocation",
}


class Broken(Exception):
    pass


def require(cond, *what):
    if not cond:
        raise Broken(*what)


class Object:
    __slots__ = ("number", "slots", "place", "forward", "freed", "count", "weak", "dying")

    def __init__(self, number, slots, place):
        self.number, self.slots, self.place = number, slots, place
        self.forward, self.freed, self.dying = None, False, False
        self.count = self.weak = 0


class Region:
    def __init__(self, rank, below):
        self.rank, self.below, self.joined = rank, below, None
        self.objects, self.esc, self.outs = [], [], []
        self.caps = {"esc": LIST_MIN, "outs": LIST_MIN}
        self.fresh = self.received = self.allocated = self.credit = self.base = 0


def root(region):
    while region.joined:
        region = region.joined
    return region


class Machine:
    """The memory of one program."""

    def __init__(self, seed, mode, without=None):
        self.random = random.Random(seed)
        self.mode, self.without = mode, without
        self.top = Region(1, None)
        self.holds, self.handed = [], None
        self.units, self.cells = set(), []
        self.shadow, self.numbers = {}, 0
        self.allocated = self.moved = self.traced = 0
        self.stats = dict(moves=0, splices=0, compactions=0, repairs=0, handed=0, homes=0)

    def on(self, rule):
        return self.without != rule

    # ---- places ----

    def counted(self, v):
        return isinstance(v, Object) and v.place is COUNTED

    def region(self, v):
        return root(v.place)

    def check(self, v):
        if isinstance(v, Object):
            require(not v.freed and not v.forward, "use after its end", v.number)

    # ---- counts ----

    def retain(self, v):
        self.check(v)
        v.count += 1

    def release(self, v):
        work = [v]
        while work:
            u = work.pop()
            require(not u.freed and u.count > 0, "released too often", u.number)
            u.count -= 1
            if u.count:
                continue
            u.dying = True
            slots, u.slots = u.slots, [None] * len(u.slots)
            if self.on("unit.children"):
                work += [c for c in slots if self.counted(c)]
            if u.weak == 0 or not self.on("unit.weak-wait"):
                self.free(u)

    def free(self, u):
        require(not u.freed, "freed twice", u.number)
        u.freed = True
        self.units.discard(u)

    def weak_release(self, c):
        if not self.counted(c):
            return
        require(not c.freed and c.weak > 0, "weak count given back twice", c.number)
        c.weak -= 1
        if c.weak == 0 and c.dying:
            self.free(c)

    # ---- the lists ----

    def entry_valid(self, region, name, entry):
        c, i = entry
        require(not c.freed, "an entry's container is gone", c.number)
        v = c.slots[i]
        if not isinstance(v, Object):
            return False
        if name == "outs":
            return self.counted(v)
        return (not self.counted(v) and self.region(v) is region
                and (self.counted(c) or self.region(c) is not region))

    def push(self, region, name, entry):
        entries = getattr(region, name)
        if len(entries) >= region.caps[name]:
            self.compact(region, name)
        getattr(region, name).append(entry)

    def compact(self, region, name):
        kept, seen = [], set()
        for entry in getattr(region, name):
            key = (id(entry[0]), entry[1])
            valid = self.entry_valid(region, name, entry) and self.on("compact.valid")
            if valid and key not in seen:
                seen.add(key)
                kept.append(entry)
            elif name == "esc" and self.on("compact.weak"):
                self.weak_release(entry[0])
        setattr(region, name, kept)
        region.caps[name] = max(LIST_MIN, 2 * len(kept))
        self.stats["compactions"] += 1

    # ---- edges ----

    def link(self, c, i, v):
        if not isinstance(v, Object):
            return
        self.check(v)
        if self.counted(v):
            if self.on("link.count"):
                v.count += 1
            if not self.counted(c) and self.on("link.outs"):
                self.push(self.region(c), "outs", (c, i))
        elif self.counted(c):
            if self.on("link.esc-counted"):
                if self.on("link.weak"):
                    c.weak += 1
                self.push(self.region(v), "esc", (c, i))
        elif self.region(v).rank > self.region(c).rank and self.on("link.esc-older"):
            self.push(self.region(v), "esc", (c, i))

    def store(self, c, i, v):
        self.check(c)
        self.check(v)
        old = c.slots[i]
        if not self.on("store.order") and self.counted(old):
            self.release(old)
        c.slots[i] = v
        self.shadow[c.number][i] = v.number if isinstance(v, Object) else v
        same = (isinstance(old, Object) and isinstance(v, Object)
                and not self.counted(old) and not self.counted(v)
                and self.region(old) is self.region(v)
                and (self.counted(c) or self.region(c).rank < self.region(v).rank))
        if not same:
            self.link(c, i, v)
        if self.on("store.order") and self.counted(old):
            self.release(old)

    def load(self, c, i):
        self.check(c)
        v = c.slots[i]
        self.expect(v, self.shadow[c.number][i])
        return v

    def expect(self, v, want):
        self.check(v)
        got = v.number if isinstance(v, Object) else v
        require(got == want, "another value than was stored", got, want)

    def new(self, slots, place=None):
        self.numbers += 1
        region = self.top
        o = Object(self.numbers, slots, place or region)
        self.shadow[o.number] = [s.number if isinstance(s, Object) else s for s in slots]
        if place is COUNTED:
            self.units.add(o)
        else:
            region.objects.append(o)
            region.fresh += 1
            region.allocated += 1
            region.credit += 1
            self.allocated += 1
        for i, v in enumerate(slots):
            self.link(o, i, v)
        return o

    # ---- settling ----

    def inside(self, v, y):
        return isinstance(v, Object) and not self.counted(v) and self.region(v) is y

    def home(self, c):
        if self.counted(c) or self.mode == "units":
            return COUNTED
        r = self.region(c)
        if 4 * r.received > STEP + r.allocated:  # early, so that programs meet it
            self.stats["homes"] += 1
            return COUNTED
        return r

    def escapes(self, y):
        """Valid entries with their destinations, counted first, then the oldest."""
        found = [(self.home(e[0]), e) for e in y.esc if self.entry_valid(y, "esc", e)]
        return sorted(found, key=lambda x: 0 if x[0] is COUNTED else x[0].rank)

    def measure(self, y, roots, budget):
        seen, work = set(), [r for r in roots if self.inside(r, y)]
        while work and len(seen) <= budget:
            o = work.pop()
            if id(o) not in seen:
                seen.add(id(o))
                work += [s for s in o.slots if self.inside(s, y)]
        return len(seen)

    def fits(self, y, live, at_return):
        credit = y.credit // 2 if at_return else y.credit
        if not self.on("credit"):
            credit = len(y.objects) * 1000
        budget = min(len(y.objects) // 3, credit)
        if self.mode in ("move", "units"):
            budget = len(y.objects)
        roots = live + [e[0].slots[e[1]] for _, e in self.escapes(y)]
        n = self.measure(y, roots, budget)
        y.credit = max(0, y.credit - n) if self.on("credit") else y.credit
        self.traced += n
        if self.mode == "splice":
            return False
        return self.random.random() < 0.5 if self.mode == "random" else n <= budget

    def move(self, o, y, to):
        """The copy of o in `to`, with what it reaches in y."""
        if o.forward:
            return o.forward
        work = []

        def clone(o):
            require(self.moved < 20000, "endless move")
            n = Object(o.number, list(o.slots), to)
            (self.units.add if to is COUNTED else to.objects.append)(n)
            o.forward = n
            self.moved += 1
            work.append(n)
            return n

        copy = clone(o)
        while work:
            n = work.pop()
            for i, v in enumerate(n.slots):
                if self.counted(v):
                    if to is not COUNTED and self.on("move.pass-count"):
                        self.push(to, "outs", (n, i))
                elif self.inside(v, y):
                    known = v.forward if self.on("move.once") else None
                    n.slots[i] = target = known or clone(v)
                    if to is COUNTED or self.counted(target) or self.region(target) is not to:
                        if to is COUNTED and not known or self.on("move.link-elsewhere"):
                            self.link(n, i, target)
                elif isinstance(v, Object) and self.on("move.link-other"):
                    self.link(n, i, v)
        return copy

    def repair_escapes(self, y):
        for to, (c, i) in self.escapes(y):
            v = c.slots[i]
            if not self.inside(v, y):
                continue  # an entry that stood twice
            before = self.moved
            c.slots[i] = self.move(v, y, to)
            self.link(c, i, c.slots[i])
            self.stats["repairs"] += 1
            if to is not COUNTED:
                to.received += self.moved - before
                to.fresh += self.moved - before

    def move_out(self, y, p, live):
        self.stats["moves"] += 1
        if self.on("settle.escapes"):
            self.repair_escapes(y)
        moved = []
        for v in live:
            if self.inside(v, y):
                before = self.moved
                v = self.move(v, y, p)
                p.fresh += self.moved - before
                p.allocated += self.moved - before
                if self.counted(v) and self.on("settle.hold-new"):
                    self.hold(v)
            moved.append(v)
        for c, i in y.outs:
            if c.forward and self.on("settle.outs-moved"):
                continue
            v = c.slots[i]
            if self.counted(v) and self.on("settle.outs-drop"):
                c.slots[i] = None
                self.release(v)
        for c, _ in y.esc:
            if self.on("settle.esc-drop"):
                self.weak_release(c)
        for o in y.objects:
            o.freed = True
        return moved

    def splice(self, y, p):
        self.stats["splices"] += 1
        if self.on("splice.rank"):
            y.joined = p
        else:
            for o in y.objects:
                o.place = Region(y.rank, None)
        p.objects += y.objects
        p.fresh += len(y.objects)
        p.allocated += y.allocated
        p.received += y.received
        p.credit += y.credit
        for name in ("esc", "outs"):
            if self.on("splice." + name):
                for entry in getattr(y, name):
                    if name == "outs" or self.entry_valid(p, name, entry):
                        self.push(p, name, entry)
                    else:
                        self.weak_release(entry[0])

    def settle(self, y, live, at_return):
        require(self.top is y, "settled out of order")
        if self.on("settle.hold-live"):
            for v in live:
                if self.counted(v):
                    self.hold(v)
        if not self.fits(y, live, at_return):
            if at_return:
                self.splice(y, y.below)
                self.top = y.below
            else:
                self.stats["splices"] += 1
                y.base, y.fresh = len(y.objects), 0
            return live
        p = y.below if at_return else Region(y.rank, y.below)
        if not at_return:
            p.credit = y.credit
        self.top = p
        live = self.move_out(y, p, live)
        if not at_return:
            p.base, p.fresh = len(p.objects), 0
        return live

    # ---- frames ----

    def due(self, region):
        return region.fresh >= STEP

    def renewal_due(self, region):
        return region.fresh >= max(STEP, region.base // 2)

    def splice_handed(self):
        y, self.handed = self.handed, None
        if y and self.on("tail.splice"):
            self.splice(y, y.below)
            self.top = y.below

    def enter(self, owns):
        if self.handed and owns:
            own, self.handed = self.handed, None
            return own
        self.splice_handed()
        if owns and self.due(self.top):
            self.top = Region(self.top.rank + 1, self.top)
            return self.top
        return None

    def hold(self, v):
        if self.counted(v):
            self.retain(v)
            self.holds.append((v, None))

    def pop_to(self, mark, live):
        kept = [v for v in live if self.counted(v)] if self.on("hold.keep") else []
        for v in kept:
            self.retain(v)
        while len(self.holds) > mark and self.on("hold.pop"):
            self.release(self.holds.pop()[0])
        self.holds += [(v, None) for v in kept]

    def tail_args(self, own, mark, args, frame, hand):
        if own and hand:
            if self.renewal_due(own):
                args = self.settle(own, args, False)
            self.handed = self.top
            self.stats["handed"] += 1
        elif own:
            args = self.settle(own, args, True)
        kept = [v for v in args if self.counted(v)] if self.on("tail.hand") else []
        for v in kept:
            self.retain(v)
        self.pop_to(mark, [])
        while self.holds and self.holds[-1][1] is not None and self.holds[-1][1] >= frame:
            if not self.on("tail.replace"):
                break
            self.release(self.holds.pop()[0])
        self.holds += [(v, frame) for v in kept]
        return args

    # ---- the end ----

    def finish(self):
        for cell in self.cells:
            self.store(cell, 0, None)
        self.pop_to(0, [])
        self.splice_handed()
        while self.top:
            y, self.top = self.top, self.top.below
            for c, i in y.outs:
                if self.counted(c.slots[i]):
                    v, c.slots[i] = c.slots[i], None
                    self.release(v)
            for c, i in y.esc:
                if self.inside(c.slots[i], y):
                    c.slots[i] = None
                self.weak_release(c)
            for o in y.objects:
                o.freed = True
        for cell in self.cells:
            self.release(cell)
        self.free_cycles()
        require(not self.units, "units are left", len(self.units))
        require(self.traced <= self.allocated or self.mode in ("move", "units"),
                "more traced than allocated", self.traced, self.allocated)
        require(2 * self.moved <= self.allocated or self.mode != "auto",
                "more than half of what was allocated was moved", self.moved, self.allocated)

    def free_cycles(self):
        """What is left has only counts from what is left."""
        left = [u for u in self.units if not u.dying]
        for u in left:
            for v in u.slots:
                if self.counted(v):
                    v.count -= 1
        for u in left:
            require(u.count == 0, "a count was leaked", u.number, u.count)
            u.dying = True
            if u.weak == 0:
                self.free(u)


class Program:
    """A random program on a machine, with the protocol of compiled code."""

    def __init__(self, seed, mode, without=None):
        self.m = Machine(seed, mode, without)
        self.random = self.m.random
        self.budget = 60
        self.m.cells = [self.m.new([None], COUNTED) for _ in range(3)]
        for cell in self.m.cells:
            cell.count = 1

    def chance(self, p):
        return self.random.random() < p

    def pick(self, env):
        return self.random.choice(env) if env and self.chance(0.8) else -self.random.randrange(1, 6)

    def container(self, env):
        refs = [v for v in env if isinstance(v, Object)]
        if self.chance(0.2) or not refs:
            return self.random.choice(self.m.cells), 0
        return self.random.choice(refs), self.random.randrange(2)

    def use(self, env, v):
        """A value that is used later."""
        if self.m.on("hold.load"):
            self.m.hold(v)
        env.append(v)

    def step(self, env, depth):
        m, k = self.m, self.random.random()
        if k < 0.4:
            env.append(m.new([self.pick(env), self.pick(env)]))
        elif k < 0.6:
            c, i = self.container(env)
            borrow = self.chance(0.2)
            m.store(c, i, m.load(*self.container(env)) if borrow else self.pick(env))
        elif k < 0.88:
            self.use(env, m.load(*self.container(env)))
        elif depth < 9 and self.budget > 0:
            self.budget -= 1
            args = [self.pick(env) for _ in range(self.random.randrange(3))]
            self.use(env, self.frame(args, depth + 1))

    def check_same(self, before, after):
        for (n, v) in zip(before, after):
            self.m.expect(v, n)
        by_number = {}
        for v in after:
            if isinstance(v, Object):
                require(by_number.setdefault(v.number, v) is v, "one object has become two")

    def back_edge(self, env, own, mark):
        m = self.m
        borrow = m.load(*self.container(env)) if self.chance(0.3) else 0
        env = [v for v in env if self.chance(0.6)] + [borrow]
        numbers = [v.number if isinstance(v, Object) else v for v in env]
        if own and m.renewal_due(own):
            env = m.settle(own, env, False)
            own = m.top
        elif not own and m.due(m.top):
            own = m.top = Region(m.top.rank + 1, m.top)
        m.pop_to(mark, env)
        self.check_same(numbers, env)
        m.hold(env[-1])
        return env, own

    def frame(self, env, depth):
        m = self.m
        base = len(m.holds)
        while True:
            own = m.enter(self.chance(0.8))
            mark = len(m.holds)
            for _ in range(self.random.randrange(5, 40)):
                n = len(env)
                self.step(env, depth)
                if len(env) > n:
                    m.check(env[-1])
                if self.chance(0.07):
                    env, own = self.back_edge(env, own, mark)
            if self.budget > 0 and self.chance(0.4):
                self.budget -= 1
                args = [self.pick(env) if self.chance(0.7) else m.load(*self.container(env))
                        for _ in range(self.random.randrange(4))]
                numbers = [v.number if isinstance(v, Object) else v for v in args]
                env = m.tail_args(own, mark, args, depth, self.chance(0.5))
                self.check_same(numbers, env)
                require(len(m.holds) <= base + 3, "tail calls pile up holds")
                continue
            result = m.load(*self.container(env)) if self.chance(0.3) else self.pick(env)
            number = result.number if isinstance(result, Object) else result
            if own:
                result, = m.settle(own, [result], True)
            m.pop_to(mark, [result])
            m.expect(result, number)
            return result

    def deep_recursion(self, depth):
        """Every frame owns a region and returns a longer list."""
        m, result = self.m, None
        for _ in range(depth):
            m.top = Region(m.top.rank + 1, m.top)
            for _ in range(STEP):
                result = m.new([result, None])
        for _ in range(depth):
            result, = m.settle(m.top, [result], True)
        m.pop_to(0, [])

    def returned_borrow(self):
        """A frame returns what only an object that dies with it counts."""
        m, cell = self.m, self.m.cells[0]
        own = m.top = Region(m.top.rank + 1, m.top)
        m.store(cell, 0, m.new([-1, -2]))
        m.settle(own, [], True)
        own = m.top = Region(m.top.rank + 1, m.top)
        c = m.new([m.load(cell, 0), None])
        m.store(cell, 0, None)
        v, = m.settle(own, [m.load(c, 0)], True)
        m.check(v)
        m.pop_to(0, [])

    def run(self):
        if self.chance(0.1):
            self.deep_recursion(40)
        if self.chance(0.1):
            self.returned_borrow()
        while self.budget > 0:
            self.budget -= 1
            mark = len(self.m.holds)
            self.frame([], 0)
            self.m.pop_to(mark, [])
        self.m.finish()
        return self.m


def catch(rule, runs):
    """The first program that breaks without the rule, or None."""
    for seed in range(runs):
        for mode in MODES:
            try:
                Program(seed, mode, rule).run()
            except Broken as b:
                return mode, seed, str(b.args[0])
            except (AttributeError, RecursionError, TypeError, ValueError) as e:
                return mode, seed, type(e).__name__
    return None


def table(rules, runs):
    missed = 0
    for rule in rules:
        found = catch(rule, runs)
        missed += found is None
        caught = "caught: %s (%s, seed %d)" % (found[2], found[0], found[1]) if found else "NOT CAUGHT"
        print("%-22s %s" % (rule, caught))
    print("%d passed, %d failed" % (len(rules) - missed, missed))
    return missed


def main(args):
    if args and args[0] == "--table":
        return table(RULES, int(args[1]) if len(args) > 1 else 400) > 0
    if args and args[0] == "--without":
        return table([args[1]], int(args[2]) if len(args) > 2 else 1000) > 0
    runs = int(args[0]) if args else 300
    for mode in MODES:
        total = {}
        for seed in range(runs):
            try:
                stats = Program(seed, mode).run().stats
            except Broken as b:
                print("mode %s, seed %d: %s" % (mode, seed, b.args))
                return 1
            for k, v in stats.items():
                total[k] = total.get(k, 0) + v
        print("%-7s %d programs hold; %s" % (mode, runs, ", ".join("%s %d" % kv for kv in total.items())))
    print("%d passed, 0 failed" % len(MODES))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
