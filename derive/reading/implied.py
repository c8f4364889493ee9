"""The declarations that a formula implies where it stands alone: arrays by their indices, sizes by what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from lark import Token, Tree

from derive.arrays.operations import FUNCTIONS
from derive.errors import Position, ReadingError
from derive.problem.names import CONSTANTS
from derive.reading.calls import BIG, EXTREMES
from derive.reading.declarations import DECLARATIONS
from derive.reading.lines import Passage, whole
from derive.reading.parser import Node, parse
from derive.reading.sources import SourceFile

EXPRESSION_FILE = "<expression>"
SIZES = ("n", "m", "k", "p", "q", "d", "r", "t", "u", "v")
"""The names of sizes, in the order in which they are given; an undeclared one that stands as a number is refused."""

_NUMBERS = {"e": "exp(1), and exp(x) for its powers", "\u03c0": "pi"}
"""Names that are certain numbers to whoever types them, and what the language calls those."""

Axis = tuple[str, int]
"""A place of an array, or a letter: its name, with the number of the place or of the binder it belongs to."""


@dataclass(slots=True)
class _Found:
    """What a formula says of its names: ranks, numbers, and which places and letters run over the same size."""

    ranks: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, Token] = field(default_factory=dict)
    joined: dict[Axis, Axis] = field(default_factory=dict)
    positions: dict[Axis, int] = field(default_factory=dict)
    scopes: Iterator[int] = field(default_factory=lambda: count(-1, -1))

    def root(self, axis: Axis) -> Axis:
        """Return what stands for all that run over the same size."""
        while self.joined.setdefault(axis, axis) != axis:
            axis = self.joined[axis]
        return axis

    def join(self, one: Axis, other: Axis) -> None:
        """Note that two run over the same size."""
        self.joined[self.root(one)] = self.root(other)

    def join_all(self, axes: Iterable[Axis]) -> None:
        """Note that all of these run over the same size."""
        for one, other in pairwise(axes):
            self.join(one, other)


def expression(formula: str) -> tuple[SourceFile, list[str]]:
    """Return a formula in the language or in LaTeX as a text, and the declarations put in front of it.

    LaTeX becomes a page that holds one display, whose names are inferred as on every page.

    Raises:
        ReadingError: it does not follow the grammar, or leaves open what a name is.
    """
    if "\\" in formula or "$" in formula:
        page = formula if "$" in formula else f"$$\n{formula}\n$$\n"
        return SourceFile(EXPRESSION_FILE, page, ".md"), []
    text, declared = with_declarations(formula)
    return SourceFile(EXPRESSION_FILE, text), declared


def with_declarations(text: str) -> tuple[str, list[str]]:
    r"""Return a formula as a text of the language, and the declarations put in front of it.

    A text that begins with a statement is returned as it is. A relation becomes a claim, anything else is shown.

    Raises:
        ReadingError: it does not follow the grammar, or leaves open what a name is.

    Example:
        >>> with_declarations("D(sum(x[i]^2, i), x[k]) = 2*x[k]")
        ('size n\nreal x[n]\nclaim D(sum(x[i]^2, i), x[k]) = 2*x[k]', ['size n', 'real x[n]'])
    """
    words = text.split(maxsplit=1)
    if words and words[0] in {*DECLARATIONS, "claim", "show", "derivation", "problem:"}:
        return text, []
    formula = " ".join(" ".join(line.partition("#")[0] for line in text.splitlines()).split())
    statement = whole(formula, EXPRESSION_FILE)
    tree = parse("claim", statement)
    found = _Found()
    letters = _letters(tree)
    _walk(tree, {}, letters, found, statement)
    lines = _declarations(found, letters, statement)
    relation = any(one.data == "relation" for one in tree.iter_subtrees() if _outermost(one, tree))
    return "\n".join([*lines, f"{'claim' if relation else 'show'} {formula}"]), lines


def _outermost(node: Tree[Token], tree: Tree[Token]) -> bool:
    chain = tree.children[0]
    return isinstance(chain, Tree) and any(node is one for one in chain.children)


def _letters(tree: Tree[Token]) -> frozenset[str]:
    """Return the names that stand where only an index can: in brackets, in a delta, behind what is summed."""
    found: set[str] = set()
    for node in tree.iter_subtrees():
        if node.data in {"entry", "part"}:
            found.update(str(one) for one in node.children[1:] if _is_name(one))
        elif node.data == "call":
            arguments = _arguments(node)
            name = str(node.children[0])
            bound = arguments if name == "delta" else arguments[1:] if name in BIG else []
            found.update(str(one) for one in bound if _is_name(one))
            found.update(
                str(one.children[0]) for one in bound if isinstance(one, Tree) and one.data == "binder"
            )
    pairs = [_pair(one) for one in tree.iter_subtrees() if one.data == "comparison"]
    while more := {letter for pair in pairs if found & pair for letter in pair} - found:
        found |= more
    return frozenset(found)


def _pair(comparison: Tree[Token]) -> frozenset[str]:
    """Return the names that a comparison `i != j` compares, if it compares names: both are indices, or none is."""
    names = [str(one) for one in comparison.children if _is_name(one)]
    return frozenset(names if len(names) == 2 and len(comparison.children) == 3 else ())


def _is_name(node: Node) -> bool:
    return isinstance(node, Token) and node.type == "NAME"


def _arguments(call: Tree[Token]) -> list[Node]:
    return next(
        list(one.children) for one in call.children if isinstance(one, Tree) and one.data == "arguments"
    )


def _walk(
    node: Node, scope: dict[str, Axis], letters: frozenset[str], found: _Found, statement: Passage
) -> None:
    if isinstance(node, Token):
        if _is_name(node) and str(node) not in letters and str(node) not in CONSTANTS:
            found.numbers.setdefault(str(node), node)
        return
    children: Sequence[Node] = node.children
    if node.data == "entry":
        _entry(node, scope, found, statement)
        children = [one for one in children[1:] if not _is_name(one)]
    elif node.data == "call":
        name, children = str(node.children[0]), _arguments(node)
        if name == "delta":
            found.join_all(_letter(one, scope) for one in children if _is_name(one))
        elif name in {*BIG, *EXTREMES}:
            number = next(found.scopes)
            scope = scope | {letter: (letter, number) for letter in _bound(children[1:], letters)}
    elif node.data == "comparison" and _pair(node) <= letters:
        found.join_all(_letter(one, scope) for one in children if _is_name(one))
    if _takes_arrays(node):
        for one in children:
            if _is_name(one):
                message = f"{one} is an array here, and how many indices it has is open; declare it: real {one}[n,m]"
                raise ReadingError(message, _at(one, statement))
        children = [one for one in children if isinstance(one, Tree)]
    for child in children:
        _walk(child, scope, letters, found, statement)


def _takes_arrays(node: Tree[Token]) -> bool:
    """Return whether a name that stands here alone may be an array without its indices."""
    if node.data == "call":
        return str(node.children[0]) in FUNCTIONS
    return node.data == "attribute" or (node.data == "product" and "@" in node.children)


def _at(node: Node, statement: Passage) -> Position:
    """Return the place of a name in the formula."""
    token = node if isinstance(node, Token) else Token("NAME", "")
    return statement.at(token.line or 1, token.column or 1)


def _bound(arguments: Sequence[Node], letters: frozenset[str]) -> list[str]:
    """Return the letters that arguments bind: `j`, `j: C`, `j != i`."""
    first = [one.children[0] if isinstance(one, Tree) and one.children else one for one in arguments]
    return [str(one) for one in first if _is_name(one) and str(one) in letters]


def _letter(letter: Node, scope: dict[str, Axis]) -> Axis:
    return scope.get(str(letter), (str(letter), 0))


def _entry(node: Tree[Token], scope: dict[str, Axis], found: _Found, statement: Passage) -> None:
    head, *places = node.children
    name = str(head)
    if found.ranks.setdefault(name, len(places)) != len(places):
        message = f"{name} stands with {found.ranks[name]} indices and with {len(places)}"
        raise ReadingError(message, _at(head, statement))
    for place, one in enumerate(places):
        axis = (f"{name}[", place)
        if _is_name(one):
            found.join(axis, _letter(one, scope))
        elif isinstance(one, Token) and str(one).isdecimal():
            found.positions[axis] = max(int(one), found.positions.get(axis, 1))


def _declarations(found: _Found, letters: frozenset[str], statement: Passage) -> list[str]:
    """Return the statements that declare what was found."""
    for name, token in found.numbers.items():
        at = _at(token, statement)
        if name in _NUMBERS:
            raise ReadingError(f"{name} is no number here; write {_NUMBERS[name]}", at)
        if name in found.ranks:
            raise ReadingError(f"{name} stands with indices and without", at)
        if found.ranks and name in SIZES:
            message = f"{name} may be a size or a number; say which in a file: size {name}, or real {name}"
            raise ReadingError(message, at)
    taken = {*found.ranks, *found.numbers, *letters}
    free = (name for name in SIZES if name not in taken)
    sizes: dict[Axis, str] = {}
    arrays = []
    for name, rank in found.ranks.items():
        roots = [found.root((f"{name}[", place)) for place in range(rank)]
        for root in roots:
            if root not in sizes:
                sizes[root] = next(free, f"n{len(sizes)}")
        arrays.append(f"{name}[{','.join(sizes[root] for root in roots)}]")
    least = dict.fromkeys(sizes.values(), 1)
    for axis, position in found.positions.items():
        name = sizes[found.root(axis)]
        least[name] = max(least[name], position)
    whole = [name for name, minimum in least.items() if minimum == 1]
    variables = [*arrays, *found.numbers]
    made = [f"size {', '.join(whole)}"] if whole else []
    made += [f"size {name} >= {minimum}" for name, minimum in least.items() if minimum > 1]
    return made + ([f"real {', '.join(variables)}"] if variables else [])
