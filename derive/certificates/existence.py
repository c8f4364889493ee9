"""Which derivatives a claim speaks of, and what a theorem has to say of each: that it exists, where it is taken.

Coq's derivative is a number even where there is none, so a theorem about it says nothing there without this.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.certificates.expressions import Real, UnsupportedError, inside, walk
from derive.certificates.printing import NOWHERE, CoqPlace, Printer

CONJUNCTION = " /\\\n  "


@dataclass(frozen=True, slots=True)
class Existence:
    """A derivative under bound indices (with their sizes), and those inside it, which must exist near the point."""

    binders: tuple[tuple[str, str], ...]
    derivative: Real
    inside: tuple[Existence, ...]
    whole: bool = True  # whether of the derivative itself it has to be said that it exists


def existence_of(e: Real, binders: tuple[tuple[str, str], ...] = ()) -> list[Existence]:
    """Return the outermost derivatives of an expression."""
    if not any(part[0] == "D" for part in walk(e)):
        return []
    if e[0] == "D":
        return [Existence(binders, e, tuple(existence_of(e[1])))]
    if e[0] == "sum":
        return existence_of(e[3], (*binders, (e[1], e[2])))
    if e[0] == "big" or e[0].startswith("where_"):
        raise UnsupportedError("a derivative in a branch, or under a product or a maximum")
    return [one for part in inside(e) for one in existence_of(part, binders)]


def said_of(left: Real, right: Real, *, whole: bool) -> list[Existence]:
    """Return what a theorem about two sides says of derivatives beside them.

    Of a left side that is `whole` a derivative the claim says itself that it exists.
    """
    if whole:
        around = Existence((), left, tuple(existence_of(left[1])), whole=False)
        return [*([around] if around.inside else []), *existence_of(right)]
    return [*existence_of(left), *existence_of(right)]


def propositions(printer: Printer, one: Existence, place: CoqPlace = NOWHERE) -> list[str]:
    """Return the parts of a theorem that say that a derivative exists, and those inside it near its point."""
    opening = ""
    for index, dim in one.binders:
        letter, place = printer.bound(index, place)
        opening += f"forall {letter}, ({letter} < {printer.name(dim)})%nat -> "
    found = []
    if one.inside:

        def near(_: Real, there: CoqPlace) -> str:
            said = [p for inner in one.inside for p in propositions(printer, inner, there)]
            return " /\\ ".join(said)

        function, point = printer.along(one.derivative, place, near)
        found.append(f"{opening}locally {point} {function}")
    if one.whole:
        function, point = printer.along(one.derivative, place)
        found.append(f"{opening}ex_derive {function} {point}")
    return [f"({text})" if opening else text for text in found]
