"""What certificates have to reject, counted: `python -m tests.certificates.damages [--kernels] [--statements EVERY]`.

With `--kernels` the kernel is damaged in each of the ways of the forgeries' tests, and Coq is asked about the false
claims that it proves then. With `--statements` the statements of the catalogue, every so many of them, are damaged at
every place at which that can be done, and read back. It prints the tables of the page on certificates.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from derive.certificates.audit import why_not_stated
from derive.certificates.certificate import NotProvedError, NotStatedError, certificate
from derive.certificates.checking import first_accepted, prepare
from derive.certificates.coq_syntax import ReadFile, UnreadableError, read_file
from derive.certificates.expressions import UnsupportedError
from derive.certificates.project import write_libraries
from derive.certificates.statement import state
from derive.errors import DeriveError
from derive.reading.text import read
from derive.terms import Context, Equation
from tests.certificates.claims import catalogue, conditions_of
from tests.certificates.test_statements import DAMAGES, text_of
from tests.forgeries import test_damaged

FORGERIES = Path(test_damaged.__file__).parent
MOST = 4  # false claims for each damage that Coq is asked about


def false_claims(stems: tuple[str, ...]) -> list[tuple[Equation, Context]]:
    """Return the claims of some forgeries that are false."""
    texts = [(FORGERIES / f"{stem}.drv").read_text(encoding="utf-8") for stem in stems]
    problems = [problem for text in texts for problem in read(text)]
    return [
        (equation, claim.context)
        for problem in problems
        for claim in problem.claims
        for equation in claim.equations
        if claim.expect == "refuted"
    ]


def of_damaged_kernels() -> int:
    """Print what becomes of the false claims that damaged kernels prove; return how many Coq accepts."""
    print("| damage to the kernel | false claims proved | asked | not stated | rejected by Coq | accepted |")
    print("| --- | --- | --- | --- | --- | --- |")
    accepted = 0
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        write_libraries(folder)
        prepare(folder)
        for damage, stems in test_damaged.DAMAGES.items():
            if damage in test_damaged.FORGES:
                row = _of_damage(damage, stems, folder)
                accepted += row["accepted"]
                name = damage.__name__.replace("_", " ")
                kinds = ("proved", "asked", "not stated", "rejected", "accepted")
                print(f"| {name} |", " | ".join(str(row[kind]) for kind in kinds), "|", flush=True)
    return accepted


def _of_damage(damage: object, stems: tuple[str, ...], folder: Path) -> Counter[str]:
    count: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        claims = false_claims(stems)
        damage(patch)  # type: ignore[operator] # one of the functions of the forgeries' tests
        for equation, context in claims:
            try:
                texts = certificate(equation, context).texts
            except (NotProvedError, DeriveError, RecursionError):
                continue
            except (UnsupportedError, NotStatedError):
                count.update(("proved", "asked", "not stated"))
                continue
            count["proved"] += 1
            if count["asked"] < MOST:
                answer = first_accepted(folder, folder / "damaged.v", texts)
                count.update(("asked", "accepted" if answer.accepted else "rejected"))
    return count


def of_damaged_statements(every: int) -> int:
    """Print how many damaged statements are rejected as they are read back; return how many are not."""
    rejected: Counter[str] = Counter()
    passed = 0
    for name, equation, context, _ in catalogue()[::every]:
        conditions = conditions_of(equation, context)
        try:
            statement = state(equation, context, conditions)
        except UnsupportedError:
            continue
        said = text_of(statement)
        for damage, damaged in _damaged(said):
            wrong = why_not_stated(
                damaged, equation, context, conditions, statement.names, statement.meanings
            )
            if wrong is None:
                passed += 1
                print(f"{name}: {damage} is not seen:\n{damaged}", file=sys.stderr)
            rejected[damage] += wrong is not None
    print("| damage to a statement | rejected |", "| --- | --- |", sep="\n")
    for damage, number in rejected.items():
        print(f"| {damage} | {number} |")
    print(f"| together, of {rejected.total() + passed} | {rejected.total()} |")
    return passed


def _damaged(said: str) -> list[tuple[str, str]]:
    found = [
        (damage, said[: place.start()] + place.expand(instead) + said[place.end() :])
        for damage, (pattern, instead) in DAMAGES.items()
        for place in re.finditer(pattern, said)
    ]
    return found + [("a pair of brackets lost", bare) for bare in _without_brackets(said)]


def _without_brackets(said: str) -> list[str]:
    """Return a statement without each pair of brackets by which Coq reads something else."""
    opening: list[int] = []
    found = []
    for at, sign in enumerate(said):
        if sign == "(":
            opening.append(at)
        elif sign == ")":
            start = opening.pop()
            bare = f"{said[:start]} {said[start + 1 : at]} {said[at + 1 :]}"
            try:
                if _signs_last(read_file(bare)) != _signs_last(read_file(said)):
                    found.append(bare)
            except UnreadableError:
                continue
    return found


def _signs_last(read: object) -> object:
    """Return what was read with the sign of a product or a quotient on its first factor: `- (a / b)` is `- a / b`."""
    if isinstance(read, ReadFile):
        definitions = [(d.name, d.parameters, _signs_last(d.body)) for d in read.definitions]
        return definitions, {name: _signs_last(tree) for name, tree in read.theorems.items()}
    match read:
        case ("neg", ("*" | "/" as sign, a, b)):
            return sign, _signs_last(("neg", a)), _signs_last(b)
        case tuple():
            return tuple(map(_signs_last, read))
    return read


def main() -> int:
    """Print the tables that are asked for, and return 1 if anything passes that should not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", action="store_true")
    parser.add_argument("--statements", type=int, metavar="EVERY")
    options = parser.parse_args()
    wrong = of_damaged_kernels() if options.kernels else 0
    if options.statements is not None:
        wrong += of_damaged_statements(options.statements)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
