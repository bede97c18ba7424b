"""Examples that read or build text."""

import csv
import heapq
import io
import json as json_module
import re
from collections import Counter, defaultdict

from .common import Case, checksum, example, lines

WORDS = """apple river stone cloud winter summer garden paper window letter
    école überall señor naïve house dream light shadow music ocean""".split()


def make_vocabulary(rng, size):
    syllables = ["ka", "lo", "mi", "ter", "san", "vo", "ri", "dan", "pel", "u"]
    words = set(WORDS)
    while len(words) < size:
        words.add("".join(rng.choices(syllables, k=rng.randint(2, 6))))
    return sorted(words)


def make_text(rng, nwords, vocabulary):
    """Lines of words with capitals and punctuation, common words in front."""
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    words = rng.choices(vocabulary, weights,
                        k=nwords)
    out = []
    for start in range(0, nwords, 12):
        line = " ".join(words[start:start + 12]).capitalize()
        out.append(line + rng.choice([".", ",", " --", "!", " 42", ""]))
    return lines(*out)


@example
def word_frequencies(rng, large):
    """50 MB of text when large."""
    vocabulary = make_vocabulary(rng, 20_000 if large else 60)
    rng.shuffle(vocabulary)
    text = make_text(rng, 4_300_000 if large else 3_000, vocabulary)
    how_many = 15
    counts = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    out = [f"{sum(counts.values())} words, {len(counts)} different"]
    out += [f"{count:8}  {word}" for word, count in ranked[:how_many]]
    return Case(lines(*out), [how_many], text)


def make_document(rng, depth):
    """A random JSON value, nested at most `depth` deep."""
    kinds = ["number", "float", "text", "word"]
    if depth > 0:
        kinds += ["array", "object"] * 3
    match rng.choice(kinds):
        case "number":
            return rng.choice([rng.randint(-99, 99), rng.randint(-10**30, 10**30)])
        case "float":
            return round(rng.uniform(-1000, 1000), rng.randint(1, 6)) or 0.5
        case "text":
            pieces = WORDS + ['"', "\\", "\n", "\t", "\r", "/", "€", "🙂", " "]
            return "".join(rng.choices(pieces, k=rng.randint(0, 4)))
        case "word":
            return rng.choice([True, False, None])
        case "array":
            return [make_document(rng, depth - 1) for _ in range(rng.randint(0, 5))]
        case "object":
            return {f"{rng.choice(WORDS)}{i}": make_document(rng, depth - 1)
                    for i in range(rng.randint(0, 5))}


def parts(value):
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def count_values(value):
    return 1 + sum(map(count_values, parts(value)))


def depth_of(value):
    return max((1 + depth_of(part) for part in parts(value)), default=0)


@example
def json(rng, large):
    """Reads and prints what Python's json module wrote, and the other way."""
    document = [make_document(rng, 5) for _ in range(20_000 if large else 12)]
    source = json_module.dumps(document, ensure_ascii=rng.random() < 0.5,
                               indent=rng.choice([None, 1, "\t"]),
                               separators=rng.choice([(",", ":"), (" , ", " : ")]))
    pretty = json_module.dumps(document, indent=2, ensure_ascii=False)
    summary = f"{count_values(document)} values, depth {depth_of(document)}"
    return Case(lines(pretty, summary), [], source + "\n")


@example
def csv_report(rng, large):
    """Reads the sales back with Python's csv module."""
    regions = ["North", "South", 'East "old town"', "West, coast", "Centre"]
    products = ["tea", "coffee", "salt, fine", 'the "best" soap', "rice"]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n",
                        quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writerow(["region", "product", "units", "price"])
    for _ in range(200_000 if large else 150):
        cents = rng.randint(5, 9999)
        writer.writerow([rng.choice(regions), rng.choice(products),
                         rng.randint(1, 40), f"{cents // 100}.{cents % 100:02}"])
    return Case(report(table.getvalue()), [], table.getvalue())


def report(text):
    def row(name, units, cents):
        return f"{name:24}{units:10}{cents // 100:13}.{cents % 100:02}"

    units, revenue = Counter(), Counter()
    by_product = defaultdict(Counter)
    sales = list(csv.DictReader(io.StringIO(text)))
    for sale in sales:
        cents = int(sale["units"]) * int(sale["price"].replace(".", ""))
        units[sale["region"]] += int(sale["units"])
        revenue[sale["region"]] += cents
        by_product[sale["region"]][sale["product"]] += cents
    out = [f"{'region':24}{'units':>10}{'revenue':>16}", "-" * 50]
    for region in sorted(units):
        best = min(by_product[region].items(), key=lambda item: (-item[1], item[0]))
        out += [row(region, units[region], revenue[region]),
                f"  best seller: {best[0]}"]
    out += ["-" * 50,
            row(f"{len(sales)} sales", sum(units.values()), sum(revenue.values()))]
    return lines(*out)


@example
def huffman(rng, large):
    """Codes from a heap of (weight, lowest character, {character: bits})."""
    text = make_text(rng, 100_000 if large else 150, WORDS)
    counts = Counter(text)
    heap = [(count, c, {c: ""}) for c, count in counts.items()]
    heapq.heapify(heap)
    while len(heap) > 1:
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        codes = {c: "0" + bits for c, bits in first[2].items()}
        codes |= {c: "1" + bits for c, bits in second[2].items()}
        heapq.heappush(heap, (first[0] + second[0], min(first[1], second[1]), codes))
    codes = heap[0][2]
    names = {" ": "space", "\n": "newline"}
    out = [f"{names.get(c, c)}\t{bits}"
           for c, bits in sorted(codes.items(), key=lambda e: (len(e[1]), e[0]))]
    size = sum(counts[c] * len(codes[c]) for c in counts)
    out += [f"{len(text)} characters, {size} bits", "decoded: the same"]
    return Case(lines(*out), [], text)


@example
def string_building(rng, large):
    n = 200_000 if large else rng.randint(200, 400)

    def text_hash(text):
        return checksum(map(ord, text), 7)

    def fizz(i):
        return ("fizz" * (i % 3 == 0) + "buzz" * (i % 5 == 0)) or str(i)

    text = "".join(fizz(i) + "," for i in range(1, n + 1))
    shifted = text.translate({c: (c - 97 + 3) % 26 + 97 for c in range(97, 123)})
    palindromes = sum(str(i) == str(i)[::-1] for i in range(n))
    return Case(lines(
        f"length {len(text)}, hash {text_hash(text)}",
        "joined: true",
        "halved: true",
        f"shifted: {text_hash(shifted)}",
        "and back: true",
        f"buzz: {text.count('buzz')} times",
        f"louder: {text.replace(',', ' ').upper()[:30]}",
        f"palindromes: {palindromes}",
        f"binary: {text_hash(''.join(format(i, 'b') for i in range(n)))}",
        f"first of {text[0]} is {ord(text[0])}"), [n])
