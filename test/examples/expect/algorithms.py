"""Examples of classic algorithms and data structures."""

import itertools
import math
from collections import OrderedDict

from .common import Case, checksum, example, lines, park_miller, show_list


@example
def dijkstra(rng, large):
    """Bellman and Ford's algorithm: relaxes all edges until nothing changes."""
    nodes = 2000 if large else rng.randint(6, 30)
    edges = {}
    for _ in range(3 * nodes):
        start, end = rng.sample(range(nodes), 2)
        edges[start, end] = rng.randint(1, 50)
    cost = {0: 0}
    changed = True
    while changed:
        changed = False
        for (start, end), length in edges.items():
            if start in cost and cost[start] + length < cost.get(end, math.inf):
                cost[end] = cost[start] + length
                changed = True

    def route(node):
        if node == 0:
            return [0]
        return route(min(start for (start, end), length in edges.items() if end == node
                         and start in cost and cost[start] + length == cost[node])) + [node]

    out = [f"{node}: {cost[node]} by {' '.join(map(str, route(node)))}" if node in cost
           else f"{node}: no way" for node in range(nodes)]
    source = [f"{nodes} {len(edges)}"]
    source += [f"{start} {end} {length}" for (start, end), length in edges.items()]
    return Case(lines(*out), [], lines(*source))


@example
def quicksort(rng, large):
    n, seed = (1_000_000, 42) if large else (rng.randint(1000, 5000),
                                             rng.randint(1, 10**6))
    items = [s % 1_000_000 for s in itertools.islice(park_miller(seed), n)]
    ordered = sorted(items)
    return Case(lines(
        f"before: {checksum(items)} unsorted",
        f"after: {checksum(ordered)} sorted",
        f"smallest {ordered[0]}, middle {ordered[n // 2]}, greatest {ordered[-1]}"),
        [n, seed])


@example
def mergesort(rng, large):
    n, seed = (1_000_000, 42) if large else (rng.randint(1000, 4000),
                                             rng.randint(1, 10**6))
    states = itertools.islice(park_miller(seed), n)
    records = [(s % 10_000, number) for number, s in enumerate(states)]
    ordered = sorted(records)

    def sum_of(records):
        return checksum(7 * key + number for key, number in records)

    first = show_list([("Record", *record) for record in ordered[:3]])
    return Case(lines(f"before: {sum_of(records)}",
                      f"after: {sum_of(ordered)} in order",
                      f"first: {first}"), [n, seed])


def collatz_length(n):
    steps = 1
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@example
def lru_cache(rng, large):
    requests, capacity = (1_000_000, 64) if large else (rng.randint(1000, 4000),
                                                        rng.randint(4, 100))
    cache, hits, total = OrderedDict(), 0, 0
    for state in itertools.islice(park_miller(1), requests):
        key = min(state % 200, state // 200 % 200)
        if key in cache:
            hits += 1
            cache.move_to_end(key)
        else:
            if len(cache) == capacity:
                cache.popitem(last=False)
            cache[key] = collatz_length(key)
        total += cache[key]
    keys = list(cache)
    return Case(lines(
        f"sum {total}",
        f"{hits} hits, {requests - hits} misses, {len(cache)} entries",
        f"freshest: {show_list(keys[:-11:-1])}",
        f"oldest: {keys[0]}"), [requests, capacity])


@example
def binary_trees(rng, large):
    """Counts by formula: a tree of depth d has 2^(d + 1) - 1 nodes."""
    depth = 16 if large else rng.randint(6, 9)

    def nodes(d):
        return 2 ** (d + 1) - 1

    out = [f"stretch tree of depth {depth + 1}\t check: {nodes(depth + 1)}"]
    for d in range(4, depth + 1, 2):
        count = 2 ** (depth - d + 4)
        out.append(f"{count}\t trees of depth {d}\t check: {count * nodes(d)}")
    out.append(f"long lived tree of depth {depth}\t check: {nodes(depth)}")
    return Case(lines(*out), [depth])


def nth_permutation(n, index):
    """The permutation of fannkuch's order with this index, from its digits."""
    items = list(range(n))
    for last in range(n - 1, 0, -1):
        turn, index = divmod(index, math.factorial(last))
        items[:last + 1] = items[turn:last + 1] + items[:turn]
    return items


def count_flips(items):
    flips = 0
    while front := items[0]:
        items[:front + 1] = items[front::-1]
        flips += 1
    return flips


@example
def fannkuch(rng, large):
    n = 9 if large else rng.randint(4, 7)
    flips = [count_flips(nth_permutation(n, i)) for i in range(math.factorial(n))]
    return Case(lines(sum(flips[::2]) - sum(flips[1::2]),
                      f"Pfannkuchen({n}) = {max(flips)}"), [n])
