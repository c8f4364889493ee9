"""The statements that ask: claims, shown terms and derivations, each with its terms."""

from __future__ import annotations

from dataclasses import dataclass

from lark import Token, Tree

from derive.arrays.values import Array, shape_text
from derive.errors import IllPosedError, ReadingError
from derive.problem.problems import Claim, DerivationClaim, Expected, Show, Side
from derive.reading.declarations import check_size
from derive.reading.declared import Declared
from derive.reading.formulas import Formulas, arguments, is_name, relation_of
from derive.reading.lines import Passage
from derive.reading.parser import Node, parse
from derive.terms import Context, Index, IndexRelation, Relation, Term, free_indices
from derive.terms.convexity import PROPERTIES, written_out

VERDICTS: tuple[Expected, ...] = ("proved", "refuted", "undecided")


@dataclass(frozen=True, slots=True)
class Line:
    """A side of a chain before its dimensions are known: the statement in which it stands, and its tree."""

    statement: Passage
    node: Node
    text: str


def read_show(statement: Passage, declared: Declared, context: Context) -> Show:
    """Read `show A`. Raises `ReadingError`."""
    return Show(read_one(statement, declared), context, statement.typed, statement.position)


def read_one(statement: Passage, declared: Declared) -> Term:
    """Read a statement that is a term. Raises `ReadingError`."""
    tree = parse("show", statement)
    formulas = Formulas(statement, declared, tree)
    (side,), _ = sides_of(formulas, [Line(statement, tree.children[0], "")], None)
    return side.term


def read_claim(statement: Passage, declared: Declared, context: Context) -> Claim:
    """Read `claim A = B = C when … expect …`. Raises `ReadingError`."""
    tree = parse("claim", statement)
    parts = _parts(tree)
    formulas = Formulas(statement, declared, tree)
    lines, relations = _chain(formulas, tree)
    expect = _expected(formulas, parts.get("expect"))
    text = statement.typed
    if "expect" in parts:
        text = " ".join(statement.text[: parts["expect"].meta.start_pos].split())
    if len(lines) == 1 and _is_property(lines[0].node, declared):
        sides, relation, when, context = _property(formulas, lines[0], parts.get("when"), context)
        return Claim(sides, context, text, statement.position, when, expect, relations=(relation,))
    if len(lines) < 2:
        message = "a claim is an equation or inequality, A = B or A <= B; to have a term derived, write show"
        raise ReadingError(message, statement.end())
    sides, when = sides_of(formulas, lines, parts.get("when"))
    return Claim(sides, context, text, statement.position, when, expect, relations=relations)


def _is_property(node: Node, declared: Declared) -> bool:
    """Return whether a side is `convex(E, s)` or the like, and not a function that is declared."""
    if not isinstance(node, Tree) or node.data != "call" or len(node.children) != 2:
        return False
    name = str(node.children[0])
    return name in PROPERTIES and declared.kind(name) is None


def _property(
    formulas: Formulas, line: Line, when: Tree[Token] | None, context: Context
) -> tuple[tuple[Side, ...], Relation, tuple[IndexRelation, ...], Context]:
    """Return what `convex(E, s)` or the like says: two sides, their relation, and the context with a second point."""
    assert isinstance(line.node, Tree)  # noqa: S101 - a call, as was asked
    name = str(line.node.children[0])
    what = PROPERTIES[name]
    body, *along = arguments(line.node)
    asked = [Line(line.statement, body, formulas.text(body))]
    asked += [Line(line.statement, one, formulas.text(one)) for one in along[len(along) - what.bounds :]]
    along = along[: len(along) - what.bounds]
    if len(asked) != 1 + what.bounds or not along or (len(along) > 1 and not what.chord):
        raise formulas.error(_PROPERTY[what.chord, what.bounds].format(name), line.node)
    for one in along:
        if not is_name(one):
            raise formulas.error(f"{formulas.text(one)} is no variable by its name alone", one)
    sides, relations = sides_of(formulas, asked, when)
    names = tuple(dict.fromkeys(map(str, along)))
    terms = [side.term for side in sides]
    try:
        equation, context = written_out(name, terms[0], names, context, *terms[1:])
    except IllPosedError as wrong:
        raise formulas.error(wrong.message, line.node) from None
    at = sides[0].position
    written = tuple(Side(one, str(one), at) for one in (equation.left, equation.right))
    return written, equation.relation, relations, context


_PROPERTY = {
    (True, 0): "{0} is claimed of a term along variables: {0}(E, s)",
    (False, 0): "{0} is claimed of a term along one scalar: {0}(E, x)",
    (False, 1): "{0} is claimed of a term along one scalar, with a constant: {0}(E, x, K)",
}


def read_derivation(statement: Passage, declared: Declared, context: Context) -> DerivationClaim:
    """Read `derivation` with its lines, which are one chain. Raises `ReadingError`."""
    header = parse("derivation", statement)
    parts = _parts(header)
    formulas = Formulas(statement, declared, header)
    lines: list[Line] = []
    for line in statement.block:
        tree = parse("line", line)
        formulas.note(tree)
        continues = isinstance(tree.children[0], Token)
        if continues != bool(lines):
            raise ReadingError("a derivation begins with a term; its later lines begin with =", line.position)
        formulas.stand_in(line)
        more, relations = _chain(formulas, tree)
        if any(one is not Relation.EQUAL for one in relations):
            raise ReadingError("the lines of a derivation are equal; claim the inequality", line.position)
        lines += more
    if len(lines) < 2:
        message = "a derivation is a term and at least one line that begins with =, indented"
        raise ReadingError(message, statement.end())
    formulas.stand_in(statement)
    expect = _expected(formulas, parts.get("expect"))
    sides, when = sides_of(formulas, lines, parts.get("when"))
    text = " ".join(line.typed for line in statement.block)
    return DerivationClaim(sides, context, text, statement.position, when, expect)


def _parts(tree: Tree[Token]) -> dict[str, Tree[Token]]:
    return {str(one.data): one for one in tree.children if isinstance(one, Tree)}


def _chain(formulas: Formulas, tree: Tree[Token]) -> tuple[list[Line], tuple[Relation, ...]]:
    """Return the sides of the chain in a tree, each as typed with brackets around it, and what relates them."""
    statement = formulas.statement
    first, *_ = tree.children
    chain, *after = [one for one in tree.children if isinstance(one, Tree)]
    signs: list[Token] = []
    relations: list[Relation] = []
    reached = Relation.EQUAL
    for one in chain.children[1::2]:
        signs += one.scan_values(lambda _: True) if isinstance(one, Tree) else [one]
        relations.append(relation_of(one))
        following = reached.then(relations[-1])
        if following is None:
            message = (
                f"after {reached} a chain cannot go on with {relations[-1]}: nothing would follow of its ends"
            )
            raise formulas.error(f"{message}; write two claims", one)
        reached = following
    starts = [first.end_pos if isinstance(first, Token) else 0, *(one.end_pos for one in signs)]
    end = after[0].meta.start_pos if after else len(statement.text)
    ends = [*(one.start_pos for one in signs), end]
    texts = [" ".join(statement.text[start:end].split()) for start, end in zip(starts, ends, strict=True)]
    lines = [Line(statement, node, text) for node, text in zip(chain.children[::2], texts, strict=True)]
    return lines, tuple(relations)


def sides_of(
    formulas: Formulas, lines: list[Line], when: Tree[Token] | None
) -> tuple[tuple[Side, ...], tuple[IndexRelation, ...]]:
    """Return the terms of all lines and the relations, with the dimensions that they give one another."""
    outer = formulas.statement
    values: list[Array] = []
    for line in lines:
        formulas.stand_in(line.statement)
        values.append(formulas.value(line.node))
    formulas.stand_in(outer)
    relations = _relations(formulas, when)
    axes = _common_axes(formulas, values, lines)
    formulas.dims.settle(formulas.declared.sizes)
    formulas.define_arguments()
    settled = [formulas.dims.settled(one.at(axes) if one.axes else one.entry) for one in values]
    terms, _ = formulas.lettered(settled, axes)
    sides: list[Side] = []
    for term, line in zip(terms, lines, strict=True):
        formulas.stand_in(line.statement)
        check_size(formulas, term, line.node)
        sides.append(Side(term, line.text, formulas.at(line.node)))
    formulas.stand_in(outer)
    index = formulas.dims.index
    return tuple(sides), tuple(
        IndexRelation(index(left), index(right), sign == Relation.EQUAL, before=sign == Relation.LESS)
        for left, right, sign in relations
    )


def _common_axes(formulas: Formulas, values: list[Array], lines: list[Line]) -> tuple[Index, ...]:
    """Return the axes over which the sides of a chain are compared, entry by entry; a number goes with every entry."""
    wholes = [(one, line) for one, line in zip(values, lines, strict=True) if one.axes]
    if not wholes:
        return ()
    first, head = wholes[0]
    for value, line in zip(values, lines, strict=True):
        formulas.stand_in(line.statement)
        text = formulas.text(line.node)
        if value.axes and value.shape != first.shape:
            here, there = shape_text(value.shape), shape_text(first.shape)
            raise formulas.error(
                f"the sides have different shapes: {head.text} has {there}, {text} {here}", line.node
            )
        named = [one for one in free_indices(value.entry) if str(one) in formulas.free]
        if not value.axes and named:
            message = f"{head.text} is an array over {shape_text(first.shape)}, {text} a number at the index {named[0]}"
            raise formulas.error(f"{message}; write both whole, or both with their indices", line.node)
    return first.anew().axes


def _relations(formulas: Formulas, node: Tree[Token] | None) -> list[tuple[Index, Index, Relation]]:
    found = []
    for one in node.children[1:] if node is not None else ():
        left, relation, right, *more = one.children if isinstance(one, Tree) else (one, one, one)
        if more or relation_of(relation) in (Relation.AT_MOST, Relation.AT_LEAST):
            raise formulas.error("when relates two indices: i = j, i != j, i < j or i > j", one)
        for side in (left, right):
            if not is_name(side) or (side not in formulas.free and side not in formulas.declared.labels):
                message = f"{formulas.text(side)} is not a free index of this claim, nor a label"
                raise formulas.error(message, side)
        indices = formulas.index(left), formulas.index(right)
        formulas.dims.link(*indices, formulas.text(one), formulas.at(left))
        sign = relation_of(relation)
        if sign == Relation.GREATER:
            indices, sign = indices[::-1], Relation.LESS
        found.append((*indices, sign))
    return found


def _expected(formulas: Formulas, node: Tree[Token] | None) -> Expected | None:
    if node is None:
        return None
    word = node.children[-1]
    for verdict in VERDICTS:
        if word == verdict:
            return verdict
    hint = formulas.declared.nearest(str(word), VERDICTS)
    raise formulas.error(f"expected proved, refuted or undecided, found {word}{hint}", word)
