"""Whether two terms are all but the same to a reader. Untrusted: lines are left out by it, and none is believed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from derive.terms import (
    Add,
    Big,
    Delta,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    add,
    multiply,
    rebuild,
    rename,
)

MOST_FACTORS = 8


def alike(left: Term, right: Term | None) -> bool:
    """Tell whether two terms differ only in the order of sums, summands and factors, and in how fractions are drawn."""
    return right is not None and _key(left) == _key(right)


def restates(left: Term, right: Term) -> bool:
    """Tell whether two terms are alike once units are dropped, numbers added up, and powers written as products."""
    return alike(_plain(left), _plain(right))


def _plain(node: Term) -> Term:
    match rebuild(node, _plain):
        case Add(terms):
            whole = sum((one.value for one in terms if isinstance(one, Number)), Fraction(0))
            others = [one for one in terms if not isinstance(one, Number)]
            return add(*others, *[Number(whole)] * (whole != 0 or not others))
        case Multiply(factors):
            product = prod((one.value for one in factors if isinstance(one, Number)), start=Fraction(1))
            others = [one for one in factors if not isinstance(one, Number)]
            return multiply(*[Number(product)] * (product != 1 or not others), *others)
        case Power(base, Number(value)) if value in range(1, MOST_FACTORS):
            return multiply(*[base] * int(value))
        case plain:
            return plain


def _key(node: Term) -> str:
    match node:
        case Add(terms):
            return f"({' + '.join(sorted(map(_key, terms)))})"
        case Multiply(factors):
            return " * ".join(sorted(part for factor in factors for part in _parts(factor)))
        case Power(Multiply(_), Number(_)):
            return " * ".join(sorted(_parts(node)))
        case Delta(left, right):
            return f"delta{sorted((str(left), str(right)))}"
        case Big("sum", binders, _) if not any(b.excluded for b in binders):
            bound, joined = _joined(node)
            inside = " * ".join(sorted(part for factor in joined for part in _parts(factor)))
            return f"sum{sorted(bound)}({inside})"
        case Big(operation, binders, body):
            return f"{operation}{[str(b) for b in binders]}({_key(body)})"
        case Power(base, exponent):
            return f"({_key(base)})^({_key(exponent)})"
    return str(node)


def _joined(node: Big) -> tuple[list[str], list[Term]]:
    """Return what a sum, with the sums that are factors in it, runs over, and all factors, whatever its letters."""
    bound = [b.index.dim for b in node.binders]
    body = rename(node.body, {b.index: Index("@", b.index.dim) for b in node.binders})
    factors: list[Term] = []
    for factor in body.factors if isinstance(body, Multiply) else (body,):
        match factor:
            case Big("sum", binders, _) if not any(b.excluded for b in binders):
                more, inside = _joined(factor)
                bound += more
                factors += inside
            case _:
                factors.append(factor)
    return bound, factors


def _parts(factor: Term) -> Iterator[str]:
    """Yield the keys of the factors of a factor, products under a fraction line one by one."""
    match factor:
        case Multiply(inner):
            for one in inner:
                yield from _parts(one)
        case Power(Multiply(inner), Number(value)):
            for one in inner:
                yield from _parts(Power(one, Number(value)))
        case _:
            yield _key(factor)
