"""How much of public pages is read, and how: `python -m tests.reading.pages DIRECTORY [PAGE...] [--verbose]`.

The directory holds pages, `labels.json` with what every link of them is, and `NAME.block` with what a reader would
declare. Every page is checked as it stands and with its block; printed are, of each page and of all, how many of the
links that are right are proved, and which verdicts are wrong.
"""

from __future__ import annotations

import json
import re
import sys
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from derive.api import check_text
from derive.limits.deadline import Effort
from derive.report.results import Result, Verdict
from derive.verification.questions import displays_of, problems_of, with_verdicts

Place = tuple[int, int]
SOUND = {"true": Verdict.PROVED, "false": Verdict.REFUTED}
WRONG = {
    "true": (Verdict.REFUTED,),
    "false": (Verdict.PROVED,),
    "definition": (Verdict.REFUTED,),
    "assumption": (Verdict.REFUTED,),
    "outside": (Verdict.REFUTED,),
}


@dataclass
class Measured:
    """What came out of one page: of each label what became of its links, and what is to be told of some."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    messages: Counter[str] = field(default_factory=Counter)
    mistakes: int = 0
    found: int = 0
    reading: float = 0.0
    deciding: float = 0.0

    def add(self, other: Measured) -> None:
        """Add what came out of another page."""
        self.counts += other.counts
        self.messages += other.messages
        self.mistakes += other.mistakes
        self.found += other.found
        self.reading += other.reading
        self.deciding += other.deciding

    @property
    def wrong(self) -> int:
        """The number of wrong verdicts."""
        return sum(count for (_, what), count in self.counts.items() if what == "wrong")

    def line(self) -> str:
        """Return the counts in one line."""
        true = {what: count for (label, what), count in self.counts.items() if label == "true"}
        total = sum(true.values())
        rest = ", ".join(f"{count} {what}" for what, count in sorted(true.items()) if what != "right")
        return (
            f"{true.get('right', 0)}/{total} true links proved ({rest}); mistakes found {self.found}/{self.mistakes};"
            f" wrong {self.wrong}; reading {self.reading:.2f} s, deciding {self.deciding:.2f} s"
        )


def with_block(page: Path, block: str) -> tuple[str, int]:
    """Return a page behind a block of declarations, and by how many lines it is moved down."""
    text = page.read_text(encoding="utf-8")
    if not block:
        return text, 0
    if page.suffix == ".tex":
        lines = [f"% derive: {one}" for one in block.splitlines()]
    else:
        lines = ["```derive", *block.splitlines(), "```", ""]
    return "\n".join([*lines, text]), len(lines)


def measure(page: Path, labels: list[dict[str, str]], block: str) -> Measured:
    """Check a page and compare with its labels."""
    text, moved = with_block(page, block)
    measured = Measured()
    start = time.process_time()
    problems = problems_of(text, page.name, page.suffix)
    measured.reading = time.process_time() - start
    results = list(check_text(text, page.name, page.suffix, effort=Effort.of(0)))
    measured.deciding = time.process_time() - start - 2 * measured.reading
    displays = with_verdicts(displays_of(problems), results)
    places = [(int(one["line"]) + moved, int(one["column"])) for one in labels]
    order = sorted(range(len(places)), key=places.__getitem__)
    ordered = [places[k] for k in order]
    of: dict[int, list[Result]] = {}
    for one in results:
        number = bisect_right(ordered, (one.line or 0, one.column or 0)) - 1
        if number >= 0:
            of.setdefault(order[number], []).append(one)
    first: dict[str, bool] = {}
    for number in order:
        label, place = labels[number], places[number]
        found = of.get(number, [])
        what = _became(label["label"], found)
        kind = [
            d
            for d in displays
            if (d.position.line or 0, d.position.column or 0) <= place <= (d.end[0], d.end[1])
        ]
        if what == "none":
            what = kind[0].kind if kind else "not seen"
            if what == "claim":
                what = "not asked"
        message = next((one.message for one in found if one.message), None)
        message = message or next((one.message for one in kind if one.message), None)
        measured.counts[label["label"], what] += 1
        if label["label"] == "false" and label.get("kind") == "math":
            first.setdefault("first", what == "right")
        if what not in ("right", "definition") and (label["label"] in ("true", "false") or what == "wrong"):
            at = f"{place[0] - moved}:{place[1]}"
            measured.told.append(f"    {at} {label['label']} {what}: {message or ''}")
            if label["label"] == "true":
                measured.messages[_construct(message or what)] += 1
    measured.mistakes = len(first)
    measured.found = sum(first.values())
    return measured


def _became(label: str, found: list[Result]) -> str:
    """Return what became of a link."""
    verdicts = [one.verdict for one in found]
    if any(one in WRONG.get(label, ()) for one in verdicts):
        return "wrong"
    if SOUND.get(label) in verdicts:
        return "right"
    if Verdict.ERROR in verdicts:
        return "refused"
    if Verdict.UNDECIDED in verdicts:
        return "undecided"
    return verdicts[0].value if verdicts else "none"


def _construct(message: str) -> str:
    """Return a message without what is particular to its page."""
    return re.sub(r"line \d+", "line N", re.sub(r'"[^"]*"|\\[A-Za-z]+', "…", message))[:90]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Print what came out of the pages of a directory; the status is 1 if a verdict is wrong."""
    verbose = "--verbose" in arguments
    directory, *wanted = [one for one in arguments if not one.startswith("--")]
    labels = json.loads((Path(directory) / "labels.json").read_text(encoding="utf-8"))
    totals = {"as it stands": Measured(), "with block": Measured()}
    for name in sorted(labels):
        if wanted and not any(name.startswith(one) for one in wanted):
            continue
        page = Path(directory) / name
        block = page.with_suffix(".block")
        blocks = {
            "as it stands": "",
            "with block": block.read_text(encoding="utf-8") if block.exists() else "",
        }
        for how, declared in blocks.items():
            if f"--{how.split()[0]}" in arguments or not {"--as", "--with"} & set(arguments):
                measured = measure(page, labels[name], declared)
                totals[how].add(measured)
                say(f"{name} {how}: {measured.line()}")
                if verbose:
                    say("\n".join(measured.told))
    for how, total in totals.items():
        say(f"\nin all, {how}: {total.line()}")
        for message, count in total.messages.most_common(40 if verbose else 12):
            say(f"  {count:3} {message}")
    return 1 if any(one.wrong for one in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
