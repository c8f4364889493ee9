"""The certificates of the catalogue, all or a sample, put to Coq: `python -m tests.certificates.everything`.

With `--refuted` it is the claims that are false, under all conditions of their domains: none may be accepted.
With `--corpus FILE` the claims are those of a file with a JSON object a line, `text` and `expect`.
With `--record FILE` what Coq said of each claim is kept there, a JSON object a line; those that it accepted are not put
to it again. What it accepted is looked over by `coqchk` in the end, with the libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from derive.certificates.certificate import certificate, certificate_under
from derive.certificates.checking import LIBRARIES, first_accepted, hypotheses_met, prepare
from derive.certificates.expressions import UnsupportedError
from derive.certificates.project import module_name, write_libraries, write_project
from derive.errors import DeriveError
from derive.terms import Context, Equation
from tests.certificates.claims import catalogue, claims, conditions_of

Asked = tuple[str, Equation, Context, bool]
Said = tuple[str, str, float, float]
FEWEST_ACCEPTED = (
    0.8  # of what can be stated, and is put to Coq: of a sample of 25 more are, but for one time in 200
)


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


def file_of(folder: Path, number: int, name: str) -> Path:
    """Return the file of a claim's certificate."""
    return folder / f"{module_name(name.replace(' ', '_'), number)}.v"


def answer(folder: Path, number: int, asked: Asked) -> Said:
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
    target = file_of(folder, number, name)
    said = first_accepted(folder, target, written.texts)
    if not said.accepted:
        return "rejected", said.reason, passed, said.seconds
    met = hypotheses_met(target.read_text(encoding="utf-8")) or not hypotheses_met(written.texts[0])
    return "accepted", "" if met else "its hypotheses are not shown to be met", passed, said.seconds


def looked_over(folder: Path, accepted: list[Path]) -> bool:
    """Return whether `coqchk` accepts the libraries and certificates as they were compiled; tell what it says."""
    modules = [f"Derive.{name}" for name in (*LIBRARIES, *(one.stem for one in accepted))]
    which = [word for module in modules for word in ("-norec", module)]
    command = ["coqchk", "-silent", "-Q", str(folder), "Derive", *which]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n")
    print(f"coqchk: {'accepts' if not done.returncode else 'does not accept'} {len(modules)} compiled files")
    return not done.returncode


def recorded(file: Path | None) -> frozenset[str]:
    """Return the names of the claims of which a record says that Coq accepted their certificates."""
    if file is None or not file.exists():
        return frozenset()
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    last = {one["name"]: one["said"] for one in lines}
    return frozenset(name for name, said in last.items() if said == "accepted")


def options_given() -> argparse.Namespace:
    """Return the options of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--refuted", action="store_true")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--record", type=Path)
    return parser.parse_args()


def main() -> int:
    """Check certificates and return 1 if too few are accepted, or one of a false claim."""
    options = options_given()
    every = list(catalogue()) if options.corpus is None else list(of_corpus(options.corpus))
    known = recorded(options.record)
    asked = [one for one in every if one[3] == options.refuted and one[0] not in known]
    if options.sample is not None and options.sample < len(asked):
        asked = random.Random(options.seed).sample(asked, options.sample)
    count: Counter[str] = Counter()
    times: list[tuple[float, float]] = []
    accepted: list[Path] = []
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
                if word == "accepted":
                    accepted.append(file_of(folder, done - 1, one[0]))
                if options.record is not None:
                    row = {"name": one[0], "said": word, "reason": reason, "wrote": wrote, "took": took}
                    with options.record.open("a", encoding="utf-8") as record:
                        print(json.dumps(row), file=record)
                if word != "accepted" or reason or options.refuted:
                    print(f"{word:11} {one[0]}: {one[1]}   {reason}", flush=True)
                if sys.stderr.isatty():
                    bar = "#" * (40 * done // len(asked))
                    print(f"\r[{bar:40}] {done}/{len(asked)}", end="", file=sys.stderr, flush=True)
        sound = looked_over(folder, accepted)
    told = ", ".join(f"{number} {word}" for word, number in count.most_common())
    print(
        f"{told}; writing {median(t for t, _ in times):.2f} s, Coq {median(t for _, t in times):.1f} s (medians),"
        f" {max(t for _, t in times):.1f} s at most"
    )
    if options.refuted:
        return 1 if count["accepted"] else 0
    return 0 if sound and count["accepted"] >= FEWEST_ACCEPTED * (len(asked) - count["unsupported"]) else 1


if __name__ == "__main__":
    sys.exit(main())
