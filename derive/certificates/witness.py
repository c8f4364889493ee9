"""The second theorem of a certificate: its hypotheses can be met, at the oracle's witness.

Hypotheses that contradict each other would prove anything. The point is looked for by the oracle, and nobody has to
believe that it meets the hypotheses: Coq is asked.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.certificates.statement import TheoremStatement, grouped
from derive.oracle import Logarithm, Point, Rational, SearchBudget, examine

BUDGETS = (SearchBudget(points=1, seconds=0.5, further=False), SearchBudget(points=14, seconds=2.0))
FUNCTIONS = {"gamma": "(fun _ => 1)", "lgamma": "(fun _ => 0)", "polygamma": "(fun _ _ => 0)"}
"""Some functions with the derivatives that are supposed of those that no library has."""


def witness_of(statement: TheoremStatement) -> tuple[str, list[str]] | None:
    """Return the theorem that the hypotheses can be met, and its proof; `None` where there are none, or no point."""
    if not statement.suppositions:
        return None
    for budget in BUDGETS:
        found = examine(statement.equation, statement.context, budget).witnesses
        if found:
            try:
                values = [_value(statement, found[0].point, name, kind) for kind, name in statement.variables]
            except ValueError:
                return None
            return theorem_of(statement), _proof(statement, values)
    return None


def theorem_of(statement: TheoremStatement) -> str:
    """Return the theorem that the hypotheses can be met."""
    variables = "".join(f" ({' '.join(names)} : {kind})" for kind, names in grouped(statement.variables))
    said = " /\\\n  ".join(s.text for s in statement.suppositions)
    return f"Theorem satisfiable : exists{variables},\n  {said}."


def _proof(statement: TheoremStatement, values: list[str]) -> list[str]:
    names = list(statement.meanings)
    unfolding = [f"unfold {', '.join(reversed(names))}; cbv beta."] if names else []
    return ["Proof.", f"exists {', '.join(values)}.", *unfolding, "meets.", "Qed."]


def _value(statement: TheoremStatement, point: Point, coq: str, kind: str) -> str:
    """Return the value of a variable of the theorem at a point. Raises `ValueError` where Coq has none like it."""
    context = statement.context
    name = next((n for n, own in statement.names.items() if own == coq and not n.startswith("table ")), coq)
    if coq in FUNCTIONS and name not in context.variables:
        return FUNCTIONS[coq]
    if name in context.variables:
        variable = context.variables[name]
        return _array(point.values[name], len(variable.dims) - (variable.kind == "label"))
    if name in context.sizes:
        return f"{point.sizes[name]}%nat"
    if kind == "nat":
        return f"{point.indices[name] - 1}%nat"
    return "exp"  # a declared function, and its derivatives


def _array(values: Any, rank: int) -> str:
    """Return an array as a function of its indices."""
    if not rank:
        return _number(values)
    inner = [_array(one, rank - 1) for one in values]
    if len(set(inner)) == 1:
        return f"(fun _ => {inner[0]})"
    cases = " | ".join(f"{k}%nat => {one}" for k, one in enumerate(inner[:-1]))
    return f"(fun a => match a with {cases} | _ => {inner[-1]} end)"


def _number(value: Any) -> str:
    if hasattr(value, "place"):
        return f"{value.place - 1}%nat"
    if isinstance(value, Logarithm):
        return f"(ln {_rational(value.argument)})"
    if isinstance(value, Rational):
        return _rational(value.value)
    if isinstance(value, int | Fraction):
        return _rational(Fraction(value))
    raise ValueError(f"no number of Coq: {value}")


def _rational(value: Fraction) -> str:
    above = str(value.numerator) if value >= 0 else f"({value.numerator})"
    return above if value.denominator == 1 else f"({above} / {value.denominator})"
