r"""Derivatives: `\frac{\partial E}{\partial s_i}`, `dE/ds_i`, `\frac{\partial}{\partial s_i}(…)`, `\nabla_s E`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.reading.declared import names_in
from derive.reading.latex.names import key_of, opened
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, row_of, shape, token, tree, word_of
from derive.reading.latex.symbols import TIMES, TRANSPOSE, TYPED

if TYPE_CHECKING:
    from derive.reading.latex.rows import Node, Row

# Imported inside functions: what reads the rows that are differentiated.

PARTIAL = r"\partial"


def _is_partial(item: Item | None) -> bool:
    base = opened(item)[0] if item is not None else None
    return isinstance(base, Token) and TYPED.get(str(base), str(base)) == PARTIAL


def _is_d(item: Item | None) -> bool:
    r"""Return whether an item is the d of `dE/ds`: a letter, or upright."""
    base = opened(item)[0] if item is not None else None
    if isinstance(base, Token) and base.type == "TEXT":
        return word_of(base) == "d"
    if isinstance(base, Tree) and base.data == "font":
        inside = row_of(base.children[1])
        return len(inside) == 1 and str(inside[0]) == "d"
    return isinstance(base, Token) and base.type == "LETTER" and base == "d"


def _first(items: Sequence[Item]) -> Item | None:
    """Return the first item of a row, looking into braces that only group."""
    for item in items:
        if shape(item) != "group":
            return item
        inside = row_of(item)
        if inside:
            return _first(inside)
    return None


def is_derivative(base: Item) -> bool:
    """Return whether a fraction is a derivative."""
    if not isinstance(base, Tree) or base.data != "fraction":
        return False
    over, under = (_first(row_of(one)) for one in base.children[1:])
    return (_is_partial(over) and _is_partial(under)) or (_is_d(over) and _is_d(under))


def read_derivative(row: Row, base: Tree[Token], marks: dict[str, Item]) -> Node | None:
    """Read a fraction that is a derivative, None if it is an ordinary one; the cursor stands before it."""
    over, under = (row_of(one) for one in base.children[1:])
    straight = _is_d(_first(over)) and _is_d(_first(under))
    if not straight and not (_is_partial(_first(over)) and _is_partial(_first(under))):
        if _is_partial(_first(under)):
            raise row.reading.error("\\partial below, and none above", base)
        return None
    if straight and row.names.declared.kind("d") is not None:
        message = "d is declared: is this a derivative or a quotient? A derivative is written with \\partial"
        raise row.reading.error(message, base)
    item = row.take()
    variables = _variables(row, under, base)
    body, order = _above(row, over, base)
    if order != len(variables):
        raise row.reading.error(
            f"above the derivative is of order {order}, below of order {len(variables)}", base
        )
    if body is None:
        if marks:
            raise row.reading.error("the script on a derivative has no meaning here", item)
        node = _operand(row, variables, base)
        _check_partial(row, _body_of(node), variables, straight, base)
        return node
    _check_partial(row, body, variables, straight, base)
    node = _derivative(base, [body, *variables])
    return row.powered(node, marks, item)


def _derivative(place: Item, arguments: list[Node], last: Item | None = None) -> Tree[Token]:
    name = token("NAME", "D", place)
    return tree("call", [name, tree("arguments", arguments, place, last)], place, last)


def _body_of(node: Node) -> Node:
    inside = node.children[1] if isinstance(node, Tree) else node
    return inside.children[0] if isinstance(inside, Tree) else inside


def _check_partial(row: Row, body: Node, variables: Sequence[Node], straight: bool, at: Item) -> None:
    r"""Refuse `\partial r/\partial x` of r(q, x) where q depends on x: is q kept fixed?

    So is it where r is no function on the page, and the same equation has a dr/dx.
    """
    name, chain, declared = _name_of(body), row.reading.chain, row.names.declared
    if name not in declared.definitions or name in declared.lost:
        return
    if straight:
        chain.straight.add(name)
    by = [] if straight else list(map(_name_of, variables))
    listed, direct = row.names.arguments(name), names_in(declared.definitions[name].body)
    chain.partial.update([name] if any(_is_between(row, one, direct) for one in by) else [])
    both = name in chain.straight and name in chain.partial
    if both or any(_is_between(row, one, listed) for one in by):
        message = f"{name} depends on this in two ways: is the other name that depends on it kept fixed in a "
        raise row.reading.error(f"{message}\\partial of {name}? Write out what is differentiated", at)


def _name_of(node: Node) -> str:
    """Return the name that is differentiated, or by which; what is no single name has none."""
    first = node if isinstance(node, Token) else node.children[0] if node.data in ("entry", "power") else ""
    return _name_of(first) if isinstance(first, Tree) else str(first)


def _is_between(row: Row, variable: str, among: AbstractSet[str]) -> bool:
    """Return whether a variable is among names of which another is defined by it."""
    declared = row.names.declared
    bodies = [declared.definitions[one].body for one in among if one in declared.definitions]
    return variable in among and any(variable in declared.mentioned(one) for one in bodies)


def _above(row: Row, items: list[Item], base: Item) -> tuple[Node | None, int]:
    r"""Return what is differentiated, None if it follows the fraction, and how often: the 2 of `\partial^2 E`."""
    from derive.reading.latex.rows import Row as Another

    inner = Another(items, row.reading, base)
    sign, marks = opened(inner.take())
    row.reading.account(sign)
    order = _times(row, marks)
    if inner.peek() is None:
        return None, order
    node = inner.signed()
    left = inner.peek()
    if left is not None:
        raise row.reading.error("how far the derivative reaches is not clear; write brackets", left)
    return node, order


def _times(row: Row, marks: dict[str, Item]) -> int:
    above = marks.get("SUP")
    if above is None:
        return 1
    digits = flat(above)
    if len(digits) != 1 or shape(digits[0]) not in ("DIGIT", "NUMBER") or not 1 <= int(str(digits[0])) <= 9:
        raise row.reading.error("the order of a derivative is a number from 1 to 9", above)
    row.reading.account(above)
    return int(str(digits[0]))


def _variables(row: Row, items: list[Item], base: Item) -> list[Node]:
    """Return by what a derivative is taken, in order."""
    from derive.reading.latex.rows import Row as Another

    inner = Another(items, row.reading, base)
    found: list[Node] = []
    while (item := inner.peek()) is not None:
        if not (_is_partial(item) or _is_d(item)):
            raise row.reading.error(f'expected \\partial, found "{row.reading.text(item)}"', item)
        row.reading.account(inner.take())
        variable, times = _variable(inner)
        found += [variable] * times
    return found


def _variable(row: Row) -> tuple[Node, int]:
    if row.peek() is None:
        raise row.missing("a name to differentiate by")
    found = row.names.find(row.items, row.place, row.reading.piece)
    if found is None or found.primes is not None or any(one.type == "WORD" for one in found.indices):
        raise row.missing("a name to differentiate by")
    first = row.items[row.place]
    row.place = found.after
    node: Node = tree("entry", [found.name, *found.indices], first) if found.indices else found.name
    mark = None if found.above is None else transposition(row, found.above)
    if mark is not None:
        return tree("power", [node, token("POWER", "^", first), mark], first), 1
    times = 1 if found.above is None else _times(row, {"SUP": found.above})
    if found.above is not None and times == 1:
        message = f"is {row.reading.text(first)} one of several? A derivative by {found.name} is written without the 1"
        raise row.reading.error(message, first)
    return node, times


def transposition(row: Row, above: Item) -> Token | None:
    """Return the sign of a transpose that a superscript is, None if it is none."""
    inside = row_of(above)
    key = key_of(inside[0]) if len(inside) == 1 else None
    if key is None or key.name not in (TRANSPOSE, "T", "t") or row.names.declared.kind(key.name) is not None:
        return None
    row.reading.account(above)
    return token("NAME", key.name, above)


def _operand(row: Row, variables: list[Node], base: Item) -> Node:
    r"""Read what stands behind `\frac{\partial}{\partial x}`: a bracket, or a single factor."""
    from derive.reading.latex.brackets import kind_of_fence

    item = row.peek()
    if item is None:
        raise row.missing("what is differentiated")
    if kind_of_fence(opened(item)[0]) in ("round", "square", "set"):
        body = row.factor()
        return _reaching(row, _derivative(base, [body, *variables], item))
    sign = token("SIGN", row.sign(), row.take()) if row.sign() in ("+", "-") else None
    with _within(row):
        body, count = row.product()
    if count > 1 and not _is_one_factor(row, body, variables):
        raise row.reading.error("how far the derivative reaches is not clear; write brackets", item)
    if sign is not None:
        body = tree("signed", [sign, body], sign, body)
    return _derivative(base, [body, *variables], body)


def _is_one_factor(row: Row, body: Node, variables: Sequence[Node]) -> bool:
    r"""Return whether one factor of a product depends on what it is differentiated by: `\frac{1}{2} (wx - y)^2`.

    Then it does not matter which of the others the derivative reaches over, if it reaches over that one.
    """
    by = {str(one.children[0] if isinstance(one, Tree) else one) for one in variables}
    factors = body.children[::2] if isinstance(body, Tree) and body.data == "product" else [body]
    return sum(row.depends(one, by) for one in factors) == 1


def _reaching(row: Row, node: Tree[Token]) -> Tree[Token]:
    """Note a derivative behind which factors may stand that it reaches over, or not."""
    row.reading.reaching.append(node)
    return node


@contextmanager
def _within(row: Row) -> Iterator[None]:
    r"""Read what is differentiated: in `\nabla \log P R` it is not clear whether the logarithm reaches over R."""
    before, row.reading.differentiating = row.reading.differentiating, row
    try:
        yield
    finally:
        row.reading.differentiating = before


# ---- with a slash


def read_slash(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    r"""Read `\partial E/\partial s_i` or `dE/ds_i`; None if neither stands here."""
    partial = _is_partial(base)
    if not partial and not (_is_d(base) and row.names.declared.kind("d") is None):
        return None
    start, first = row.place, row.take()
    if not partial:
        after = row.peek()
        found = row.names.find(row.items, row.place, row.reading.piece) if after is not None else None
        end = found.after if found is not None else row.place
        below = row.items[end : end + 2]
        if found is None or len(below) < 2 or str(below[0]) != "/" or not _is_d(below[1]):
            row.place = start
            return None
    if row.peek() is None:
        raise row.missing("what is differentiated")
    body = row.factor()
    if row.sign() != "/":
        raise row.missing('"/\\partial"')
    row.take()
    if row.peek() is None or not (_is_partial(row.peek()) or _is_d(row.peek())):
        raise row.missing("\\partial")
    row.reading.account(base, row.take())
    variable, times = _variable(row)
    if times != _times(row, marks):
        raise row.reading.error("the derivative is of one order above, and of another below", first)
    _check_partial(row, body, [variable], not partial, first)
    return _derivative(first, [body, *[variable] * times], row.items[row.place - 1])


# ---- gradients


def read_nabla(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    r"""Read `\nabla_{s} E`, an array along s, or `\nabla_{s_i} E`, an entry of it."""
    if not isinstance(base, Token) or TYPED.get(str(base), str(base)) != r"\nabla":
        return None
    item = row.take()
    from derive.reading.latex.brackets import kind_of_fence
    from derive.reading.latex.rows import STOPS

    variable, times = _by(row, item, marks)
    variable = _component(row, variable)
    following = row.peek()
    if following is None:
        raise row.missing("what is differentiated")
    held = kind_of_fence(opened(following)[0]) is not None
    with _within(row):
        body = _after_constants(row, variable)
    if not held and row.peek() is not None and row.sign() not in (*STOPS, *TIMES, "/"):
        raise row.reading.error("how far the gradient reaches is not clear; write brackets", row.take())
    return _reaching(row, _derivative(item, [body, *[variable] * times], body))


def _after_constants(row: Row, variable: Node) -> Node:
    r"""Read what a gradient is of: a factor, with those before it that do not depend on what it is by."""
    from derive.reading.latex.rows import STOPS

    by = {str(variable.children[0] if isinstance(variable, Tree) else variable)}
    parts: list[Node] = [row.factor()]
    while not row.depends(parts[-1], by) and (item := row.peek()) is not None:
        if row.sign() in (*STOPS, *TIMES, "/"):
            break
        parts += [token("BESIDE", "*", item), row.factor()]
    if len(parts) > 1 and not row.depends(parts[-1], by):
        raise row.reading.error("how far the gradient reaches is not clear; write brackets", parts[0])
    return parts[0] if len(parts) == 1 else tree("product", parts, parts[0], parts[-1])


def _by(row: Row, item: Item, marks: dict[str, Item]) -> tuple[Node, int]:
    r"""Return by what a gradient is taken, and how often: \nabla of L(w) is by w, and \nabla^2 a second derivative."""
    from derive.reading.latex.rows import Row as Another

    order = _times(row, marks)
    if set(marks) - {"SUP"} == {"SUB"}:
        inner = Another(row_of(marks["SUB"]), row.reading, item)
        with row.names.in_small_type():
            variable, times = _variable(inner)
        if inner.peek() is not None or times != 1 or order > 2:
            raise row.reading.error("\\nabla is by one name", marks["SUB"])
        return variable, order
    for fence in row.items[row.place + 1 : row.place + 2] if not set(marks) - {"SUP"} else ():
        base, behind = opened(fence)
        inside = row_of(base.children[1]) if isinstance(base, Tree) and base.data == "fence" else []
        found = row.names.alone(inside, row.reading.piece) if not behind else None
        if (
            found is not None
            and not found.indices
            and found.above is None
            and row.names.known(str(found.name))
        ):
            return found.name, order
    raise row.reading.error("\\nabla needs what to differentiate by, as in \\nabla_{s} E", item)


def _component(row: Row, variable: Node) -> Node:
    r"""Return the entry by which the gradient in `(\nabla_s E)_i` is taken; elsewhere it is by the whole array."""
    if row.reading.chain.component is None:
        return variable
    name, *indices = variable.children if isinstance(variable, Tree) else [variable]
    return tree("entry", [name, *indices, row.reading.chain.component], variable)
