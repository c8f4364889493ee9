"""Expressions as text that Coq reads: with few brackets in statements, and letters as the claim has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive.certificates.expressions import Real, UnsupportedError
from derive.certificates.translation import SUPPOSED, Translation
from derive.terms import Variable

# Coq's levels: the argument of a function, powers, signs, products, sums, and anything in brackets.
ARGUMENT, POWER, SIGN, PRODUCT, SUM, ANY = 9, 29, 35, 40, 50, 200

_WORDS = """
    R S O PI ln exp sin cos tan asin acos atan sinh cosh sqrt tanh Rabs Rmax Rmin INR IZR Rpower nat
    plus mult minus opp inv zero one norm scal ball eps at in as let fun forall exists end if then else with for return
    Type Set Prop match fix cofix where by using Sum Prod Max delta except put put2 power choose sigmoid softplus erf
    simplex onehot where_gt where_lt where_ge where_le where_ne where_eq where_same le lt ge gt eq sum prod Derive
    is_derive ex_derive claim satisfiable pos nz nneg alg close side facts idx loc ifs fld gamma lgamma polygamma
    where_before before upto Det Adj Inv Logdet skip
    fst snd pair true false bool list option unit not and or True False ex locally filter open mod left right inl inr
"""
RESERVED = frozenset(_WORDS.split())
_OWN = re.compile(r"(?:[jkt]|H\w*?|F|C)\d+|H\w*")  # what a proof calls its own names


def coq_names(names: Iterable[str]) -> dict[str, str]:
    """Return names that Coq takes, different for different names, and the user's own wherever that can be."""
    found: dict[str, str] = {}
    taken = set(RESERVED)
    for name in names:
        own = (
            name
            if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
            else "x" + "".join(f"_{ord(c):x}" if not c.isascii() or not c.isalnum() else c for c in name)
        )
        own = f"x{own}" if _OWN.fullmatch(own) else own
        while own in taken:
            own += "_"
        if name not in found:
            found[name] = own
            taken.add(own)
    return found


@dataclass(frozen=True, slots=True)
class CoqPlace:
    """Where an expression stands: what arrays and scalars are called there, and how bound indices are written."""

    arrays: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    def named(self, name: str, text: str) -> CoqPlace:
        """Return the place where an array has another name."""
        return replace(self, arrays={**self.arrays, name: text})


NOWHERE = CoqPlace()


def type_of(variable: Variable) -> str:
    """Return the type of an array: a function of its indices, to the reals or, of labels, to numbers."""
    if variable.kind == "label":
        return "nat -> " * (len(variable.dims) - 1) + "nat"
    return "nat -> " * len(variable.dims) + "R"


class Printer:
    """Writes expressions. With `shown`, as a statement shows them; else as a proof names everything, uniquely.

    `variants` are the definitions met so far: a name, and the defined names in it that are arrays of their own there.
    """

    def __init__(self, translation: Translation, names: Mapping[str, str], shown: bool) -> None:
        self.translation, self.names, self.shown = translation, names, shown
        self.variants: dict[tuple[str, frozenset[str]], None] = {}

    def name(self, name: str, place: CoqPlace = NOWHERE) -> str:
        """Return what Coq calls a name, and a position as a number."""
        if " " in name:
            return f"({' '.join(self.name(part, place) for part in name.split(' '))})"
        if name in place.letters:
            return place.letters[name]
        return f"{name}%nat" if name.isdigit() else self.names.get(name, name)

    def text(self, e: Real, place: CoqPlace = NOWHERE, level: int = ANY) -> str:
        """Return an expression as text, in brackets where it binds less than the level asks."""
        own, text = self._write(e, place)
        return f"({text})" if own > level else text

    def _write(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        kind = e[0]
        if kind in _BINARY:
            sign, level, right = _BINARY[kind]
            return level, f"{self.text(e[1], place, level)} {sign} {self.text(e[2], place, right)}"
        writer: Callable[[Real, CoqPlace], tuple[int, str]] | None = getattr(self, f"_write_{kind}", None)
        if writer is not None:
            return writer(e, place)
        if kind.startswith("where_"):
            return 10, " ".join([kind, *(self.text(part, place, ARGUMENT) for part in e[1:])])
        raise UnsupportedError(f"an expression of the kind {kind}")

    def _write_num(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        value: Fraction = e[1]
        above = str(value.numerator) if value >= 0 else f"({value.numerator})"
        if value.denominator == 1:
            return 0, above
        return PRODUCT, f"{above} / {value.denominator}" if self.shown else f"{above} * / {value.denominator}"

    def _write_pi(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 0, "PI"

    def _write_par(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 0, str(e[1])

    def _write_size(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, f"INR {self.name(e[1])}"

    def _write_ent(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return self._at(self.array(e[1], place), e[2], place)

    def _write_def(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        if e[1] in place.arrays:
            return self._at(place.arrays[e[1]], e[2], place)
        head, *arguments = self.call(e[1], place)
        arguments += [self.name(i, place) for i in e[2]]
        return (10 if arguments else 0), " ".join([head, *arguments])

    def _at(self, array: str, indices: Iterable[str], place: CoqPlace) -> tuple[int, str]:
        """Return an entry; `array` is in brackets or a name."""
        names = [self.name(i, place) for i in indices]
        bare = array[1:-1] if names and array.startswith("(put") else array
        return (10, " ".join([bare, *names])) if names else (0, array)

    def array(self, name: str, place: CoqPlace) -> str:
        """Return an array or a scalar as an argument: a declared one, or what stands for it here."""
        if name in place.arrays:
            return place.arrays[name]
        if name in self.translation.context.definitions:
            head, *arguments = self.call(name, place)
            return f"({' '.join([head, *arguments])})" if arguments else head
        return self.name(name)

    def call(self, name: str, place: CoqPlace) -> list[str]:
        """Return a definition, or its variant for the arrays that stand for defined names here, and its arguments."""
        context = self.translation.context
        body = self.translation.definition(name)[1]
        standing = frozenset(n for n in place.arrays if n in context.definitions)
        uses = self.translation.uses(body, standing)
        opened = frozenset(n for n in standing if ("a", n) in uses)
        self.variants[name, opened] = None
        arguments = [text for _, text in self.arguments(uses, opened, place)]
        return [self.variant(name, opened), *arguments]

    def variant(self, name: str, opened: frozenset[str]) -> str:
        """Return what a definition is called where some defined names in it are arrays of their own."""
        return "_of_".join([self.name(name), *(self.name(n) for n in sorted(opened))])

    def arguments(
        self, uses: set[tuple[str, str]], opened: frozenset[str], place: CoqPlace = NOWHERE
    ) -> list[tuple[str, str]]:
        """Return what a definition depends on, with its type: sizes, labels, functions, arrays, opened names."""
        context = self.translation.context
        found = [("nat", self.name(n)) for n in context.sizes if ("n", n) in uses]
        found += [("nat", self.name(i)) for i in context.labels if ("i", i) in uses]
        found += [(kind, name) for name, kind in self.functions(uses)]
        for a, v in context.variables.items():
            if ("a", a) in uses:
                found.append((type_of(v), self.array(a, place)))
        for n in context.definitions:
            if n in opened:
                rank = len(context.definitions[n].parameters)
                found.append(("nat -> " * rank + "R", self.array(n, place)))
        return found

    def functions(self, uses: set[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the functions that a definition takes, with their types: declared ones with their derivatives."""
        found = []
        for f in sorted(self.translation.context.functions):
            if ("f", f) in uses:
                found += [(self.function(f, order), "R -> R") for order in range(self.translation.orders + 1)]
        return found + [(f, kind) for f, (kind, _) in SUPPOSED.items() if ("f", f) in uses]

    def function(self, name: str, order: int) -> str:
        """Return what a derivative of a declared function is called: f, f', f''."""
        return self.name(name) + "'" * order

    def _write_pow(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 30, f"{self.text(e[1], place, POWER)} ^ {e[2]}"

    def _write_npow(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 30, f"{self.text(e[1], place, POWER)} ^ {self.name(e[2])}"

    def _write_rpow(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 30, f"{self.text(e[1], place, POWER)} ** {self.text(e[2], place, ARGUMENT)}"

    def _write_opp(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        if e[1][0] == "num" and not self.shown:  # `- 1` would be read as the number -1, and not as minus 1
            return SIGN, f"- ({self.text(e[1], place)})"
        return SIGN, f"- {self.text(e[1], place, SIGN)}"

    def _write_inv(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return SIGN, f"/ {self.text(e[1], place, SIGN)}"

    def _write_sqrt(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, f"sqrt {self.text(e[1], place, ARGUMENT)}"

    def head(self, f: object) -> str:
        """Return a function as it is applied."""
        match f:
            case ("declared", str(name), int(order)):
                return self.function(name, order)
            case ("polygamma", int(order)):
                return f"polygamma {order}%nat"
            case (str(name),):
                return name
        return str(f)

    def _write_fn(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, " ".join([self.head(e[1]), *(self.text(a, place, ARGUMENT) for a in e[2:])])

    def _write_call(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, " ".join(
            [self.names.get(f"table {e[1]}", e[1]), *(self.text(a, place, ARGUMENT) for a in e[2:])]
        )

    def _write_delta(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, f"delta {self.name(e[1], place)} {self.name(e[2], place)}"

    def _write_before(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return 10, f"{e[0]} {self.name(e[1], place)} {self.name(e[2], place)}"

    _write_upto = _write_before

    def _write_except(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        i, j = self.name(e[1], place), self.name(e[2], place)
        return 10, f"except {i} {j} {self.text(e[3], place, ARGUMENT)}"

    def _write_where_same(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        i, j = self.name(e[1], place), self.name(e[2], place)
        return 10, " ".join([e[0], i, j, *(self.text(a, place, ARGUMENT) for a in e[3:])])

    _write_where_before = _write_where_same

    def _write_sum(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        return self._write_big(("big", "Sum", *e[1:]), place)

    def _write_big(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        _, operation, index, dim, body = e
        letter, place = self.bound(index, place)
        return 10, f"{operation} {self.name(dim)} (fun {letter} => {self.text(body, place)})"

    def _write_mat(self, e: Real, place: CoqPlace) -> tuple[int, str]:
        _, function, dim, rows, columns, body, at = e
        row, inner = self.bound(rows, place)
        column, inner = self.bound(columns, inner)
        matrix = f"(fun {row} {column} => {self.text(body, inner)})"
        return 10, " ".join([function, self.name(dim), matrix, *(self.name(i, place) for i in at)])

    def bound(self, index: str, place: CoqPlace) -> tuple[str, CoqPlace]:
        """Return how a bound index is written, and the place inside: a letter that is taken gets a prime."""
        letter = index
        if self.shown:
            letter = self.translation.letters.get(index, index)
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", letter) or letter in RESERVED:
                letter = "j"
            letter = self.unused(letter, place)
        return letter, replace(place, letters={**place.letters, index: letter}, taken=place.taken | {letter})

    def unused(self, letter: str, place: CoqPlace) -> str:
        """Return the letter, with primes until it means nothing else here."""
        while letter in place.taken or letter in self.names.values():
            letter += "'"
        return letter

    def _write_D(self, e: Real, place: CoqPlace) -> tuple[int, str]:  # noqa: N802 - the kind's own name
        function, point = self.along(e, place)
        return 10, f"Derive {function} {point}"

    def along(
        self, e: Real, place: CoqPlace, body: Callable[[Real, CoqPlace], str] | None = None
    ) -> tuple[str, str]:
        """Return what a derivative is of, a function of one entry, and the point: both as arguments."""
        _, inner, name, indices, defined = e
        if self.shown:
            t = self.unused("t", place)
            within = replace(place, taken=place.taken | {t})
        else:
            t, within = self.translation.fresh("t"), place
        within = within.named(name, self.put(name, indices, t, place))
        text = body(inner, within) if body is not None else self.text(inner, within)
        point = self.text(("def" if defined else "ent", name, indices), place, ARGUMENT)
        return f"(fun {t} => {text})", point

    def put(self, name: str, indices: Iterable[str], t: str, place: CoqPlace) -> str:
        """Return an array with one entry replaced, as an argument; a scalar is replaced as a whole."""
        at = [self.name(i, place) for i in indices]
        if not at:
            return t
        if len(at) > 2:
            raise UnsupportedError("a derivative by an entry with three indices")
        return f"({'put' if len(at) == 1 else 'put2'} {self.array(name, place)} {' '.join(at)} {t})"


_BINARY: dict[str, tuple[str, int, int]] = {
    "add": ("+", SUM, PRODUCT), "sub": ("-", SUM, PRODUCT),
    "mul": ("*", PRODUCT, SIGN), "div": ("/", PRODUCT, SIGN),
}  # fmt: skip
