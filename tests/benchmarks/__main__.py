"""Runs the benchmarks, prints the tables and writes docs/benchmarks.md. No test fails on a clock."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import arrays
import catalogue
import cold
import growth
import numeric_peer
import peers
import polynomials
import rivals
import sympy
import warm
from items import ITEMS, Item
from shared import SHARED, gradient

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
SIZES = (2, 5, 10, 20, 35, 50)
DERIVED = ("softmax Jacobian", "cross-entropy: p - c", "Hessian: p (delta - p)")
PATIENCE = 3  # seconds at one n after which no greater n is tried
ARRAYS = "## Arrays elsewhere"
NONE = "not proved"
TOO_LONG = "not tried"


def milliseconds(seconds: float | None) -> str:
    """Return a duration as a cell of a table."""
    return NONE if seconds is None else f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def megabytes(count: int) -> str:
    """Return an amount of memory as a cell of a table."""
    return f"{count / 1e6:.0f} MB"


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


def at_sizes(item: Item, sizes: Sequence[int]) -> tuple[float | None, list[str]]:
    """Return SymPy's time at the first n, and the cells for all of them."""
    first, cells, spent = peers.explicit(item, sizes[0]), [], 0.0
    for size in sizes:
        start = time.perf_counter()
        found = TOO_LONG if spent > PATIENCE else milliseconds(peers.explicit(item, size))
        spent = max(spent, time.perf_counter() - start)
        cells.append(found)
    return first, cells


def proofs(sizes: Sequence[int]) -> Iterator[str]:
    """Yield the table of proofs, ours and SymPy's in turns."""
    rows = [["claim", "derive, any n", "SymPy, any n", "ratio", *(f"SymPy, n = {size}" for size in sizes)]]
    for item in ITEMS:
        ours = warm.measure(item.problem)
        found = None if item.fixed else peers.symbolic(item)
        theirs = None if found is None else found[0]
        at, cells = at_sizes(item, (2,) if item.fixed else sizes)
        cells += [""] * (len(sizes) - len(cells))
        rows.append(
            [
                item.name,
                milliseconds(ours),
                "" if item.fixed else milliseconds(theirs),
                ratio(at if item.fixed else theirs, ours),
                *cells,
            ]
        )
        print("  ".join(rows[-1]), flush=True)
    yield from table(rows)


def derivations() -> Iterator[str]:
    """Yield the table of what derivations take."""
    rows = [["claim", "lines", "all of them proved"]]
    for item in ITEMS:
        if item.name in DERIVED:
            lines, seconds = warm.derived(item.problem)
            rows.append([item.name, str(lines), milliseconds(seconds)])
            print("  ".join(rows[-1]), flush=True)
    yield from table(rows)


def verdicts() -> Iterator[str]:
    """Yield the table of the same claims put to us, to SymPy and to tensorgrad."""
    theirs = rivals.results("tensorgrad")
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


def whole_arrays() -> Iterator[str]:
    """Yield the section on arrays: the same claims put to us, to SymPy's matrix expressions and to tensorgrad."""
    theirs = rivals.results("tensorgrad") or {"date": "never", "tensorgrad": "", "arrays": {}}
    today = datetime.datetime.now(datetime.UTC).date()
    yield ARRAYS
    yield ""
    yield f"Matrices, labels, orders and unknown functions, for symbolic sizes, measured on {today};"
    yield f"tensorgrad {theirs['tensorgrad']} on {theirs['date']} in an environment of its own. SymPy's is the"
    yield "best of five routes: as built, `doit`, `expand`, `simplify`, and all of them, each for at most"
    yield f"{arrays.LIMIT:.0f} s. Where a cell is empty there are no such terms, or not all of them. The inverse of"
    yield "tensorgrad does not tell a transpose; what it proves of either form counts."
    yield ""
    rows = [["claim", "derive", "SymPy", "tensorgrad"]]
    for claim in arrays.CLAIMS:
        found = [
            warm.verdict(claim.problem, rounds=3),
            arrays.attempt(claim),
            theirs["arrays"].get(claim.name),
        ]
        cells = ["" if one is None else f"{one[0]}, {milliseconds(one[1])}" for one in found]
        rows.append([claim.name, *cells])
        print("  ".join(rows[-1]), flush=True)
    yield from table(rows)
    yield ""


def numeric() -> Iterator[str]:
    """Yield the table of what numeric checkers let pass."""
    theirs = rivals.results("numeric")
    if theirs is None:
        yield "They were not measured; `tests/benchmarks/numeric_peer.py` says how to."
        return
    yield f"torch {theirs['torch']} and jax {theirs['jax']}, measured on {theirs['date']} in an environment of its own."
    yield ""
    rows = [["the gradient that is claimed", "derive, any n", "gradcheck, one n", "check_grads, one n"]]
    for name, claim in numeric_peer.CLAIMS.items():
        found = [
            warm.verdict(gradient(*claim), rounds=3),
            *(theirs["rows"][name][k] for k in ("torch", "jax")),
        ]
        rows.append([name, *(f"{says}, {milliseconds(seconds)}" for says, seconds in found)])
        print("  ".join(rows[-1]), flush=True)
    yield from table(rows)


def faster() -> Iterator[str]:
    """Yield the table of what is faster."""
    sizes = (2, 10, 50)
    rows = [
        ["p - c, one entry", *(f"n = {size}" for size in sizes)],
        ["polynomials cleared by hand, python-flint", *map(milliseconds, map(polynomials.measure, sizes))],
    ]
    yield from table(rows)


def growing() -> Iterator[str]:
    """Yield the tables of how the cost grows."""
    for series in growth.SERIES:
        found = growth.measure(series)
        cells = [milliseconds(seconds) for _, seconds in found]
        shares = [f"{seconds / size * 1e3:.2f} ms" for size, seconds in found]
        sizes = [str(size) for size, _ in found]
        yield from table([[series.name, *sizes], ["a proof", *cells], ["for each of them", *shares]])
        yield ""
        print(series.name, *cells, flush=True)


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
    yield ""
    yield f"These claims take longer than {milliseconds(catalogue.LONG)}, and no others:"
    yield ""
    named = [one for one in timed if one.seconds > catalogue.LONG]
    yield from table(
        [["entry", "claim", "time"], *([o.entry, f"`{o.claim}`", milliseconds(o.seconds)] for o in named)]
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
    yield f"`import sympy`, in turns; medians of {rounds} rounds, and of the ratios within each. The processor's time"
    yield "is that of the process and of the worker below it, and varies less with what else the machine does."
    yield ""
    runs = cold.measure(rounds)
    yield from table(
        [
            ["process", "by the clock", "ratio", "processor", "ratio", "peak memory"],
            *(
                [
                    f"`{one.name}`",
                    milliseconds(one.seconds),
                    f"{one.ratio:.2f} x",
                    milliseconds(one.processor),
                    f"{one.processor_ratio:.2f} x",
                    megabytes(one.memory),
                ]
                for one in runs
            ),
        ]
    )
    for one in runs:
        print(f"{one.name}: {one.ratio:.2f}, processor {one.processor_ratio:.2f}", flush=True)
    yield ""
    yield "## A proof"
    yield ""
    yield "The kernel, warm, for every n at once; the oracle's cross-examination and the derivation are not in it."
    yield "SymPy for symbolic n: the fastest of the routes in `tests/benchmarks/peers.py` (`diff`, `doit`,"
    yield "`refine`, `simplify` or `expand`, `subs`) that reaches 0, each from an empty cache and after import; its"
    yield "sums over different letters are identified for it. SymPy at an explicit n: `diff` and `simplify` of"
    yield "one entry, with Σ c = 1 solved for the last target; all entries take about n times as long. Where one"
    yield f"n took more than {PATIENCE} s, greater ones were not tried."
    yield ""
    yield from proofs(sizes)
    yield ""
    yield "The derivation of a claim, with each of its lines proved by the kernel:"
    yield ""
    yield from derivations()
    yield ""
    yield "## The same claims elsewhere"
    yield ""
    yield "What each makes of a claim, for symbolic n, and the median time from the formula as built to the answer,"
    yield "warm. Ours is the whole verdict: proof and cross-examination, or counterexample, right side and diagnosis."
    yield "The others simplify left minus right: `proved` is 0, and a `residue` says neither that the claim is true"
    yield "nor that it is false. SymPy has the routes above, `rewrite(exp)` and `expand_log`; the best counts."
    yield from verdicts()
    yield ""
    yield from whole_arrays()
    yield "## What numeric checkers let pass"
    yield ""
    yield "The same gradients put to `torch.autograd.gradcheck` and `jax.test_util.check_grads`, every option at its"
    yield "default, at one random point and one n. A claim that they pass may be false: a factor of 1.001 is within"
    yield "their tolerance, and what is true at the n that was tried may be false at the next. Ours is the whole"
    yield "verdict for every n: proof and cross-examination, or counterexample, right side and diagnosis."
    yield from numeric()
    yield ""
    yield "## What is faster"
    yield ""
    yield "Where a person has taken the derivative, cleared the denominators and put in the hypothesis, one"
    yield "polynomial identity at one n is left. So is a numeric checker, above, which proves nothing."
    yield ""
    yield from faster()
    yield ""
    yield "## How the cost grows"
    yield ""
    yield "The kernel on claims of one kind, `tests/benchmarks/growth.py`, for symbolic sizes, warm; medians of 5."
    yield "Where the second row stays level the cost is linear."
    yield ""
    yield from growing()
    yield "## The catalogue"
    yield ""
    yield f"The kernel on every true claim of `derive list`, for symbolic sizes, warm, on {today}; medians of 3 of the"
    yield "processor's time."
    yield ""
    yield from whole_catalogue()
    yield ""
    yield "Whole verdicts on all its claims by `derive check --jobs N`, start and imports included."
    yield ""
    counted = [cold.claims_per_second(jobs) for jobs in (1, 2)]
    yield from table(
        [
            ["claims", *("one job" if jobs == 1 else f"{jobs} jobs" for jobs in (1, 2))],
            [str(counted[0][0]), *(f"{rate:.0f} claims/s" for _, rate in counted)],
        ]
    )


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="SymPy at n = 2 and 5 alone")
    parser.add_argument("--rounds", type=int, default=cold.ROUNDS, help="pairs of whole processes")
    parser.add_argument("--arrays", action="store_true", help="measure and write the section on arrays alone")
    options = parser.parse_args()
    if options.arrays:
        before, rest = PAGE.read_text(encoding="utf-8").split(f"{ARRAYS}\n")
        section = "\n".join(line.rstrip() for line in whole_arrays())
        after = rest.split("\n## ", 1)[1]
        PAGE.write_text(f"{before}{section}\n## {after}", encoding="utf-8")
        return
    sizes = SIZES[:2] if options.small else SIZES
    text = "\n".join(line.rstrip() for line in page(sizes, options.rounds)) + "\n"
    PAGE.write_text(text, encoding="utf-8")
    print(f"\n{text}\nwritten to {PAGE}")


if __name__ == "__main__":
    main()
