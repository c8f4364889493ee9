r"""Terms as boxes, and so as LaTeX (amsmath and amssymb), written so that they read back as the same expression.

Brackets are a table of binding strengths, not a guess: `\sum` and `\log` reach over the product that follows them,
so they stand last in a product or in brackets. It never simplifies or reorders what it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction as Rational
from typing import Any

from derive.report.message import Formula, Matrix, Piece, pieces_of
from derive.report.results import StepShown
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Before,
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
    IndexPair,
    IndexRelation,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    children,
    functions,
    index_condition,
)
from derive.terms.text import indices_related
from derive.writing.boxes import (
    Call,
    Fenced,
    Fraction,
    HBox,
    Node,
    Script,
    Symbol,
    Table,
    Word,
    row,
    show,
    signs,
)
from derive.writing.latex_names import index_box, indexed, name_box, operator_box

# Binding strength, loosest first. SIGNED begins with a minus; OPEN reaches over what follows it on the right.
SUM, SIGNED, PRODUCT, OPEN, POWERED, ATOM = range(6)


@dataclass(frozen=True, slots=True)
class Operand:
    """A piece of a formula, to stand in a larger one, and how strongly it holds together."""

    row: HBox
    strength: int

    def within(self, strength: int) -> HBox:
        """Return the piece, in brackets if it holds together less strongly than is asked."""
        return self.row if self.strength >= strength else bracketed(self.row)


_BIG: dict[str, Node] = {
    "sum": Symbol(r"\sum"),
    "prod": Symbol(r"\prod"),
    "max": Symbol(r"\max"),
    "min": Symbol(r"\min"),
    "mean": Word(r"\operatorname", "mean"),
}
_RANGED = frozenset({"sum", "prod"})  # written from 1 to n
_MINUS, _PLUS, _COMMA, _DOT, _PARTIAL = map(Symbol, ("-", "+", ",", r"\cdot", r"\partial"))


def to_latex(node: Term) -> str:
    """Return a term as LaTeX for math mode."""
    return show(box(node))


def formula_to_latex(formula: Formula) -> str:
    """Return a formula of a message as LaTeX for math mode."""
    return show(formula_box(formula))


def step_to_latex(step: StepShown) -> str:
    """Return a line of a derivation as LaTeX for math mode."""
    return show(step_box(step))


def box(node: Term) -> HBox:
    """Return a term as boxes."""
    return written(node).row


def formula_box(formula: Formula) -> HBox:
    """Return a formula of a message as boxes."""
    match formula:
        case Equation():
            return row(
                related(box(formula.left), formula.relation, box(formula.right)), when_box(formula.when)
            )
        case Hypothesis(condition):
            return condition_box(condition)
        case Compare():
            return condition_box(formula)
        case Index():
            return index_box(formula)
        case IndexRelation():
            return _indices_related(formula.left, formula.relation, formula.right)
        case _:
            return box(formula)


def step_box(step: StepShown) -> HBox:
    """Return a line of a derivation as boxes; one that goes on from above begins with `=`."""
    before = HBox(()) if step.before is None else box(step.before)
    if isinstance(step.after, Matrix):
        cells = tuple(tuple(map(box, cells)) for cells in step.after.rows)
        return equal(before if step.before is None else bracketed(before), Table("pmatrix", cells))
    return row(related(before, step.relation, box(step.after)), when_box(step.when))


def equal(left: Node, right: Node) -> HBox:
    """Return two sides with an equals sign between them."""
    return related(left, Relation.EQUAL, right)


def related(left: Node, relation: Relation, right: Node) -> HBox:
    """Return two sides with a relation between them."""
    return row(left, Symbol(relation.latex), right)


def when_box(when: Sequence[IndexRelation]) -> HBox:
    r"""Return the cases of an equation, `\quad i \neq j`, or nothing."""
    cases = [_indices_related(one.left, one.relation, one.right) for one in when]
    return row(Symbol(r"\quad"), separated(cases)) if cases else HBox(())


def condition_box(condition: Compare) -> HBox:
    r"""Return a comparison; one between indices is written `i = j` or `i \neq j`."""
    if (
        isinstance(condition.left, IndexPair)
        and condition.relation == Relation.EQUAL
        and condition.right in (ONE, ZERO)
    ):
        return _indices_related(*indices_related(condition))
    return row(box(condition.left), Symbol(condition.relation.latex), box(condition.right))


def _indices_related(left: Index, relation: Relation, right: Index) -> HBox:
    return row(index_box(left), Symbol(relation.latex), index_box(right))


DIGITS = re.compile(r"(-?)(\d+(?:\.\d+)?)")


def value_box(value: Any) -> HBox:
    """Return a number of a counterexample, or an array of them: exact ones are terms, others digits or words."""
    if isinstance(value, list | tuple):
        first, *rest = map(value_box, value)
        return row(
            Symbol("("), first, *(part for one in rest for part in (_COMMA, Symbol(r"\,"), one)), Symbol(")")
        )
    return row(*map(_value_piece, pieces_of(value if isinstance(value, str) else str(value))))


def _value_piece(piece: Piece) -> HBox:
    if not isinstance(piece, str):
        return formula_box(piece)
    digits = DIGITS.fullmatch(piece)
    return signs(*filter(None, digits.groups())) if digits is not None else row(Word(r"\text", piece))


def bracketed(inside: Node) -> HBox:
    """Return boxes in round brackets that grow with them."""
    return row(Fenced("(", row(inside), ")"))


def separated(parts: Iterable[Node]) -> HBox:
    """Return boxes with commas between them."""
    first, *rest = parts
    return row(first, *(one for part in rest for one in (_COMMA, part)))


def written(node: Term) -> Operand:
    """Return a term as boxes, with its binding strength."""
    match node:
        case Number(value):
            return _number(value)
        case Constant(name) | SizeNumber(name):
            return Operand(row(name_box(name)), ATOM)
        case Entry():
            return Operand(row(entry_box(node)), ATOM)
        case Delta(left, right):
            return Operand(row(indexed(Symbol(r"\delta"), (left, right))), POWERED)
        case Before(left, right):
            return _where(index_condition(Relation.LESS, left, right), ONE, ZERO)
        case Add(terms):
            return Operand(_summed([written(term) for term in terms]), SUM)
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
        case MatrixFunction() | UnknownValue():
            return _matrix(node) if isinstance(node, MatrixFunction) else _unknown(node)
        case Derivative(body, variables):
            return _derivative(body, variables)
    raise TypeError(f"not a term: {node!r}")


def entry_box(entry: Entry) -> Node:
    """Return an entry with its indices as a subscript."""
    # delta_{ij} is the Kronecker delta, so an array of that name is written as a word.
    word = entry.name == "delta" and len(entry.indices) == 2
    name = Word(r"\mathrm", entry.name) if word else name_box(entry.name)
    return indexed(name, entry.indices)


def _summed(terms: Sequence[Operand]) -> HBox:
    """Return summands joined by their signs."""
    first, *rest = terms
    joined = first.within(SIGNED)
    for one in rest:
        joined = row(joined, one.row) if one.strength == SIGNED else row(joined, _PLUS, one.within(PRODUCT))
    return joined


def _number(value: Rational) -> Operand:
    if value < 0:
        return Operand(row(_MINUS, _number(-value).row), SIGNED)
    if value.denominator == 1:
        return Operand(signs(str(value)), ATOM)
    return Operand(row(Fraction(signs(str(value.numerator)), signs(str(value.denominator)))), POWERED)


def _power(base: Term, exponent: Term) -> Operand:
    if inverse_of(base, exponent) is not None:
        return _product((Power(base, exponent),))
    under = written(base)
    # e^{x} is the exponential function, so a variable e keeps brackets under an exponent.
    (below,) = (under.within(ATOM) if under.row != signs("e") else bracketed(under.row)).items
    above = box(exponent)
    if isinstance(below, Script) and below.above is None:
        return Operand(row(Script(below.base, below.below, above)), POWERED)
    return Operand(row(Script(below, None, above)), POWERED)


def inverse_of(base: Term, exponent: Term) -> Term | None:
    """Return what stands under the fraction line for a power with a negative number as exponent, else None."""
    if not isinstance(exponent, Number) or exponent.value >= 0:
        return None
    return base if exponent == MINUS_ONE else Power(base, Number(-exponent.value))


def _product(factors: tuple[Term, ...]) -> Operand:
    """Return a product, its inverses as fractions: factors up to a run of inverses stand over that run."""
    first, *rest = factors
    if isinstance(first, Number) and first.value < 0:
        inner = (
            _product(tuple(rest)) if first == MINUS_ONE and rest else _product((Number(-first.value), *rest))
        )
        return Operand(row(_MINUS, inner.within(PRODUCT)), SIGNED)
    pieces: list[Operand] = []
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
    return _juxtaposed(pieces)


def _fraction(above: list[Term], below: list[Term]) -> Operand:
    over, under = (_juxtaposed(list(map(written, part or [ONE]))).row for part in (above, below))
    return Operand(row(Fraction(over, under)), POWERED)


def _juxtaposed(pieces: Sequence[Operand]) -> Operand:
    """Return factors side by side; one that is open to the right stays open only as the last."""
    if len(pieces) == 1:
        return pieces[0]
    joined = HBox(())
    for place, piece in enumerate(pieces, 1):
        factor = piece.within(OPEN if place == len(pieces) else POWERED)
        dotted = bool(joined.items) and _needs_dot(joined.items[-1], factor.items[0])
        joined = row(joined, *([_DOT] if dotted else []), factor)
    return Operand(joined, PRODUCT)


def _needs_dot(before: Node, factor: Node) -> bool:
    """Return whether two factors side by side would be read as one number, or as a function and its argument."""
    letter = isinstance(before, Symbol) and before.latex in functions.LETTERS.values()
    first = factor.base if isinstance(factor, Script) else factor
    # L(-1) would be what L is at -1, for a name as for a letter of the table.
    called = isinstance(first, Fenced) and first.opening == "(" and (letter or _holds_number(first))
    return _is_number(first) or called or (isinstance(factor, Fraction) and _is_number(before))


def _is_number(node: Node) -> bool:
    return isinstance(node, Symbol) and node.latex.isdigit()


def _holds_number(fenced: Fenced) -> bool:
    return all(one == _MINUS or _is_number(one) or isinstance(one, Fraction) for one in fenced.inside.items)


def _apply(function: str, arguments: tuple[Term, ...], order: int) -> Operand:
    entry = functions.TABLE.get(function)
    latex = entry.latex if entry is not None else None
    if latex is not None and "#" in latex:
        return _around(latex, box(arguments[0]))
    name = Symbol(latex) if latex is not None else operator_box(function)
    if entry is not None and entry.bare and _may_stand_bare(function, arguments[0]):
        return Operand(row(name, box(arguments[0])), OPEN)
    return Operand(row(name, signs(*"'" * order), bracketed(separated(map(box, arguments)))), POWERED)


def _around(latex: str, inside: HBox) -> Operand:
    r"""Return what the table of functions writes around an argument: `e^{#}`, `\sqrt{#}`, `\left|#\right|`."""
    before, after = latex.split("#")
    if before.endswith("^{"):
        return Operand(row(Script(Symbol(before[:-2]), None, inside)), POWERED)
    if before.startswith(r"\left"):
        opening, closing = before.removeprefix(r"\left").strip(), after.strip().removeprefix(r"\right")
        return Operand(row(Fenced(opening, inside, closing)), ATOM)
    return Operand(row(Call(before[:-1], inside)), ATOM)


def _may_stand_bare(function: str, argument: Term) -> bool:
    return isinstance(argument, Entry) or (
        function == "log" and isinstance(argument, Big) and argument.operation == "sum"
    )


def _where(condition: Compare, then: Term, otherwise: Term) -> Operand:
    holds = condition_box(condition)
    if then == ONE and otherwise == ZERO:
        one = Call(r"\mathbf", signs("1"))
        return Operand(row(one, Symbol(r"\{"), holds, Symbol(r"\}")), POWERED)
    first = box(then), row(Word(r"\text", "if "), holds)
    return Operand(row(Table("cases", (first, (box(otherwise), row(Word(r"\text", "otherwise")))))), POWERED)


def _big(node: Big) -> Operand:
    operators = (_operator(node, binder) for binder in node.binders)
    # Only a sum reaches over a whole product on every page that people write; the others take one factor.
    enough = PRODUCT if node.operation == "sum" else POWERED
    return Operand(row(*operators, written(node.body).within(enough)), OPEN)


def _unknown(node: UnknownValue) -> Operand:
    """Return an unknown function of several arguments; a derivative has the places of what it is by as subscripts."""
    inside = [_argument_box(one) for one in node.arguments]
    by = [
        Script(
            Symbol(r"\partial"),
            row(indexed(signs(str(place + 1)), at) if at else signs(str(place + 1))),
            None,
        )
        for place, at in reversed(node.partials)
    ]
    return Operand(row(*by, operator_box(node.name), Fenced("(", separated(inside), ")")), POWERED)


def _argument_box(node: Term) -> HBox:
    if not isinstance(node, Big) or node.operation != "array":
        return box(node)
    indices = tuple(binder.index for binder in node.binders)
    if isinstance(node.body, Entry) and node.body.indices == indices:
        return row(name_box(node.body.name))
    return row(indexed(row(Fenced("(", box(node.body), ")")), indices))


def _matrix(node: MatrixFunction) -> Operand:
    """Return a function of a matrix; one that has no name is written by its entry: `det(x_a y_b)_{ab}`."""
    rows, columns = (binder.index for binder in node.matrix.binders)
    inside: Node
    match node.matrix.body:
        case Entry(name, (first, second)) if {first, second} == {rows, columns} and first != second:
            inside = row(name_box(name))
            if first == columns:
                inside = row(Script(inside, None, row(Symbol(r"\top"))))
        case body:
            inside = row(indexed(row(Fenced("(", box(body), ")")), (rows, columns)))
    whole = row(operator_box(node.operation), Fenced("(", inside, ")"))
    return Operand(row(indexed(whole, node.at)) if node.at else whole, POWERED)


def _operator(node: Big, binder: Binder) -> Script:
    sign, index = _BIG[node.operation], index_box(binder.index.name)
    if binder.excluded:
        apart = (_indices_related(binder.index, Relation.UNEQUAL, other) for other in binder.excluded)
        return Script(sign, separated(apart), None)
    if node.operation in _RANGED or not _tells_size(node.body, binder.index):
        return Script(sign, equal(index, Symbol("1")), row(name_box(binder.index.dim)))
    return Script(sign, index, None)


def _tells_size(body: Term, index: Index) -> bool:
    """Return whether an array says over which size an index runs; a sum inside may bind its letter anew."""
    if isinstance(body, Entry) and any(index in one.letters for one in body.indices):
        return True
    if isinstance(body, Big) and any(binder.index.name == index.name for binder in body.binders):
        return False
    return any(_tells_size(child, index) for child in children(body))


def _derivative(body: Term, variables: tuple[Entry, ...]) -> Operand:
    if isinstance(body, Entry):
        return _over_line(Derivative(body, variables))
    order, below = _order(variables)
    return Operand(row(Fraction(row(order), below), bracketed(box(body))), POWERED)


def _over_line(node: Derivative) -> Operand:
    """Return a derivative with what is differentiated over the line: no factor behind it can be taken for a part."""
    order, below = _order(node.variables)
    body = entry_box(node.body) if isinstance(node.body, Entry) else bracketed(box(node.body))
    return Operand(row(Fraction(row(order, body), below)), POWERED)


def _order(variables: tuple[Entry, ...]) -> tuple[Node, HBox]:
    count = len(variables)
    below = row(*(one for variable in variables for one in (_PARTIAL, entry_box(variable))))
    return Script(_PARTIAL, None, signs(str(count))) if count > 1 else _PARTIAL, below
