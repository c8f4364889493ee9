"""Runs the benchmarks, prints the tables and writes docs/benchmarks.md. No test fails on a clock."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

import catalogue
import cold
import peers
import rivals
import sympy
import warm
from items import ITEMS
from shared import SHARED

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
SIZES, LARGE = (2, 5, 10), (20, 35, 50)
NONE = "not proved"


def milliseconds(seconds: float | None) -> str:
    """Return a duration as a cell of a table."""
    return NONE if seconds is None else f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def ratio(theirs: float | None, ours: float) -> str:
    """Return how many times longer they take."""
    return "" if theirs is None else f"{theirs / ours:.0f} x"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a Markdown table, the first row its heading."""
    head, *body = rows
    yield "| " + " | ".join(head) + " |"
    yield "|---" + "|---:" * (len(head) - 1) + "|"
    for row in body:
        yield "| " + " | ".join(row) + " |"


def proofs(sizes: Sequence[int]) -> Iterator[str]:
    """Yield the table of proofs, ours and SymPy's in turns."""
    rows = [["claim", "derive, any n", "SymPy, any n", "ratio", *(f"SymPy, n = {size}" for size in sizes)]]
    for item in ITEMS:
        ours = warm.measure(item.problem)
        found = None if item.fixed else peers.symbolic(item)
        theirs = None if found is None else found[0]
        at = [peers.explicit(item, size) if not item.fixed or size == 2 else None for size in sizes]
        cells = [milliseconds(one) if one or not item.fixed else "" for one in at]
        rows.append(
            [
                item.name,
                milliseconds(ours),
                "" if item.fixed else milliseconds(theirs),
                ratio(at[0] if item.fixed else theirs, ours),
                *cells,
            ]
        )
        print("  ".join(rows[-1]), flush=True)
    yield from table(rows)


def verdicts() -> Iterator[str]:
    """Yield the table of the same claims put to us, to SymPy and to tensorgrad."""
    theirs = rivals.tensorgrad()
    if theirs is None:
        yield "tensorgrad was not measured; `tests/benchmarks/tensorgrad_peer.py` says how to."
    else:
        yield (
            f"tensorgrad {theirs['tensorgrad']} with torch {theirs['torch']}, measured on {theirs['date']} in an "
            "environment of its own"
        )
        yield (
            "(`tests/benchmarks/tensorgrad_peer.py`). It has no hypotheses, so p - c was put to it as p Σ c - c."
        )
    yield ""
    rows = [["claim", "derive", "SymPy", "tensorgrad"]]
    for item in SHARED:
        found: list[tuple[str, float] | None] = [warm.verdict(item.problem), peers.attempt(item)]
        if theirs is not None:
            found.append(theirs["rows"].get(item.name))
        cells = ["" if one is None else f"{one[0]}, {milliseconds(one[1])}" for one in found]
        rows.append([item.name, *cells, *[""] * (3 - len(cells))])
        print("  ".join(rows[-1]), flush=True)
    yield from table(rows)


def whole_catalogue() -> Iterator[str]:
    """Yield what the proofs of the catalogue take."""
    timed = catalogue.measure()
    entries: dict[str, float] = {}
    for one in timed:
        entries[one.entry] = entries.get(one.entry, 0) + one.seconds
    slowest = max(entries, key=entries.__getitem__)
    yield from table(
        [
            ["", "number", "median", "maximum", "the slowest"],
            [
                "a claim",
                str(len(timed)),
                milliseconds(statistics.median(one.seconds for one in timed)),
                milliseconds(timed[0].seconds),
                f"{timed[0].entry}: `{timed[0].claim}`",
            ],
            [
                "an entry, all its claims",
                str(len(entries)),
                milliseconds(statistics.median(entries.values())),
                milliseconds(entries[slowest]),
                slowest,
            ],
        ]
    )


def page(sizes: Sequence[int], rounds: int) -> Iterator[str]:
    """Yield the lines of docs/benchmarks.md."""
    today = datetime.datetime.now(datetime.UTC).date()
    yield "# Benchmarks"
    yield ""
    yield (
        f"One run of `make bench` on {today}: {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SymPy {sympy.__version__}. What is compared ran in turns in one run, so that whatever else the machine "
        "was doing slows both; look at the ratios."
    )
    yield ""
    yield "## A whole process"
    yield ""
    yield "`derive check` on a file with the cross-entropy claim, beside a process that does nothing but"
    yield f"`import sympy`; medians of {rounds} pairs."
    yield ""
    ours, theirs, times = cold.measure(rounds)
    yield from table(
        [
            ["process", "median", "ratio"],
            ["`derive check cross_entropy.drv`", milliseconds(ours), f"{times:.2f} x"],
            ['`python -c "import sympy"`', milliseconds(theirs), "1"],
        ]
    )
    print(
        f"derive check {milliseconds(ours)}, import sympy {milliseconds(theirs)}, ratio {times:.2f}",
        flush=True,
    )
    yield ""
    yield "## A proof"
    yield ""
    yield "The kernel, warm, for every n at once; the oracle's cross-examination and the derivation are not in it."
    yield "SymPy for symbolic n: the fastest of the routes in `tests/benchmarks/peers.py` (`diff`, `doit`,"
    yield "`refine`, `simplify` or `expand`, `subs`) that reaches 0, each from an empty cache and after import; its"
    yield "sums over different letters are identified for it. SymPy at an explicit n: `diff` and `simplify` of"
    yield "one entry, with Σ c = 1 solved for the last target; all entries take about n times as long."
    yield ""
    yield from proofs(sizes)
    yield ""
    yield "## The same claims elsewhere"
    yield ""
    yield "What each makes of a claim, for symbolic n, and the median time from the formula as built to the answer,"
    yield "warm. Ours is the whole verdict: proof and cross-examination, or counterexample, right side and diagnosis."
    yield "The others simplify left minus right: `proved` is 0, and a `residue` says neither that the claim is true"
    yield "nor that it is false. SymPy has the routes above, `rewrite(exp)` and `expand_log`; the best counts."
    yield from verdicts()
    yield ""
    yield "## The catalogue"
    yield ""
    yield "The kernel on every true claim of `derive list`, for symbolic sizes, warm; medians of 3."
    yield ""
    yield from whole_catalogue()


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="SymPy at n = 20, 35 and 50 too; takes minutes")
    parser.add_argument("--rounds", type=int, default=cold.ROUNDS, help="pairs of whole processes")
    options = parser.parse_args()
    sizes = SIZES + LARGE if options.large else SIZES
    text = "\n".join(line.rstrip() for line in page(sizes, options.rounds)) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(f"\n{text}\nwritten to {PAGE}")


if __name__ == "__main__":
    main()
