"""Terms as plain text in the project's own language; what is written here is read back as the same term."""

from __future__ import annotations

from fractions import Fraction

from derive.notation.terms import (
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
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
)

# Binding strength, loosest first, as in Python: -x^2 is -(x^2), 2^-x is 2^(-x).
SUM, PRODUCT, UNARY, POWER, ATOM = range(5)


def to_text(node: Term) -> str:
    """Return the term as text."""
    return _write(node, SUM)


def condition_to_text(condition: Compare) -> str:
    """Return a comparison as text; one between indices is written `i = j` or `i != j`."""
    if isinstance(condition.left, Delta) and condition.relation == "=":
        delta = condition.left
        if condition.right == ONE:
            return f"{delta.left} = {delta.right}"
        if condition.right == ZERO:
            return f"{delta.left} != {delta.right}"
    return f"{to_text(condition.left)} {condition.relation} {to_text(condition.right)}"


def _write(node: Term, strength: int) -> str:
    text, own = _form(node)
    return f"({text})" if own < strength else text


def _form(node: Term) -> tuple[str, int]:
    match node:
        case Number(value):
            return _number(value)
        case Constant(name) | SizeNumber(name):
            return name, ATOM
        case Entry(name, indices):
            return (f"{name}[{','.join(map(str, indices))}]" if indices else name), ATOM
        case Delta(left, right):
            return f"delta({left},{right})", ATOM
        case Add(terms):
            return _sum(terms), SUM
        case Multiply(factors):
            return _product(factors)
        case Power(base, exponent):
            if exponent == MINUS_ONE:
                return f"1/{_write(base, POWER)}", PRODUCT
            return f"{_write(base, ATOM)}^{_write(exponent, ATOM)}", POWER
        case Apply(function, arguments, order):
            inside = ", ".join(to_text(a) for a in arguments)
            return f"{function}{chr(39) * order}({inside})", ATOM
        case Where(condition, then, otherwise) if then == ONE and otherwise == ZERO:
            return f"[{condition_to_text(condition)}]", ATOM
        case Where(condition, then, otherwise):
            inside = f"{condition_to_text(condition)}, {to_text(then)}, {to_text(otherwise)}"
            return f"where({inside})", ATOM
        case Big(operation, binders, body):
            return f"{operation}({', '.join([to_text(body), *map(_binder, binders)])})", ATOM
        case Derivative(body, variables):
            return f"D({', '.join([to_text(body), *map(to_text, variables)])})", ATOM
    raise TypeError(f"not a term: {node!r}")


def _number(value: Fraction) -> tuple[str, int]:
    if value < 0:
        return f"-{_number(-value)[0]}", UNARY if value.denominator == 1 else PRODUCT
    return str(value), ATOM if value.denominator == 1 else PRODUCT


def _binder(binder: Binder) -> str:
    # A dimension that only the binder knows must be said: sum(1, j: n).
    excluded = "".join(f" != {index}" for index in binder.excluded)
    return f"{binder.index}{excluded}"


def _sum(terms: tuple[Term, ...]) -> str:
    text = _write(terms[0], SUM)
    for node in terms[1:]:
        written = _write(node, PRODUCT)
        text += f" - {written[1:]}" if written.startswith("-") else f" + {written}"
    return text


def _product(factors: tuple[Term, ...]) -> tuple[str, int]:
    if factors[0] == MINUS_ONE and len(factors) > 1:
        text, strength = _product(factors[1:]) if len(factors) > 2 else _form(factors[1])
        return (f"-({text})" if strength < PRODUCT or text.startswith("-") else f"-{text}"), PRODUCT
    text = ""
    for factor in factors:
        if isinstance(factor, Power) and factor.exponent == MINUS_ONE:
            text += f"{'' if text else '1'}/{_write(factor.base, UNARY)}"
        else:
            text += f"*{_write(factor, UNARY)}" if text else _write(factor, PRODUCT)
    return text, PRODUCT
