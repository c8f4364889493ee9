r"""Functions on the page: `\log p_j`, `\text{softmax}(s)_i`, `\sigma(x)`, `e^{x}`, `f'(x)`, and the delta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lark import Token, Tree

from derive.reading.arrays import ON_PAGES
from derive.reading.calls import SLOPE
from derive.reading.latex.names import Found, key_of, letters_at, maybe_slope, opened
from derive.reading.latex.samples import with_samples
from derive.reading.latex.spellings import flat
from derive.reading.latex.structure import Item, begin, row_of, shape, token, tree, word_of
from derive.reading.latex.symbols import CALLED, FUNCTIONS, LETTERS, ORDER, TYPED, WORDS
from derive.terms import functions

if TYPE_CHECKING:
    from derive.reading.latex.rows import Node, Row

# Imported inside functions: what reads the rows that are arguments.

_OF_NUMBERS = frozenset({*functions.TABLE, *ON_PAGES, "max", "min"})
_MARKED = ("SUP", "PRIMES")


def function_name(base: Item) -> str | None:
    """Return the function that a command or an upright word is, None if it is none."""
    command = TYPED.get(str(base), str(base)) if isinstance(base, Token) else ""
    if command in FUNCTIONS:
        return FUNCTIONS[command]
    word = word_of(base)
    return None if word is None else function_of_word(word)


def spellings_of(name: str) -> set[str]:
    """Return every word that is read as a function of the language, its own name among them."""
    return {name, *(word for word, meant in WORDS.items() if meant == name)}


def function_of_word(word: str) -> str | None:
    """Return the function of the language that a word names, None if it names none."""
    name = WORDS.get(word, word.replace(r"\_", "_"))
    return name if name in _OF_NUMBERS else None


def read_call(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    """Read a function with its argument; None if no function stands here."""
    name, last, length = function_name(base), row.items[row.place], 1
    operator = isinstance(base, Token) and base.startswith(r"\operatorname")
    if name is not None and word_of(base) is not None and _is_own(row, name, word_of(base) or ""):
        return None
    if name is None:
        word = letters_at(row.items, row.place)
        name = function_of_word(word) if len(word) > 1 else None
        name = None if name is not None and _is_own(row, name, word) else name
        length = max(len(word), 1)
        last = row.items[row.place + length - 1]
        marks = opened(last)[1]
    if name is None:
        name, length = _called_letter(row, base), 1
    upright = word_of(base)
    if name is None and operator and upright is not None and not row.names.known(upright):
        name = upright if _bracket(row, row.place + 1) else None
    if name is None:
        return None
    head = tree("head", row.items[row.place : row.place + length], row.items[row.place], last)
    row.reading.account(base)
    row.place += length
    return call(row, token("NAME", name, head), marks)


def _is_own(row: Row, name: str, word: str) -> bool:
    """Return whether a page or block gives a function's name, however it is spelled, a meaning of its own."""
    return any(row.names.known(one) for one in {word, *spellings_of(name)})


def _called_letter(row: Row, base: Item) -> str | None:
    r"""Return the function that a letter like \sigma is before a bracket, unless it is declared."""
    command = TYPED.get(str(base), str(base)) if isinstance(base, Token) else ""
    key = key_of(base)
    name = row.names.called.get(key.name) if key is not None else None
    if (
        name is not None
        and not set(opened(row.items[row.place])[1]) - {"PRIMES"}
        and _bracket(row, row.place + 1)
    ):
        return name
    name = CALLED.get(command)
    marks = opened(row.items[row.place])[1]
    if name is None or set(marks) - {"PRIMES"} or not _bracket(row, row.place + 1):
        return None
    if row.names.known(LETTERS[command]):
        return None
    if command in row.names.otherwise:
        message = f"the page uses {command} otherwise than as a function, too: is this {name}, or a product?"
        raise row.reading.error(f"{message} Write \\operatorname{{{name}}}(…), or \\cdot between", base)
    return name


def _bracket(row: Row, place: int) -> bool:
    return place < len(row.items) and _is_bracket(opened(row.items[place])[0])


def _is_bracket(item: Item | None) -> bool:
    from derive.reading.latex.brackets import kind_of_fence

    return item is not None and kind_of_fence(item) in ("round", "square", "set")


def call(row: Row, head: Token, marks: dict[str, Item]) -> Node:
    """Read the argument of a function: in brackets, or the product that follows."""
    name = str(head)
    subscripts = [row.names.index(one, row.reading.piece) for one in flat(marks.get("SUB"))]
    if subscripts and name not in ON_PAGES:
        raise row.reading.error(
            f"{name} with a subscript: a base, or an index? Write it another way", marks["SUB"]
        )
    power = _power_of(row, name, marks)
    braced = row.items[row.place] if row.place < len(row.items) else None
    if braced is not None and shape(braced) == "group":
        _check_braces(row, name, row_of(braced))
    item = row.peek()
    if item is not None and _is_bracket(opened(item)[0]):
        node, after = _bracketed(row, head, subscripts, marks)
    elif "PRIMES" in marks:
        raise row.reading.error(
            f"{name} with primes is a derivative; write brackets after it", marks["PRIMES"]
        )
    else:
        node, after = _bare(row, head), {}
    if power is not None:
        if after:
            raise row.reading.error(f"{name} with two superscripts", head)
        return tree("power", [node, token("POWER", "^", power), power], head, node)
    return node


def _power_of(row: Row, name: str, marks: dict[str, Item]) -> Token | None:
    r"""Return the exponent of `\log^2 x`, which is that of the value; -1 might be the inverse function."""
    above = marks.get("SUP")
    if above is None:
        return None
    digits = flat(above)
    if len(digits) != 1 or shape(digits[0]) not in ("DIGIT", "NUMBER"):
        raise row.reading.error(f"{name} to a power is read for whole numbers only; write brackets", above)
    row.reading.account(above)
    return token("NUMBER", str(digits[0]), digits[0])


def _bracketed(
    row: Row, head: Token, subscripts: list[Token], marks: dict[str, Item]
) -> tuple[Node, dict[str, Item]]:
    fence = row.take()
    base, after = opened(fence)
    assert isinstance(base, Tree)  # noqa: S101 - it is a bracket; this is for the type checker
    from derive.reading.latex.rows import names_in

    name = str(head)
    parts: list[Item] = [head]
    primes = str(marks.get("PRIMES", ""))
    if primes and row.names.declared.kind(name) == "function":
        parts.append(token("PRIMES", primes, marks["PRIMES"]))
    inside = row_of(base.children[1])
    arguments = [_formula(row, one, base) for one in split(inside)]
    row.reading.applied.update(begin(one)[2] for part in arguments for one in names_in(part))
    row.reading.account(*(one for one in inside if str(one) == ","))
    parts.append(tree("arguments", arguments, base))
    if name in ON_PAGES and "SUB" in after:
        subscripts = [*subscripts, *(row.names.index(one, row.reading.piece) for one in flat(after["SUB"]))]
        after = {mark: one for mark, one in after.items() if mark != "SUB"}
    if name in _ENTRIES and not subscripts and len(arguments) == 1:
        parts[-1], subscripts = _whole_of(row, parts[-1], arguments[0])
    if subscripts:
        parts.append(tree("subscripts", subscripts, subscripts[0], subscripts[-1]))
    if after.get("SUP") is not None and name in FUNCTIONS.values():
        message = f"a power behind {name}(…): of the value or of the argument? Write brackets"
        raise row.reading.error(message, after["SUP"])
    node = tree("call", parts, head, base)
    if primes and row.names.declared.kind(name) != "function":
        node = _primed(row, node, arguments, primes, marks["PRIMES"])
    return row.powered(node, after, fence), after


def _primed(row: Row, call: Tree[Token], arguments: list[Node], primes: str, at: Item) -> Tree[Token]:
    r"""Return `\sigma'(z_i)` as the derivative of the call by its argument."""
    if len(arguments) != 1 or str(call.children[0]) not in functions.TABLE:
        raise row.reading.error(
            "only a declared function has primes, or one of a name such as \\sigma'(x)", at
        )
    (argument,) = arguments
    plain = (isinstance(argument, Token) and argument.type == "NAME") or (
        isinstance(argument, Tree) and argument.data == "entry"
    )
    if not plain and not row.names.defines:
        raise row.reading.error(
            "only a declared function has primes, or one of a name such as \\sigma'(x)", at
        )
    name = "D" if plain else SLOPE
    arguments = [call, *arguments * len(primes)]
    return tree("call", [token("NAME", name, call), tree("arguments", arguments, call)], call)


_ENTRIES = ("softmax", "log_softmax")


def _whole_of(row: Row, arguments: Item, argument: Node) -> tuple[Item, list[Token]]:
    r"""Return `s` and `i` of `softmax(s_i)`: a softmax is of an array, and that is its entry there."""
    if not isinstance(argument, Tree) or argument.data != "entry":
        return arguments, []
    name, *indices = argument.children
    declared = row.names.declared
    known = declared.kind(str(name)) in _VALUES and str(name) not in declared.lost
    if not known or len(declared.dims(str(name))) != len(indices) or not isinstance(indices[-1], Token):
        return arguments, []
    whole = tree("entry", [name, *indices[:-1]], argument) if len(indices) > 1 else name
    return tree("arguments", [whole], arguments), [indices[-1]]


def _formula(row: Row, items: Sequence[Item], around: Item) -> Node:
    from derive.reading.latex.rows import formula

    return formula(items, row.reading, around)


def split(items: Sequence[Item], comma: str = ",") -> list[list[Item]]:
    """Return what stands between commas."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if str(item) == comma:
            parts.append([])
        else:
            parts[-1].append(item)
    return parts


def _bare(row: Row, head: Token) -> Node:
    """Read the argument of a function that no bracket follows."""
    name = str(head)
    row_function = functions.TABLE.get(name)
    if row_function is None or row_function.arity != 1:
        raise row.missing(f"brackets after {name}")
    if row.sign() in ("+", "-"):
        raise row.reading.error(f"how far {name} reaches is not clear; write brackets after it", row.take())
    start = row.peek() or head
    argument, count = row.product(bare=name)
    if count > 1 and row.reading.differentiating is row:
        message = f"the derivative of {name} of all these factors, or that of {name} of the first, times the others?"
        raise row.reading.error(f"{message} Write brackets", start)
    arguments = tree("arguments", [argument], argument)
    return tree("call", [head, arguments], head, argument)


def _check_braces(row: Row, name: str, inside: list[Item]) -> None:
    r"""Refuse braces that do not show and were meant to hold together, as in `\log{a + b}` and `\log{a} b`."""
    if len(inside) == 1 and _is_bracket(opened(inside[0])[0]):
        return
    signs = [TYPED.get(str(one), str(one)) for one in inside]
    behind = row.items[row.place + 1] if row.place + 1 < len(row.items) else None
    ends = behind is None or TYPED.get(str(behind), str(behind)) in _ENDS
    if not ends or any(sign in ("+", "-") for sign in signs[1:]):
        message = f"how far {name} reaches is not clear; write brackets after it"
        raise row.reading.error(message, inside[0] if inside else row.items[row.place])


_ENDS = frozenset({"+", "-", ",", ".", *ORDER})


def read_exponential(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    """Read `e^{x}`, unless e is a declared number; a power of an array means nothing."""
    upright = isinstance(base, Tree) and base.data in ("font", "group") and _upright(base) == "e"
    if set(marks) != {"SUP"} or not (
        upright or (str(base) == "e" and letters_at(row.items, row.place) == "e")
    ):
        return None
    item = row.items[row.place]
    row.reading.account(base)
    row.names.refuse_constant("e", item, row.reading.piece)
    if row.names.known("e") and not _is_array(row, "e"):
        raise row.reading.error("e is declared, and e^ is the exponential; write (e)^ or \\exp", item)
    row.place += 1
    power = row.powered(
        token("NUMBER", "1", base), marks, item
    )  # read once: e^{e^{e^x}} would double with each
    exponent = power.children[-1] if isinstance(power, Tree) else power
    return tree("call", [token("NAME", "exp", base), tree("arguments", [exponent], exponent)], item)


def _upright(base: Tree[Token]) -> str:
    r"""Return the letter in `\mathrm{e}` or `{\rm e}`, empty for anything else."""
    *switch, letter = row_of(base.children[-1]) or [base]
    given = str(base.children[0]) if base.data == "font" else str(switch[0]) if len(switch) == 1 else ""
    return str(letter) if given in (r"\mathrm", r"\mathit", r"\rm", r"\it") else ""


def _is_array(row: Row, name: str) -> bool:
    declared = row.names.declared
    return declared.kind(name) in _VALUES and name not in declared.lost and bool(declared.dims(name))


def read_delta(row: Row, base: Item, marks: dict[str, Item]) -> Node | None:
    r"""Read `\delta_{ij}`."""
    if TYPED.get(str(base), str(base)) != r"\delta" or "SUB" not in marks:
        return None
    below = flat(marks["SUB"], row.names.label)
    above = flat(marks.get("SUP"), row.names.label)
    if len(below) == len(above) == 1 and shape(above[0]) == "LETTER" and not row.names.known(str(above[0])):
        below, marks = [*below, *above], {"SUB": marks["SUB"]}
    if len(below) != 2:
        return None
    item = row.items[row.place]
    names = row.names
    if "delta" in names.declared.lost:
        raise row.reading.error("delta could not be read above, and may be what is meant here", item)
    if names.known("delta") and len(names.declared.dims("delta")) == 2:
        raise row.reading.error(
            "delta is declared, and \\delta with two indices is the Kronecker delta", item
        )
    indices = [names.index(one, row.reading.piece) for one in below]
    row.place += 1
    node = tree("call", [token("NAME", "delta", base), tree("arguments", indices, item)], item)
    return row.powered(node, {mark: one for mark, one in marks.items() if mark != "SUB"}, item)


# ---- a name, and a bracket behind it


def applied(row: Row, found: Found, marks: dict[str, Item], item: Item) -> Node:
    """Return a name as a factor: an entry, a call of a declared function, or a name with what it depends on."""
    name, declared = found.name, row.names.declared
    if not found.indices:
        row.names.refuse_constant(str(name), item, row.reading.piece)
    if declared.kind(str(name)) == "function":
        if found.indices:
            raise row.reading.error(f"{name} is a function and has no entries", item)
        if not _bracket(row, row.place):
            raise row.missing(f"brackets after {name}")
        return call(row, name, marks)
    entry = _entry(row, found, item)
    _check_matrix_power(row, found, item)
    slope = _slope(row, found, entry, marks)
    if slope is not None:
        return slope
    following = row.peek() if not marks else None
    if following is not None and _is_bracket(opened(following)[0]):
        entry = _behind(row, found, entry, following)
    if "PRIMES" in marks:
        primes = f"{name}{marks['PRIMES']}"
        raise row.reading.error(
            maybe_slope(primes, str(name))
            if declared.kind(str(name)) == "definition"
            else f"only a declared function has primes; write function {name} above",
            item,
        )
    return row.powered(entry, marks, item)


def _slope(row: Row, found: Found, entry: Node, marks: dict[str, Item]) -> Node | None:
    """Read `h'(x)` where the page defines h(x): the derivative by that argument; None for anything else."""
    name, declared = str(found.name), row.names.declared
    stands = row.names.arguments(name)
    fence = row.peek()
    if set(marks) != {"PRIMES"} or declared.kind(name) != "definition" or len(stands) != 1 or fence is None:
        return None
    base, after = opened(fence)
    argument = _lone(row, row_of(base.children[1])) if isinstance(base, Tree) and _is_bracket(base) else None
    (variable,) = stands
    plain = argument is not None and not argument.indices and str(argument.name) == variable
    if not plain or declared.kind(variable) != "variable" or declared.dims(variable) or "SUB" in after:
        return None
    row.reading.account(marks["PRIMES"], base)
    row.take()
    row.reading.applied.add(begin(entry)[2])
    by = [token("NAME", variable, fence) for _ in str(marks["PRIMES"])]
    node = tree("call", [token("NAME", "D", fence), tree("arguments", [entry, *by], fence)], entry, fence)
    return row.powered(node, after, fence)


def _entry(row: Row, found: Found, item: Item) -> Node:
    words = [one for one in found.indices if one.type == "WORD"]
    if words:
        raise row.reading.error(f"unknown name {found.name} with the subscript {words[0]}", item)
    return tree("entry", [found.name, *found.indices], item) if found.indices else found.name


def _check_matrix_power(row: Row, found: Found, item: Item) -> None:
    r"""Refuse `A^{-1}_{ij}` and `A^2_{ij}`: the entry of a power, or the power of an entry?

    Written below before above, a positive power is one of the entry, as in `W_{ij}^2`.
    """
    name, declared = str(found.name), row.names.declared
    if found.above is None or declared.kind(name) not in _VALUES or name in declared.lost:
        return
    dims = declared.dims(name)
    square = len(dims) >= 2 and dims[-1] == dims[-2]
    if not square or len(found.indices) != len(dims):
        return
    inner = row.items[found.after - 1]
    first = next(iter(opened(inner)[1]), "")
    power = row.reading.text(found.above).strip("{} ")
    if first == "SUP" or power.startswith(("-", "−")):
        message = f"an entry of the matrix {name} to the power {power}, or that power of an entry? Write "
        message += f"(…)^{{{power}}} around the entry, or say the other with read … as …"
        raise row.reading.error(message, item)


def _behind(row: Row, found: Found, entry: Node, fence: Item) -> Node:
    """Return what a name with a bracket behind it is; a product is left for the caller to go on with."""
    base, marks = opened(fence)
    assert isinstance(base, Tree)  # noqa: S101 - it is a bracket; this is for the type checker
    parts = split(row_of(base.children[1]))
    names = [_lone(row, one) for one in parts]
    name, declared = str(found.name), row.names.declared
    listed = tuple(str(one.name) if one is not None else "?" for one in names)
    stands = row.names.stands.get(name)
    if stands is not None:
        if listed != stands:
            message = f"{name} is defined as {name}({', '.join(stands)}), and stands here with something else"
            raise row.reading.error(message, fence)
        return _skipped(row, entry, marks)
    if name == "pi" or declared.kind(name) == "size":
        return entry
    known = declared.kind(name) in _VALUES and name not in declared.lost
    if not known:
        raise row.reading.error(f"unknown function {name}{declared.nearest(name)}", entry)
    made_of = with_samples(row, base) if declared.kind(name) == "definition" else None
    if made_of is not None:
        _check_dependence(row, name, made_of, fence)
        return _skipped(row, entry, marks)
    rank = len(declared.dims(name))
    if len(parts) > 1:
        if all(one is not None and declared.kind(str(one.name)) in _VALUES for one in names):
            _check_dependence(row, name, listed, fence)
            return _skipped(row, entry, marks)
        raise row.reading.error(f"{name} is no function of several values", fence)
    (one,) = names
    if one is None:
        if all(shape(part) == "DIGIT" for part in parts[0]):
            told = f"{name}({row.reading.text(base.children[1])}) is a product or a value of {name}?"
            raise row.reading.error(f"{told} Write \\cdot between", fence)
        return entry
    kind = declared.kind(str(one.name))
    if kind in (None, "label") and rank == len(found.indices) + 1 and not one.indices:
        row.place += 1
        filled = tree("entry", [found.name, *found.indices, one.name], entry, fence)
        return row.powered(filled, marks, fence)
    behind = len(flat(marks["SUB"])) if "SUB" in marks else 0
    if (
        kind in _VALUES
        and declared.dims(str(one.name))
        and not one.indices
        and rank == len(found.indices) + behind
    ):
        _check_dependence(row, name, listed, fence)
        return _skipped(row, entry, marks)
    if kind in _VALUES:
        told = f"{name}({row.reading.text(parts[0][0])}) is a product or a value of {name}?"
        raise row.reading.error(f"{told} Write \\cdot, or leave it out", fence)
    return entry


def _check_dependence(row: Row, name: str, listed: tuple[str, ...], fence: Item) -> None:
    """Refuse `p(c)_i` where p is made of s: that is p with c in the place of s, and not p."""
    declared = row.names.declared
    if name not in declared.definitions:
        return
    missing = [one for one in listed if one not in declared.mentioned(declared.definitions[name].body)]
    if missing:
        message = f"{name} does not depend on {missing[0]}: is this {name} at another place? Write it out"
        raise row.reading.error(message, fence)


_VALUES = ("variable", "definition")


def _lone(row: Row, items: list[Item]) -> Found | None:
    found = row.names.alone(items, row.reading.piece)
    if found is None or found.above is not None or found.primes is not None:
        return None
    return found


def _skipped(row: Row, entry: Node, marks: dict[str, Item]) -> Node:
    """Leave out what a name depends on; an index behind the bracket, as in `p(s)_i`, is one of the name."""
    fence = row.take()
    row.reading.account(opened(fence)[0])
    row.reading.applied.add(begin(entry)[2])
    if "SUB" in marks:
        name, *indices = entry.children if isinstance(entry, Tree) else [entry]
        behind = [row.names.index(one, row.reading.piece) for one in flat(marks["SUB"])]
        entry = tree("entry", [name, *indices, *behind], entry, fence)
        marks = {mark: one for mark, one in marks.items() if mark != "SUB"}
    return row.powered(entry, marks, fence)
