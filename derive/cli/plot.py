"""Pictures of a gradient: the proved formula as a line over the oracle's derivative as dots.

Every number is the middle of a ball that the oracle computed; nothing typed by a user is evaluated otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive import oracle
from derive.errors import DeriveError
from derive.report.evidence import value_text
from derive.report.results import Result
from derive.terms import Compare, Context, Derivative, Entry, Equation, Index, Term
from derive.verification.questions import asked_in_text, decided

if TYPE_CHECKING:
    from derive.reading.sources import SourceFile

# Imported inside functions: Matplotlib, which is an extra.

ENDINGS = (".png", ".svg", ".pdf")
REACH, FINE, COARSE = 5, 200, 25  # from -5 to 5, so many steps for lines, so many for dots

Curve = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: the claim, the entry that varies, what is held fixed, and three curves along that entry."""

    claim: str
    along: str
    fixed: str
    loss_name: str
    loss: Curve
    formula: Curve
    derivative: Curve


def picture(source: SourceFile) -> Picture:
    """Return the picture of the first proved gradient of a text or document that is not constant at its point.

    Raises `DeriveError` for what cannot be read, and if no claim is a proved first derivative by a declared
    variable with values along it.
    """
    flat: Picture | None = None
    for asked in asked_in_text(source.text, source.file, source.document):
        for result in decided(asked):
            if result and result.statement is not None and result.context is not None:
                found = _picture(result, result.statement, result.context)
                if found is not None and len({height for _, height in found.derivative}) > 2:
                    return found
                flat = flat or found
    if flat is not None:
        return flat
    raise DeriveError(
        f"{source.file} has nothing to plot: no claim D(E, x) = ... in it is proved, with x a declared variable"
    )


def _picture(result: Result, equation: Equation, context: Context) -> Picture | None:
    if equation.is_inequality:
        return None
    match equation.left:
        case Derivative(body, (Entry(name, indices),)) if name in context.variables:
            pass
        case _:
            return None
    for witness in reversed(oracle.examine(equation, context).witnesses):
        point = witness.point
        at = tuple(
            index.name if isinstance(index.name, int) else point.indices[index.name] for index in indices
        )
        fine = list(_points(point, name, at, FINE, context))
        coarse = list(_points(point, name, at, COARSE, context))
        curves = [
            _curve(body, fine, context), _curve(equation.right, fine, context), _curve(equation.left, coarse, context)
        ]  # fmt: skip
        if all(len(curve) > 1 for curve in curves):
            along = f"{name}[{','.join(map(str, at))}]" if at else name
            return Picture(result.claim or str(equation), along, _fixed(point, name), str(body), *curves)
    return None


def _points(
    point: oracle.Point, name: str, at: tuple[int, ...], steps: int, context: Context
) -> Iterator[tuple[Fraction, oracle.Point]]:
    """Yield the point with one entry changed, at evenly spaced values, wherever all declarations hold."""
    for step in range(steps + 1):
        value = Fraction(2 * REACH * step, steps) - REACH
        moved = replace(point, values={**point.values, name: _replaced(point.values[name], at, value)})
        if all(oracle.holds(condition, context, moved) for condition in _conditions(name, context)):
            yield value, moved


def _conditions(name: str, context: Context) -> Iterator[Compare]:
    variable = context.variables[name]
    if variable.kind != "real":
        raise DeriveError(f"{name} is a {variable.kind}, and its entries cannot be varied one by one")
    entry = Entry(name, tuple(Index(f"_{k}", dim) for k, dim in enumerate(variable.dims)))
    yield from (Compare(bound.relation, entry, bound.value) for bound in variable.bounds)
    yield from (hypothesis.condition for hypothesis in context.hypotheses)


def _replaced(values: Any, at: Sequence[int], value: Fraction) -> Any:
    """Return nested tuples with the value at a position, counted from 1, replaced."""
    if not at:
        return value
    first, *rest = at
    return (*values[: first - 1], _replaced(values[first - 1], rest, value), *values[first:])


def _curve(term: Term, points: list[tuple[Fraction, oracle.Point]], context: Context) -> Curve:
    values = ((at, oracle.evaluate(term, context, point)) for at, point in points)
    return [(float(at), float(value.mid())) for at, value in values if value is not None]


def _fixed(point: oracle.Point, name: str) -> str:
    parts = [f"{size} = {number}" for size, number in point.sizes.items()]
    parts += [f"{index} = {number}" for index, number in point.indices.items()]
    parts += [
        f"{other} = {value_text(oracle.points.texts(value))}"
        for other, value in point.values.items()
        if other != name
    ]
    return ", ".join(parts)


def save(drawn: Picture, out: Path) -> None:
    """Draw a picture into a file; its ending, .png, .svg or .pdf, says how.

    Raises `DeriveError` for another ending, and where matplotlib is not installed.
    """
    if out.suffix.lower() not in ENDINGS:
        raise DeriveError(f"a plot is written to a file that ends in {', '.join(ENDINGS)}, not to {out}")
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise DeriveError(
            "a plot needs matplotlib, which is not installed; in the clone of this project: "
            "python -m pip install '.[plot]'"
        ) from None
    with mpl.rc_context({"svg.hashsalt": "derive", "text.parse_math": False}):
        figure = Figure(figsize=(7, 5), layout="constrained")
        above, below = figure.subplots(2, sharex=True)
        above.plot(*zip(*drawn.loss, strict=True), color="#444444")
        above.set_ylabel(drawn.loss_name if len(drawn.loss_name) < 20 else "loss")
        below.plot(*zip(*drawn.formula, strict=True), color="#1f6fb4", label="the formula, proved")
        below.plot(*zip(*drawn.derivative, strict=True), "o", color="#c1440e", markersize=4, fillstyle="none",
                   label="the derivative, by power series in balls")  # fmt: skip
        below.set_xlabel(drawn.along)
        below.legend()
        figure.suptitle(drawn.claim, fontsize=11)
        above.set_title(drawn.fixed, fontsize=9, color="#444444")
        metadata = {"Date": None} if out.suffix.lower() == ".svg" else None
        figure.savefig(out, metadata=metadata, dpi=150)
