"""How long false claims take: until the verdict is known, and with all that explains it.

`python tests/benchmarks/refutations.py FILE...` prints the distribution over corpora, one JSON object a line: a
`text` with claims, and which of them are false: `expect` or `expected` with the word "refuted", or `label` false.
An entry with `missing` set is left out. Times are of the processor, for a search is bounded by that.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.limits.deadline import Effort
from derive.verification.questions import Question, asked_in_text, questions, stages


@dataclass(frozen=True, slots=True)
class Timed:
    """A false claim: its verdict, how long that took, and how long it took with what explains it."""

    name: str
    verdict: str
    decided: float
    explained: float
    mistake: str | None
    left_out: tuple[str, ...]


def wrong_claims(entry: dict[str, Any]) -> Iterator[Question]:
    """Yield the claims of an entry that are said to be false."""
    if not entry.get("text") or entry.get("missing"):
        return
    for asked in asked_in_text(entry["text"], str(entry["id"])):
        expected = entry.get("expected") or []
        if "label" in entry:
            false = entry["label"] is False
        elif expected:
            false = asked.number <= len(expected) and expected[asked.number - 1] == "refuted"
        else:
            false = entry.get("expect") == "refuted"
        if false:
            yield from (question for question in questions(asked) if question.equation is not None)


def timed(question: Question) -> Timed:
    """Return how long a claim takes."""
    started = time.process_time()
    found = stages(question, Effort())
    result = next(found)
    decided = time.process_time() - started
    for result in found:  # noqa: B007 - the last one is wanted
        pass
    explained = time.process_time() - started
    mistake = None if result.diagnosis is None else result.diagnosis.mistake
    return Timed(question.file, str(result.verdict), decided, explained, mistake, result.left_out or ())


def distribution(title: str, seconds: Sequence[float]) -> str:
    """Return median, percentiles and the longest of some times as a line."""
    ordered = sorted(seconds)

    def at(share: float) -> str:
        return f"{1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:6.0f} ms"

    return f"{title.ljust(20)} median {at(0.5)}   90 % {at(0.9)}   99 % {at(0.99)}   longest {at(1)}"


def report(found: Sequence[Timed]) -> Iterator[str]:
    """Yield what is to be told of all claims, those that were not refuted beside the others."""
    refuted = [one for one in found if one.verdict == "refuted"]
    named = sum(one.mistake is not None for one in refuted)
    cut = sum(bool(one.left_out) for one in refuted)
    yield f"{len(found)} false claims: {len(refuted)} refuted, {named} with a mistake named, {cut} not all explained"
    yield from (f"  {one.name}: {one.verdict}" for one in found if one.verdict != "refuted")
    if refuted:
        yield distribution("to the verdict", [one.decided for one in refuted])
        yield distribution("with explanation", [one.explained for one in refuted])
        yield "longest: " + ", ".join(
            f"{one.name} {one.explained:.2f} s" for one in sorted(refuted, key=lambda one: -one.explained)[:5]
        )


def corpus(names: Sequence[str]) -> list[Timed]:
    """Return the times of the false claims in some files."""
    lines = (line for name in names for line in Path(name).read_text("utf-8").splitlines())
    return [timed(question) for line in lines for question in wrong_claims(json.loads(line))]


if __name__ == "__main__":
    print(*report(corpus(sys.argv[1:])), sep="\n")
