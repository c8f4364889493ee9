"""Coverage-guided fuzzing of one reader: `python -m tests.fuzz TARGET SECONDS`, by `make fuzz`. Changes no source.

Inputs that reach new code are kept in build/fuzz/TARGET/corpus and start the next run; each finding, once for each
place in the code, goes to build/fuzz/TARGET/findings.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["derive.reading", "derive.terms"]):
    from tests.fuzz.readers import ROOT, TARGETS, finding, typed
from tests.fuzz.mutations import mutated

LONGEST = 1500  # bytes of an input
BYTEWISE = 0.2  # the share of inputs that libFuzzer changes by itself
HANGS = 60  # seconds after which an input ends the run, and is kept


def words(target: str) -> set[str]:
    """Return the words of a reader: what its grammars spell out, and what its tables have names for."""
    from derive.reading.declarations import DECLARATIONS
    from derive.reading.latex import symbols
    from derive.reading.text import ASKED
    from derive.terms.functions import TABLE

    spelled = "\n".join((ROOT / grammar).read_text(encoding="utf-8") for grammar in TARGETS[target].grammars)
    found = {
        *re.findall(r'"([^"\n]+)"', spelled),
        *DECLARATIONS,
        *ASKED,
        *TABLE,
        "problem:",
        "when",
        "expect",
    }
    if target != "text":
        tables = (
            symbols.LETTERS,
            symbols.FUNCTIONS,
            symbols.BIG,
            symbols.ORDER,
            symbols.OPENING,
            symbols.CLOSING,
        )
        found |= {word for table in tables for word in table} | set(symbols.TYPED) | set(symbols.WORDS)
        found |= {
            "\\" + word for word in (*symbols.ACCENTS, *symbols.FONTS, *re.findall(r"[A-Za-z]{3,}", spelled))
        }
        found |= {
            *symbols.TIMES,
            r"\left(",
            r"\right)",
            r"\begin{cases}",
            r"\end{cases}",
            r"\\",
            "&",
            r"\partial ",
        }
    if target == "documents":
        found |= {"$$", r"\[", r"\]", r"\begin{align}", r"\end{align}", "```derive\n", "```math\n", "```\n"}
        found |= {"% derive: ", "read ", " as ", "If $i = j$", "\n\n", r"\begin{document}"}
    return found


def prepared(target: str) -> Path:
    """Write the seeds and the dictionary of a target, and return its folder."""
    folder = ROOT / "build" / "fuzz" / target
    for name in ("corpus", "seeds", "findings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for seed in TARGETS[target].seeds():
        data = seed.encode()[:LONGEST]
        (folder / "seeds" / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in sorted(words(target))]
    (folder / "words").write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
    return folder


def main(target: str, seconds: int) -> None:
    """Fuzz a reader for some seconds; the findings are counted on standard error as they come."""
    folder = prepared(target)
    seen: set[str] = set()
    begin = time.monotonic()

    def one(data: bytes) -> None:
        wrong = finding(target, data)
        if wrong is None:
            return
        place = wrong.partition(": ")[0]
        if place not in seen:
            seen.add(place)
            name = hashlib.sha256(data).hexdigest()[:12]
            (folder / "findings" / name).write_bytes(data)
            print(
                f"finding {len(seen)} after {time.monotonic() - begin:.0f} s, {name}: {wrong}",
                file=sys.stderr,
            )

    vocabulary, seeds = sorted(words(target)), list(TARGETS[target].seeds())

    def change(data: bytes, size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < BYTEWISE:
            return bytes(atheris.Mutate(data, size))
        return mutated(typed(data), vocabulary, seeds, chance).encode("utf-8", "surrogateescape")[:size]

    options = {
        "max_total_time": seconds,
        "timeout": HANGS,
        "max_len": LONGEST,
        "len_control": 0,
        "rss_limit_mb": 4096,
        "dict": folder / "words",
        "artifact_prefix": f"{folder / 'findings'}/",
        "print_final_stats": 1,
    }
    chosen = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup(
        [sys.argv[0], *chosen, str(folder / "corpus"), str(folder / "seeds")], one, custom_mutator=change
    )
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in TARGETS or not sys.argv[2].isdecimal():
        sys.exit(f"usage: python -m tests.fuzz {{{','.join(TARGETS)}}} SECONDS")
    main(sys.argv[1], int(sys.argv[2]))
