"""The certificates of the catalogue, all or a sample, put to Coq: `python -m tests.certificates.everything`.

With `--refuted` it is the claims that are false, under all conditions of their domains: none may be accepted.
With `--corpus FILE` the claims are those of a file with a JSON object a line, `text` and `expect`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from derive.certificates.certificate import certificate, certificate_under
from derive.certificates.checking import first_accepted, hypotheses_met, prepare
from derive.certificates.expressions import UnsupportedError
from derive.certificates.project import module_name, write_libraries, write_project
from derive.errors import DeriveError
from derive.terms import Context, Equation
from tests.certificates.claims import catalogue, claims, conditions_of

Asked = tuple[str, Equation, Context, bool]
FEWEST_ACCEPTED = 0.65  # of what can be stated, and is put to Coq; two samples of 40 had 0.87 and 0.76


def of_corpus(file: Path) -> Iterator[Asked]:
    """Yield the claims of a corpus, each with whether it is false."""
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        try:
            found = claims(entry["text"])
        except DeriveError:
            continue
        for number, (equation, context) in enumerate(found, 1):
            yield f"{entry['id']} {number}", equation, context, entry["expect"] == "refuted"


def answer(folder: Path, number: int, asked: Asked) -> tuple[str, str, float, float]:
    """Return what Coq says of a claim: a word, a reason, and the seconds for writing and checking."""
    name, equation, context, refuted = asked
    started = perf_counter()
    try:
        if refuted:
            written = certificate_under(equation, context, conditions_of(equation, context))
        else:
            written = certificate(equation, context)
    except UnsupportedError as reason:
        return "unsupported", str(reason), perf_counter() - started, 0.0
    passed = perf_counter() - started
    target = folder / f"{module_name(name.replace(' ', '_'), number)}.v"
    said = first_accepted(folder, target, written.texts)
    if not said.accepted:
        return "rejected", said.reason, passed, said.seconds
    met = hypotheses_met(target.read_text(encoding="utf-8")) or not hypotheses_met(written.texts[0])
    return "accepted", "" if met else "its hypotheses are not shown to be met", passed, said.seconds


def main() -> int:
    """Check certificates and return 1 if too few are accepted, or one of a false claim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--refuted", action="store_true")
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    every = list(catalogue()) if options.corpus is None else list(of_corpus(options.corpus))
    asked = [one for one in every if one[3] == options.refuted]
    if options.sample is not None and options.sample < len(asked):
        asked = random.Random(options.seed).sample(asked, options.sample)
    count: Counter[str] = Counter()
    times: list[tuple[float, float]] = []
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        write_libraries(folder)
        prepare(folder)
        write_project(folder, [])
        with ThreadPoolExecutor(options.jobs) as pool:
            answers = pool.map(lambda pair: answer(folder, *pair), enumerate(asked))
            for done, (one, (word, reason, wrote, took)) in enumerate(zip(asked, answers, strict=True), 1):
                count[word] += 1
                times.append((wrote, took))
                if word != "accepted" or reason or options.refuted:
                    print(f"{word:11} {one[0]}: {one[1]}   {reason}", flush=True)
                if sys.stderr.isatty():
                    bar = "#" * (40 * done // len(asked))
                    print(f"\r[{bar:40}] {done}/{len(asked)}", end="", file=sys.stderr, flush=True)
    told = ", ".join(f"{number} {word}" for word, number in count.most_common())
    print(
        f"{told}; writing {median(t for t, _ in times):.2f} s, Coq {median(t for _, t in times):.1f} s (medians)"
    )
    if options.refuted:
        return 1 if count["accepted"] else 0
    return 0 if count["accepted"] >= FEWEST_ACCEPTED * (len(asked) - count["unsupported"]) else 1


if __name__ == "__main__":
    sys.exit(main())
