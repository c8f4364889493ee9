"""The rules of differentiation, one application a line, and the shortcuts that a person takes: quotients, constants.

The rules are those of the calculus in the kernel, which leave the derivatives of the parts to the next line.
Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

from derive.deriver.letters import Letters
from derive.deriver.monomials import denominator
from derive.kernel.differentiation import RULES, differentiate, product_of, resolve, sum_of
from derive.terms import (
    ZERO,
    Add,
    Apply,
    Big,
    Context,
    Derivative,
    Entry,
    Multiply,
    Number,
    Power,
    Term,
    Where,
    bind_anew,
    delta,
    depends,
    free_indices,
    multiply,
    negate,
    rebuild,
)
from derive.terms.functions import TABLE


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule needs to know: the variable, the definitions, and letters for bound indices."""

    by: Entry
    context: Context
    letters: Letters

    def depends(self, node: Term) -> bool:
        """Tell whether a term depends on the variable, through definitions too."""
        return depends(node, self.by.name, self.context.definitions)

    def slope(self, node: Term) -> Term:
        """Return the derivative of a term: at once if it is an entry or free of the variable, else to be done."""
        if not self.depends(node):
            return ZERO
        if isinstance(node, Entry) and node.name == self.by.name:
            pairs = zip(node.indices, self.by.indices, strict=True)
            return product_of(*(delta(left, right) for left, right in pairs))
        return Derivative(node, (self.by,))


AT_ONCE = "differentiate"
RULE_OF_A_FUNCTION = "derivative of a function"

Shortcut: TypeAlias = Callable[[Any, Setting], Term | None]
"""What a rule that is not the calculus' own makes of the derivative of a term, `None` where it does not apply."""


def _apart(node: Big, at: Setting) -> Big:
    """Return a sum whose bound letters are not indices of the variable."""
    used = {str(i.name) for i in (*free_indices(node), *at.by.indices)}
    if not used & {str(b.index.name) for b in node.binders}:
        return node
    used |= {str(i.name) for i in free_indices(node.body)}
    return bind_anew(node, lambda index: at.letters.fresh(index.dim, used))


def _constant_factor(body: Multiply, at: Setting) -> Term | None:
    fixed = [f for f in body.factors if not at.depends(f)]
    if not fixed:
        return None
    # Inverses stay behind what they divide: c/n, not 1/n c.
    return product_of(*fixed, at.slope(multiply(*(f for f in body.factors if at.depends(f)))))


def _halves(body: Term) -> tuple[list[Term], list[Term]] | None:
    factors = body.factors if isinstance(body, Multiply) else (body,)
    parts = [(factor, denominator(factor)) for factor in factors]
    below = [under for _, under in parts if under is not None]
    return ([factor for factor, under in parts if under is None], below) if below else None


def _quotient(body: Term, at: Setting) -> Term | None:
    halves = _halves(body)
    if halves is None:
        return None
    over, under = multiply(*halves[0]), multiply(*halves[1])
    if not at.depends(under):
        return product_of(at.slope(over), Power(under, Number(Fraction(-1))))
    first = product_of(at.slope(over), under) if at.depends(over) else ZERO
    second = negate(product_of(over, at.slope(under)))
    return multiply(sum_of(first, second), Power(Power(under, Number(Fraction(2))), Number(Fraction(-1))))


def _f(name: str, *arguments: Term) -> Apply:
    return Apply(name, arguments)


# Slopes as people know them, where the table gives a definition instead; the kernel proves each use.
_KNOWN: dict[str, Callable[[Term], Term]] = {
    "sqrt": lambda x: 1 / (2 * _f("sqrt", x)),
    "tan": lambda x: 1 / _f("cos", x) ** 2,
    "abs": lambda x: _f("sign", x),
    "relu": lambda x: _f("step", x),
}


def _known(body: Apply, at: Setting) -> Term | None:
    """Return the derivative of a function by the formula that people know, wherever else it may have one."""
    row = TABLE.get(body.function)
    if body.function in _KNOWN:
        (argument,) = body.arguments
        return product_of(_KNOWN[body.function](argument), at.slope(argument))
    if row is None or row.formula is None or body.order:
        return None
    inner = [at.slope(argument) for argument in body.arguments]
    moving = [(rule, part) for rule, part in zip(row.derivatives, inner, strict=True) if part != ZERO]
    if any(rule is None for rule, _ in moving):
        return None
    return sum_of(*(product_of(rule(*body.arguments), part) for rule, part in moving if rule is not None))


SHORTCUTS: dict[type[Term], tuple[tuple[str, Shortcut], ...]] = {
    Multiply: (("constant factor", _constant_factor), ("quotient rule", _quotient)),
    Power: (("quotient rule", _quotient),),
    Apply: ((RULE_OF_A_FUNCTION, _known),),
}
"""Rules that a person uses before those of the calculus, which do without them, by the kind of term."""


NAMES: dict[type[Term], Callable[[Any, Setting], str]] = {
    Add: lambda body, at: "sum rule",
    Multiply: lambda body, at: "product rule",
    Power: lambda body, at: "variable exponent" if at.depends(body.exponent) else "power rule",
    Apply: lambda body, at: RULE_OF_A_FUNCTION if _has_derivatives(body) else "meaning of a function",
    Where: lambda body, at: "by cases",
    Big: lambda body, at: "sum rule" if body.operation in ("sum", "mean") else AT_ONCE,
}
"""What the rules of the calculus are called, by the kind of term."""

_NAMED = {"exp": "exponential", "log": "logarithm"}


def differentiate_once(node: Derivative, context: Context, letters: Letters) -> tuple[str, Term]:
    """Return the name of the first rule that applies to a derivative by one variable, and what it gives.

    That is a shortcut, else the rule of the calculus, with the derivatives of the parts still to be taken.
    """
    (by,) = node.variables
    at, body = Setting(by, context, letters), node.body
    for name, shortcut in SHORTCUTS.get(type(body), ()):
        done = shortcut(body, at)
        if done is not None:
            return _name(name, body), done
    naming = NAMES.get(type(body))
    called = AT_ONCE if naming is None else naming(body, at)
    if called == AT_ONCE:
        keep = frozenset({by.name}).intersection(context.definitions)
        return called, differentiate(resolve(body, context, keep), by)
    if isinstance(body, Big):
        body = _apart(body, at)
    return _name(called, body), RULES[type(body)](body, at.slope, by)


def _has_derivatives(body: Apply) -> bool:
    row = TABLE.get(body.function)
    return row is None or bool(row.derivatives) or row.expansion is None


def _name(rule: str, body: Term) -> str:
    if rule == RULE_OF_A_FUNCTION and isinstance(body, Apply):
        return _NAMED.get(body.function, f"derivative of {body.function}")
    return rule


def advance(
    node: Term, is_leaf: Callable[[Derivative], bool], context: Context, letters: Letters
) -> tuple[list[str], Term]:
    """Return the term with one rule applied to each of its outermost derivatives, and the rules' names."""
    names: dict[str, None] = {}

    def visit(one: Term) -> Term:
        if isinstance(one, Derivative):
            if is_leaf(one):
                return one
            name, done = differentiate_once(one, context, letters)
            names.setdefault(name)
            return tidied(done)
        return _tidy(rebuild(one, visit))

    done = visit(node)
    return list(names), done


def tidied(node: Term) -> Term:
    """Return a term without zeros and ones, products in products and sums in sums flattened, signs in front."""
    return _tidy(rebuild(node, lambda child: child if isinstance(child, Derivative) else tidied(child)))


def _tidy(node: Term) -> Term:
    """Return a term without the zeros and ones that a rule left in it."""
    match node:
        case Multiply():
            return _signed(node)
        case Add(terms):
            return sum_of(*terms)
        case Big("sum", _, body) if body == ZERO:
            return ZERO
        case Where(_, then, otherwise) if then == otherwise == ZERO:
            return ZERO
    return node


def _signed(node: Multiply) -> Term:
    """Return a product with its numbers as one number in front."""
    flat = multiply(*node.factors)
    factors = flat.factors if isinstance(flat, Multiply) else (flat,)
    number = prod((f.value for f in factors if isinstance(f, Number)), start=Fraction(1))
    rest = product_of(*(f for f in factors if not isinstance(f, Number)))
    return ZERO if number == 0 else rest if number == 1 else multiply(Number(number), rest)
