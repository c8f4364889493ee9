"""What a report says beside its verdict, each statement with what there is to show for it.

Writers read a result through `statements` alone, and print each with its evidence: no sentence can say more than
was shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from derive.report.message import Message, joined, pieces_of
from derive.report.scope import sizes_text
from derive.terms import ZERO, Apply, Compare, Entry, Relation, SizeNumber

if TYPE_CHECKING:
    from derive.report.results import ClaimCertificate, Counterexample, Result, Sizes


class Evidence(StrEnum):
    """What there is to show for a statement; the value says it in words."""

    PROVED = "proved"
    """The kernel has a theorem that says it."""
    COMPUTED = "computed"
    """Rigorous arithmetic gives it at the one point that is named."""
    TRIED = "at the points tried"
    """The oracle saw it at every point that it tried, and there are others."""
    TOLD = "told"
    """It says what was asked, read or looked for, and nothing about mathematics."""


class Kind(Enum):
    """A kind of statement: the label under which it is told, and what there may be to show for it."""

    SCOPE = "scope", (Evidence.PROVED,)
    USES = "uses", (Evidence.PROVED,)
    WHERE = "where", (Evidence.PROVED,)
    ONLY_RIGHT_NEEDS = "needed by the right side only", (Evidence.PROVED,)
    NEVER_TRIED = "never tried", (Evidence.TRIED,)
    AT = "at", (Evidence.COMPUTED,)
    LEFT = "left", (Evidence.COMPUTED,)
    RIGHT = "right", (Evidence.COMPUTED,)
    HOLDS = "holds", (Evidence.PROVED,)
    NO_COUNTEREXAMPLE = "no counterexample", (Evidence.TRIED,)
    CORRECT = "correct", (Evidence.PROVED,)
    MISTAKE = "mistake", (Evidence.PROVED,)
    FIRST_SIDE = "against the first side", (Evidence.TOLD,)
    LEFT_OVER = "left over", (Evidence.PROVED,)
    LEFT_OUT = "left out", (Evidence.TOLD,)
    CODE = "code", (Evidence.TOLD,)
    ASSUMES = "assumes", (Evidence.TOLD,)
    CERTIFICATE = "certificate", (Evidence.TOLD,)
    BECAUSE = "because", (Evidence.TOLD,)
    MESSAGE = "", (Evidence.TOLD,)

    def __init__(self, label: str, evidence: tuple[Evidence, ...]) -> None:
        self.label = label
        self.evidence = evidence[0]


@dataclass(frozen=True, slots=True)
class Remark:
    """One statement: its kind, and the formulas or the sentence that it consists of, messages or plain text."""

    kind: Kind
    parts: tuple[str, ...]

    @property
    def label(self) -> str:
        """What the statement is told under, empty for a bare message."""
        return self.kind.label

    @property
    def evidence(self) -> Evidence:
        """What there is to show for it."""
        return self.kind.evidence

    @property
    def text(self) -> Message:
        """The statement as one message, with its evidence where the label does not say it."""
        said = joined(self.parts, ": " if self.kind is Kind.MISTAKE else ", ")
        match self.kind:
            case Kind.HOLDS:
                return Message(said, f" ({self.evidence})")
            case Kind.NO_COUNTEREXAMPLE:
                return Message(said, f", {self.evidence}")
        return said


def statements(result: Result) -> Iterator[Remark]:
    """Yield all that a report says of a result beside its verdict and its steps, in the order in which it is read."""
    for kind, parts in (
        (Kind.SCOPE, (result.scope,) if result.scope else ()),
        (Kind.USES, result.hypotheses),
        (Kind.WHERE, worded(result.conditions)),
        (Kind.ONLY_RIGHT_NEEDS, worded(result.marked)),
        (Kind.NEVER_TRIED, result.never_tried),
    ):
        if parts:
            yield Remark(kind, tuple(parts))
    if result.counterexample is not None:
        yield from _counterexample(result.counterexample)
    yield from _sizes_that_hold(result)
    if result.correct is not None:
        yield Remark(Kind.CORRECT, (result.correct,))
    if result.diagnosis is not None:
        yield Remark(Kind.MISTAKE, (result.diagnosis.mistake, result.diagnosis.text))
    if result.true is not None and result.true is not result.follows:
        yield Remark(Kind.FIRST_SIDE, (str(result.true),))
    if result.residual is not None:
        yield Remark(Kind.LEFT_OVER, (result.residual,))
    yield from _told(result)


def _sizes_that_hold(result: Result) -> Iterator[Remark]:
    """Yield at which sizes a refuted claim holds: what is proved, and what was only tried."""
    least, proved = result.proved_from, result.proved_at or ()
    left = [
        one
        for one in (*proved, *(one for one in result.holds_at or () if one not in proved))
        if least is None or any(one[name] < number for name, number in least.items())
    ]
    holds = _at([one for one in left if one in proved])
    if least is not None:
        holds = (*holds, Message("for all ", sizes_text(least, Relation.AT_LEAST)))
    for kind, said in (
        (Kind.HOLDS, holds),
        (Kind.NO_COUNTEREXAMPLE, _at([one for one in left if one not in proved])),
    ):
        if said:
            yield Remark(kind, said)


def _at(sizes: list[Sizes]) -> tuple[Message, ...]:
    return (Message("at ", joined(map(sizes_text, sizes), ", ")),) if sizes else ()


def _told(result: Result) -> Iterator[Remark]:
    """Yield what says nothing about mathematics."""
    at, certificate = result.source, result.certificate
    for kind, texts in (
        (Kind.CODE, () if at is None else (f"{at.file}:{at.line}",)),
        (Kind.ASSUMES, result.assumptions or ()),
        (Kind.CERTIFICATE, () if certificate is None else (certificate_text(certificate),)),
        (Kind.LEFT_OUT, result.left_out or ()),
    ):
        yield from (Remark(kind, (text,)) for text in texts)
    if result.reason is not None:
        kind = Kind.MESSAGE if result.verdict == "proved" else Kind.BECAUSE
        yield Remark(kind, (result.reason,))
    if isinstance(result.message, Message) and "\n" not in result.message:
        yield Remark(Kind.MESSAGE, (result.message,))
    elif result.message is not None:
        yield from (Remark(Kind.MESSAGE, (line,)) for line in result.message.splitlines() or [""])


def _counterexample(found: Counterexample) -> Iterator[Remark]:
    parts = tuple(values_of(found))
    yield Remark(Kind.AT, parts or ("every point",))
    yield Remark(Kind.LEFT, (found.left,))
    yield Remark(Kind.RIGHT, (found.right,))


def values_of(found: Counterexample) -> Iterator[Message]:
    """Yield what a point consists of: `n = 2`, `s = (0, log(2))`, `i = 1`."""
    for name, size in found.sizes.items():
        yield Message(SizeNumber(name), f" = {size}")
    for name, value in found.values.items():
        yield Message(Entry(name), " = ", value_text(value))
    for name, at in found.indices.items():
        yield Message(Entry(name), f" = {at}")


def worded(conditions: Iterable[str] | None) -> tuple[str, ...]:
    """Return conditions as a reader is told them."""
    return tuple(map(_no_pole, conditions or ()))


def _no_pole(condition: str) -> str:
    """Return the condition in words if it is `gamma(u) != 0`: gamma is 0 nowhere, so this says that u is no pole."""
    match pieces_of(condition):
        case (Compare(Relation.UNEQUAL, Apply("gamma", (argument,)), right), *rest) if right == ZERO:
            return Message(argument, " is no pole of gamma", *rest)
    return condition


CERTIFICATES = {
    "checked": "checked by Coq", "written": "written, and not checked", "unsupported": "none", "failed": "not accepted",
}  # fmt: skip


def certificate_text(certificate: ClaimCertificate) -> str:
    """Return what has become of a certificate, in words: `checked by Coq: loss_1.v`."""
    rest = [one for one in (certificate.file, certificate.reason) if one]
    return ": ".join([CERTIFICATES[certificate.status], *rest])


def value_text(value: Any) -> Message:
    """Return a number, or an array of them as nested tuples: `(0, log(2))`."""
    if isinstance(value, list | tuple):
        return Message("(", joined(map(value_text, value)), ",)" if len(value) == 1 else ")")
    return Message(value if isinstance(value, str) else str(value))
