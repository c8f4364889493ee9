r"""Terms as LaTeX (amsmath and amssymb), written so that they read back as the same expression.

Brackets are a table of binding strengths, not a guess: `\sum` and `\log` reach over the product that follows them,
so they stand last in a product or in brackets. It never simplifies or reorders what it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.report.message import Formula, Matrix
from derive.report.results import StepShown
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Binder,
    Compare,
    Constant,
    Delta,
    Derivative,
    Entry,
    Equation,
    Hypothesis,
    Index,
    IndexRelation,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    functions,
    walk,
)
from derive.writing.latex_names import index_to_latex, name_to_latex, operator_to_latex, subscript

# Binding strength, loosest first. SIGNED begins with a minus; OPEN reaches over what follows it on the right.
SUM, SIGNED, PRODUCT, OPEN, POWERED, ATOM = range(6)


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of LaTeX and how strongly it holds together."""

    latex: str
    strength: int

    def within(self, strength: int) -> str:
        """Return the LaTeX, in brackets if it holds together less strongly than is asked."""
        return self.latex if self.strength >= strength else bracketed(self.latex)


_BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min", "mean": r"\operatorname{mean}"}
_RANGED = frozenset({"sum", "prod"})  # written from 1 to n


def to_latex(node: Term) -> str:
    """Return a term as LaTeX for math mode."""
    return written(node).latex


def equation_to_latex(equation: Equation) -> str:
    """Return an equation as LaTeX for math mode, with its cases after it."""
    cases = when_to_latex(equation.when)
    return f"{to_latex(equation.left)} = {to_latex(equation.right)}{cases}"


def formula_to_latex(formula: Formula) -> str:
    """Return a formula of a message as LaTeX for math mode."""
    match formula:
        case Equation():
            return equation_to_latex(formula)
        case Hypothesis(condition):
            return condition_to_latex(condition)
        case Compare():
            return condition_to_latex(formula)
        case Index(name):
            return index_to_latex(name)
        case IndexRelation():
            return _indices_related(formula.left, formula.relation, formula.right)
        case _:
            return to_latex(formula)


def step_to_latex(step: StepShown) -> str:
    """Return a line of a derivation as LaTeX for math mode; one that goes on from above begins with `=`."""
    if isinstance(step.after, Matrix):
        cells = r" \\ ".join(" & ".join(map(to_latex, row)) for row in step.after.rows)
        left = "" if step.before is None else f"{bracketed(to_latex(step.before))} "
        return rf"{left}= \begin{{pmatrix}} {cells} \end{{pmatrix}}"
    if step.before is None:
        return f"= {to_latex(step.after)}"
    return equation_to_latex(Equation(step.before, step.after, step.when))


def when_to_latex(when: Sequence[IndexRelation]) -> str:
    r"""Return the cases of an equation, `\quad i \neq j`, or nothing."""
    if not when:
        return ""
    return r" \quad " + ", ".join(_indices_related(one.left, one.relation, one.right) for one in when)


def condition_to_latex(condition: Compare) -> str:
    r"""Return a comparison as LaTeX; one between indices is written `i = j` or `i \neq j`."""
    if (
        isinstance(condition.left, Delta)
        and condition.relation == Relation.EQUAL
        and condition.right in (ONE, ZERO)
    ):
        relation = Relation.EQUAL if condition.right == ONE else Relation.UNEQUAL
        return _indices_related(condition.left.left, relation, condition.left.right)
    return f"{to_latex(condition.left)} {condition.relation.latex} {to_latex(condition.right)}"


def _indices_related(left: Index, relation: Relation, right: Index) -> str:
    return f"{index_to_latex(left.name)} {relation.latex} {index_to_latex(right.name)}"


def bracketed(latex: str) -> str:
    """Return LaTeX in round brackets that grow with it."""
    return rf"\left({latex}\right)"


def written(node: Term) -> Written:
    """Return a term as LaTeX, with its binding strength."""
    match node:
        case Number(value):
            return _number(value)
        case Constant(name) | SizeNumber(name):
            return Written(name_to_latex(name), ATOM)
        case Entry():
            return Written(entry_to_latex(node), ATOM)
        case Delta(left, right):
            return Written(r"\delta" + subscript((left.name, right.name)), POWERED)
        case Add(terms):
            return Written(join_terms([written(term) for term in terms]), SUM)
        case Multiply(factors):
            return _product(factors)
        case Power(base, exponent):
            return _power(base, exponent)
        case Apply(function, arguments, order):
            return _apply(function, arguments, order)
        case Where(condition, then, otherwise):
            return _where(condition, then, otherwise)
        case Big():
            return _big(node)
        case Derivative(body, variables):
            return _derivative(body, variables)
    raise TypeError(f"not a term: {node!r}")


def entry_to_latex(entry: Entry) -> str:
    """Return an entry with its indices as a subscript."""
    # delta_{ij} is the Kronecker delta, so an array of that name is written as a word.
    name = (
        r"\mathrm{delta}" if entry.name == "delta" and len(entry.indices) == 2 else name_to_latex(entry.name)
    )
    return name + subscript(index.name for index in entry.indices)


def join_terms(terms: Iterable[Written]) -> str:
    """Return summands joined by their signs."""
    first, *rest = terms
    latex = first.within(SIGNED)
    for one in rest:
        latex += f" - {one.latex[1:]}" if one.strength == SIGNED else f" + {one.within(PRODUCT)}"
    return latex


def _number(value: Fraction) -> Written:
    if value < 0:
        return Written(f"-{_number(-value).latex}", SIGNED)
    if value.denominator == 1:
        return Written(str(value), ATOM)
    return Written(rf"\frac{{{value.numerator}}}{{{value.denominator}}}", POWERED)


def _power(base: Term, exponent: Term) -> Written:
    if inverse_of(base, exponent) is not None:
        return _product((Power(base, exponent),))
    under = written(base)
    # e^{x} is the exponential function, so a variable e keeps brackets under an exponent.
    latex = under.within(ATOM) if under.latex != "e" else bracketed("e")
    return Written(f"{latex}^{{{to_latex(exponent)}}}", POWERED)


def inverse_of(base: Term, exponent: Term) -> Term | None:
    """Return what stands under the fraction line for a power with a negative number as exponent, else None."""
    if not isinstance(exponent, Number) or exponent.value >= 0:
        return None
    return base if exponent == MINUS_ONE else Power(base, Number(-exponent.value))


def _product(factors: tuple[Term, ...]) -> Written:
    """Return a product, its inverses as fractions: factors up to a run of inverses stand over that run."""
    first, *rest = factors
    if isinstance(first, Number) and first.value < 0:
        inner = (
            _product(tuple(rest)) if first == MINUS_ONE and rest else _product((Number(-first.value), *rest))
        )
        return Written(f"-{inner.within(PRODUCT)}", SIGNED)
    pieces: list[Written] = []
    above: list[Term] = []
    below: list[Term] = []
    for place, factor in enumerate(factors, 1):
        under = inverse_of(factor.base, factor.exponent) if isinstance(factor, Power) else None
        if under is not None:
            below.append(under)
            continue
        if below:
            pieces.append(_fraction(above, below))
            above, below = [], []
        if isinstance(factor, Derivative | Where | Multiply):
            pieces += map(written, above)
            if isinstance(factor, Derivative) and place < len(factors):
                pieces.append(_over_line(factor))
            else:
                pieces.append(written(factor))
            above = []
        else:
            above.append(factor)
    pieces += [_fraction(above, below)] if below else map(written, above)
    return pieces[0] if len(pieces) == 1 else _juxtaposed(pieces)


def _fraction(above: list[Term], below: list[Term]) -> Written:
    over = _juxtaposed([written(one) for one in above]).latex if above else "1"
    under = _juxtaposed([written(one) for one in below]).latex
    return Written(rf"\frac{{{over}}}{{{under}}}", POWERED)


def _juxtaposed(pieces: Sequence[Written]) -> Written:
    """Return factors side by side; one that is open to the right stays open only as the last."""
    if len(pieces) == 1:
        return pieces[0]
    last = len(pieces) - 1
    latex = ""
    for place, piece in enumerate(pieces):
        factor = piece.within(OPEN if place == last else POWERED)
        latex += f"{_between(latex, factor)}{factor}" if latex else factor
    return Written(latex, PRODUCT)


def _between(before: str, factor: str) -> str:
    bracket = factor.startswith(r"\left(")
    number = factor[0].isdigit() or (factor.startswith(r"\frac{") and before[-1].isdigit())
    called = bracket and before.endswith(tuple(functions.LETTERS.values()))
    return r" \cdot " if number or called else " "


def _apply(function: str, arguments: tuple[Term, ...], order: int) -> Written:
    row = functions.TABLE.get(function)
    latex = row.latex if row is not None else None
    if latex is not None and "#" in latex:
        return Written(latex.replace("#", to_latex(arguments[0])), POWERED if "^" in latex else ATOM)
    name = latex or operator_to_latex(function)
    if row is not None and row.bare and _may_stand_bare(function, arguments[0]):
        return Written(f"{name} {to_latex(arguments[0])}", OPEN)
    inside = ", ".join(map(to_latex, arguments))
    return Written(f"{name}{chr(39) * order}{bracketed(inside)}", POWERED)


def _may_stand_bare(function: str, argument: Term) -> bool:
    return isinstance(argument, Entry) or (
        function == "log" and isinstance(argument, Big) and argument.operation == "sum"
    )


def _where(condition: Compare, then: Term, otherwise: Term) -> Written:
    if then == ONE and otherwise == ZERO:
        return Written(rf"\mathbf{{1}}\{{{condition_to_latex(condition)}\}}", POWERED)
    branches = rf"{to_latex(then)} & \text{{if }} {condition_to_latex(condition)} \\ {to_latex(otherwise)}"
    return Written(rf"\begin{{cases}} {branches} & \text{{otherwise}} \end{{cases}}", POWERED)


def _big(node: Big) -> Written:
    operators = " ".join(_operator(node, binder) for binder in node.binders)
    body = written(node.body)
    # Only a sum reaches over a whole product on every page that people write; the others take one factor.
    enough = PRODUCT if node.operation == "sum" else POWERED
    return Written(f"{operators} {body.within(enough)}", OPEN)


def _operator(node: Big, binder: Binder) -> str:
    operation, index = node.operation, index_to_latex(binder.index.name)
    if binder.excluded:
        excluded = ", ".join(rf"{index} \neq {index_to_latex(other.name)}" for other in binder.excluded)
        return f"{_BIG[operation]}_{{{excluded}}}"
    if operation in _RANGED or not _tells_size(node.body, binder.index):
        return f"{_BIG[operation]}_{{{index}=1}}^{{{name_to_latex(binder.index.dim)}}}"
    return f"{_BIG[operation]}_{{{index}}}"


def _tells_size(body: Term, index: Index) -> bool:
    """Return whether an array says over which size an index runs."""
    return any(isinstance(one, Entry) and index in one.indices for one in walk(body))


def _derivative(body: Term, variables: tuple[Entry, ...]) -> Written:
    if isinstance(body, Entry):
        return _over_line(Derivative(body, variables))
    order, below = _order(variables)
    return Written(rf"\frac{{\partial{order}}}{{{below}}}{bracketed(to_latex(body))}", POWERED)


def _over_line(node: Derivative) -> Written:
    """Return a derivative with what is differentiated over the line: no factor behind it can be taken for a part."""
    order, below = _order(node.variables)
    body = entry_to_latex(node.body) if isinstance(node.body, Entry) else bracketed(to_latex(node.body))
    return Written(rf"\frac{{\partial{order} {body}}}{{{below}}}", POWERED)


def _order(variables: tuple[Entry, ...]) -> tuple[str, str]:
    count = len(variables)
    below = " ".join(rf"\partial {entry_to_latex(variable)}" for variable in variables)
    return f"^{{{count}}}" if count > 1 else "", below


__all__ = [
    "Written", "bracketed", "condition_to_latex", "entry_to_latex", "equation_to_latex",
    "formula_to_latex", "index_to_latex", "join_terms", "step_to_latex", "to_latex", "when_to_latex", "written",
]  # fmt: skip
