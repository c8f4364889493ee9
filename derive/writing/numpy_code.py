"""Formulas as NumPy code, to be pasted: arrays with an axis for each index, by broadcasting and `einsum`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.terms import (
    MINUS_ONE,
    ZERO,
    Add,
    Apply,
    Before,
    Big,
    Compare,
    Constant,
    Context,
    Delta,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    Relation,
    SizeNumber,
    Term,
    Where,
    free_indices,
)

Axes = tuple[Index, ...]

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)


class NoCodeError(Exception):
    """A formula for which there is no row here."""


@dataclass(frozen=True, slots=True)
class Code:
    """An expression of NumPy's, the indices of its axes, and how strongly it binds."""

    text: str
    axes: Axes
    strength: int = ATOM

    def within(self, strength: int) -> str:
        """Return the text, in brackets where it binds less."""
        return self.text if self.strength >= strength else f"({self.text})"


def to_numpy(node: Term, axes: Sequence[Index], context: Context) -> str | None:
    """Return code for an array with these axes, `None` for what has no row. Labels count from 0, as in NumPy."""
    try:
        writer = _NumpyWriter(context, tuple(axes))
        found = writer.code(node)
        code = found.text if found.axes == tuple(axes) else writer.aligned(found, tuple(axes))
        if set(found.axes) != set(axes):
            code = f"np.broadcast_to({code}, ({', '.join(writer.size(one.dim) for one in axes)},))"
    except NoCodeError:
        return None
    return code


_FUNCTIONS: dict[str, str] = {
    **{
        name: f"np.{name}({{}})"
        for name in "exp log sqrt tanh sin cos tan sinh cosh expm1 log1p abs sign".split()
    },
    "sigmoid": "1/(1 + np.exp(-({})))",
    "softplus": "np.logaddexp(0, {})",
    "logsigmoid": "-np.logaddexp(0, -({}))",
    "relu": "np.maximum({}, 0)",
    "step": "np.heaviside({}, 0)",
    "erf": "scipy.special.erf({})",
    "lgamma": "scipy.special.gammaln({})",
    "digamma": "scipy.special.psi({})",
    "atan": "np.arctan({})",
    "stop_gradient": "({})",
}
_BETWEEN = {"max": "np.maximum", "min": "np.minimum"}
_SIGNS = {
    Relation.EQUAL: "==", Relation.UNEQUAL: "!=", Relation.LESS: "<", Relation.AT_MOST: "<=",
    Relation.GREATER: ">", Relation.AT_LEAST: ">=",
}  # fmt: skip
_LETTERS = "ijklmnpqrstuvwxyz"


class _NumpyWriter:
    def __init__(self, context: Context, axes: Axes) -> None:
        self.context = context
        self.axes = axes

    def size(self, name: str) -> str:
        """Return code for a size: the length of an array's axis."""
        size = self.context.sizes.get(name)
        if size is not None and size.fixed is not None:
            return str(size.fixed)
        for variable in self.context.variables.values():
            dims = variable.dims[:-1] if variable.kind == "label" else variable.dims
            if name in dims:
                return f"{variable.name}.shape[{dims.index(name)}]"
        raise NoCodeError

    def aligned(self, code: Code, axes: Axes) -> str:
        """Return code for the same entries, with axes of length 1 where one is missing."""
        order = [axes.index(one) for one in code.axes]
        text, own = code.within(ATOM), code.axes
        if order != sorted(order):
            own = tuple(sorted(own, key=axes.index))
            places = ", ".join(str(code.axes.index(one)) for one in own)
            text = f"{text}.T" if len(own) == 2 else f"{text}.transpose({places})"
        leading = next((k for k, one in enumerate(axes) if one in own), len(axes))
        wanted = axes[leading:]
        if wanted == own:
            return text
        return f"{text}[{', '.join(':' if one in own else 'None' for one in wanted)}]"

    def code(self, node: Term) -> Code:
        match node:
            case Number(value):
                return self._number(value)
            case Constant(_):
                return Code("np.pi", ())
            case SizeNumber(name):
                return Code(self.size(name), ())
            case Entry(name, indices):
                return self._entry(name, indices)
            case Add(terms):
                return self._sum(terms)
            case Multiply(factors):
                return self._product(factors)
            case Power(base, exponent):
                return self._power(base, exponent)
            case Delta(left, right):
                return self._as_number(self._pair("==", left, right))
            case Before(left, right):
                return self._as_number(self._pair("<", left, right))
            case Where(condition, then, otherwise):
                return self._where(condition, then, otherwise)
            case Big(operation, binders, body) if not any(one.excluded for one in binders):
                return self._big(operation, tuple(one.index for one in binders), body)
            case Apply(function, arguments) if node.order == 0:
                return self._apply(function, arguments)
        raise NoCodeError

    def _number(self, value: Fraction) -> Code:
        if value.denominator == 1:
            return Code(str(value), (), ATOM if value >= 0 else UNARY)
        return Code(f"{value.numerator}/{value.denominator}", (), PRODUCT)

    def _entry(self, name: str, indices: Axes) -> Code:
        if name not in self.context.variables:
            raise NoCodeError
        if not any(one.at or isinstance(one.name, int) for one in indices):
            if len(set(indices)) < len(indices):
                if len(indices) != 2:
                    raise NoCodeError
                return Code(f"np.diagonal({name})", indices[:1])
            return Code(name, indices)
        axes = tuple(dict.fromkeys(letter for one in indices for letter in _letters(one)))
        advanced = sum(bool(one.at) for one in indices)
        if advanced == 1 and all(one.at or one not in self._at(indices) for one in indices):
            key = ", ".join(
                self._position(one, self._at(indices)) if one.at else self._whole(one) for one in indices
            )
            return Code(f"{name}[{key}]", tuple(letter for one in indices for letter in _letters(one)))
        key = ", ".join(self._position(one, axes) for one in indices)
        return Code(f"{name}[{key}]", axes)

    def _at(self, indices: Axes) -> Axes:
        return tuple(letter for one in indices if one.at for letter in one.letters)

    def _whole(self, index: Index) -> str:
        return str(index.name - 1) if isinstance(index.name, int) else ":"

    def _position(self, index: Index, axes: Axes) -> str:
        """Return code for positions, from 0, over some axes."""
        if isinstance(index.name, int):
            return str(index.name - 1)
        if index.at:
            if any(one.at or isinstance(one.name, int) for one in index.at):
                raise NoCodeError
            return self.aligned(Code(str(index.name), index.at), axes)
        if index.name in self.context.labels:
            return str(index.name)
        return self.aligned(Code(f"np.arange({self.size(index.dim)})", (index,)), axes)

    def _pair(self, sign: str, left: Index, right: Index) -> Code:
        both = dict.fromkeys((*_letters(left), *_letters(right)))
        axes = tuple(
            sorted(both, key=lambda one: self.axes.index(one) if one in self.axes else len(self.axes))
        )
        text = f"{self._position(left, axes)} {sign} {self._position(right, axes)}"
        return Code(f"({text})", axes)

    def _as_number(self, mask: Code) -> Code:
        return Code(f"1*{mask.text}", mask.axes, PRODUCT)

    def _joined(self, parts: Sequence[Term]) -> tuple[list[Code], Axes]:
        codes = [self.code(one) for one in parts]
        return codes, tuple(dict.fromkeys(axis for one in codes for axis in one.axes))

    def _aligned(self, code: Code, axes: Axes, strength: int) -> str:
        return code.within(strength) if code.axes == axes or not code.axes else self.aligned(code, axes)

    def _sum(self, terms: Sequence[Term]) -> Code:
        signed = [_without_sign(one) for one in terms]
        codes, axes = self._joined([one for _, one in signed])
        text = ""
        for (negative, _), code in zip(signed, codes, strict=True):
            part = self._aligned(code, axes, PRODUCT)
            text += f" {'-' if negative else '+'} {part}" if text else f"-{part}" if negative else part
        return Code(text, axes, SUM)

    def _product(self, factors: Sequence[Term]) -> Code:
        negative, rest = _without_sign(Multiply(tuple(factors)))
        if negative:
            inner = self.code(rest)
            return Code(f"-{inner.within(PRODUCT)}", inner.axes, SUM)
        above = [one for one in factors if not _is_inverse(one)]
        below = [one.base for one in factors if isinstance(one, Power) and _is_inverse(one)]
        codes, axes = self._joined([*above, *below])
        text = ""
        for place, code in enumerate(codes):
            part = self._aligned(code, axes, PRODUCT if not text else UNARY)
            sign = "*" if place < len(above) else "/"
            text = f"{text}{sign}{part}" if text else part if above else f"1/{part}"
        return Code(text, axes, PRODUCT)

    def _power(self, base: Term, exponent: Term) -> Code:
        if exponent == MINUS_ONE:
            inner = self.code(base)
            return Code(f"1/{inner.within(UNARY)}", inner.axes, PRODUCT)
        (first, second), axes = self._joined([base, exponent])
        power = f"{self._aligned(first, axes, ATOM)}**{self._aligned(second, axes, ATOM)}"
        return Code(power, axes, POWER)

    def _apply(self, function: str, arguments: Sequence[Term]) -> Code:
        codes, axes = self._joined(arguments)
        if function in _BETWEEN and len(codes) == 2:
            first, second = (self._aligned(one, axes, SUM) for one in codes)
            return Code(f"{_BETWEEN[function]}({first}, {second})", axes)
        if function == "clip" and len(codes) == 3:
            return Code(f"np.clip({', '.join(self._aligned(one, axes, SUM) for one in codes)})", axes)
        if function not in _FUNCTIONS or len(codes) != 1:
            raise NoCodeError
        text = _FUNCTIONS[function].format(codes[0].text)
        return Code(text, axes, ATOM if text.startswith(("np.", "scipy.", "(")) else SUM)

    def _where(self, condition: Compare, then: Term, otherwise: Term) -> Code:
        first, second, *rest = (condition.left, condition.right, then, otherwise)
        pair = first if isinstance(first, Delta | Before) and isinstance(second, Number) else None
        if pair is not None and condition.relation is Relation.EQUAL:
            sign = "==" if isinstance(pair, Delta) else "<"
            negated = "!=" if isinstance(pair, Delta) else ">="
            mask = self._pair(negated if second == ZERO else sign, pair.left, pair.right)
        else:
            (left, right), around = self._joined([first, second])
            sides = self._aligned(left, around, PRODUCT), self._aligned(right, around, PRODUCT)
            mask = Code(f"({sides[0]} {_SIGNS[condition.relation]} {sides[1]})", around)
        codes, _ = self._joined(rest)
        axes = tuple(dict.fromkeys(axis for one in (mask, *codes) for axis in one.axes))
        parts = [self._aligned(one, axes, SUM) for one in (mask, *codes)]
        test = parts[0][1:-1] if mask.axes == axes else parts[0]
        return Code(f"np.where({test}, {parts[1]}, {parts[2]})", axes)

    def _big(self, operation: str, bound: Axes, body: Term) -> Code:
        free = tuple(one for one in _ordered(body) if one not in bound)
        if operation == "sum" and isinstance(body, Multiply):
            return self._einsum(body.factors, bound, free)
        inner = self.code(body)
        if operation == "array":
            raise NoCodeError
        missing = [one for one in bound if one not in inner.axes]
        places = [inner.axes.index(one) for one in bound if one in inner.axes]
        left = tuple(one for one in inner.axes if one not in bound)
        text = inner.text
        if places:
            axis = "" if not left else f"axis={places[0] if len(places) == 1 else tuple(places)}"
            text = f"{inner.within(ATOM)}.{operation}({axis})"
        if missing and operation in ("sum", "prod"):
            sign = "*" if operation == "sum" else "**"
            counts = "*".join(self.size(one.dim) for one in missing)
            return Code(f"{text if places else inner.within(UNARY)}{sign}{counts}", left, PRODUCT)
        return Code(text, left, ATOM if places else inner.strength)

    def _einsum(self, factors: Sequence[Term], bound: Axes, free: Axes) -> Code:
        negative, rest = _without_sign(Multiply(tuple(factors)))
        parts = rest.factors if isinstance(rest, Multiply) else (rest,)
        inside = [one for one in parts if not set(bound).isdisjoint(_ordered(one))]
        outside = [one for one in parts if one not in inside]
        if any(not any(index in _ordered(one) for one in inside) for index in bound):
            raise NoCodeError
        codes = [self.code(one) for one in inside]
        axes = tuple(dict.fromkeys(axis for one in codes for axis in one.axes if axis not in bound))
        names = {
            one: _LETTERS[place] for place, one in enumerate(dict.fromkeys(a for c in codes for a in c.axes))
        }
        subscripts = ",".join("".join(names[axis] for axis in one.axes) for one in codes)
        result = "".join(names[axis] for axis in axes)
        text = f'np.einsum("{subscripts}->{result}", {", ".join(one.text for one in codes)})'
        found = Code(text, axes)
        if outside:
            others, _ = self._joined(outside)
            every = tuple(dict.fromkeys((*(axis for one in others for axis in one.axes), *axes)))
            text = "*".join(
                [*(self._aligned(one, every, UNARY) for one in others), self._aligned(found, every, UNARY)]
            )
            found = Code(text, every, PRODUCT)
        return Code(f"-{found.within(PRODUCT)}", found.axes, SUM) if negative else found


def _letters(index: Index) -> Axes:
    return tuple(one for one in index.letters if not isinstance(one.name, int))


def _ordered(node: Term) -> Axes:
    return tuple(dict.fromkeys(letter for one in free_indices(node) for letter in _letters(one)))


def _is_inverse(node: Term) -> bool:
    return isinstance(node, Power) and node.exponent == MINUS_ONE


def _without_sign(node: Term) -> tuple[bool, Term]:
    match node:
        case Number(value) if value < 0:
            return True, Number(-value)
        case Multiply((Number(value), *rest)) if value < 0:
            kept = ([] if value == -1 else [Number(-value)]) + rest
            return True, kept[0] if len(kept) == 1 else Multiply(tuple(kept))
    return False, node
