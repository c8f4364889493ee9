"""The rules of differentiation, one application a line: sum, constant factor, product, quotient, power, function.

Each rewrites one derivative into derivatives of smaller terms. No rule knows a particular function or loss;
functions come from their table. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from derive.deriver.letters import Letters
from derive.kernel.differentiation import differentiate, product_of, resolve, sum_of
from derive.terms import (
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Context,
    Delta,
    Derivative,
    Entry,
    Index,
    Multiply,
    Number,
    Power,
    Term,
    Where,
    add,
    bind_anew,
    free_indices,
    multiply,
    negate,
    rebuild,
    walk,
)
from derive.terms.functions import TABLE, expansion, log


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule needs to know: the variable, the definitions, and letters for bound indices."""

    by: Entry
    context: Context
    letters: Letters

    def depends(self, node: Term) -> bool:
        """Tell whether a term depends on the variable, through definitions too."""
        return depends(node, self.by.name, self.context)

    def slope(self, node: Term) -> Term:
        """Return the derivative of a term: at once if it is an entry or free of the variable, else to be done."""
        if not self.depends(node):
            return ZERO
        if isinstance(node, Entry) and node.name == self.by.name:
            pairs = zip(node.indices, self.by.indices, strict=True)
            return product_of(*(_delta(left, right) for left, right in pairs))
        return Derivative(node, (self.by,))


def depends(node: Term, name: str, context: Context) -> bool:
    """Tell whether a term depends on a variable or a defined name, through other definitions too."""
    seen: set[str] = set()
    todo = [node]
    while todo:
        for part in walk(todo.pop()):
            if isinstance(part, Entry):
                if part.name == name:
                    return True
                if part.name in context.definitions and part.name not in seen:
                    seen.add(part.name)
                    todo.append(context.definitions[part.name].body)
    return False


def _delta(left: Index, right: Index) -> Term:
    if left == right:
        return ONE
    if isinstance(left.name, int) and isinstance(right.name, int):
        return ZERO
    first, second = sorted((left, right), key=lambda i: (isinstance(i.name, int), str(i.name)))
    return Delta(first, second)


Rewriting = Callable[[Term, Setting], Term | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: what it makes of the derivative of a term, `None` where it does not apply."""

    name: str
    apply: Rewriting


def _sum(body: Term, at: Setting) -> Term | None:
    if isinstance(body, Add):
        return sum_of(*map(at.slope, body.terms))
    if isinstance(body, Big) and body.operation in ("sum", "mean"):
        opened = _apart(body, at)
        inner = at.slope(opened.body)
        return Big(opened.operation, opened.binders, inner)
    return None


def _apart(node: Big, at: Setting) -> Big:
    """Return a sum whose bound letters are not indices of the variable."""
    used = {str(i.name) for i in (*free_indices(node), *at.by.indices)}
    if not used & {str(b.index.name) for b in node.binders}:
        return node
    used |= {str(i.name) for i in free_indices(node.body)}
    return bind_anew(node, lambda index: at.letters.fresh(index.dim, used))


def _constant_factor(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Multiply):
        return None
    fixed = [f for f in body.factors if not at.depends(f)]
    if not fixed:
        return None
    # Inverses stay behind what they divide: c/n, not 1/n c.
    return product_of(*fixed, at.slope(multiply(*(f for f in body.factors if at.depends(f)))))


def _halves(body: Term) -> tuple[list[Term], list[Term]] | None:
    factors = body.factors if isinstance(body, Multiply) else (body,)
    above, below = [], []
    for factor in factors:
        if isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.value < 0:
            exponent = -factor.exponent.value
            below.append(factor.base if exponent == 1 else Power(factor.base, Number(exponent)))
        else:
            above.append(factor)
    return (above, below) if below else None


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


def _product(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Multiply):
        return None
    factors = body.factors
    return sum_of(*(product_of(*factors[:k], at.slope(f), *factors[k + 1 :]) for k, f in enumerate(factors)))


def _power(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Power) or at.depends(body.exponent):
        return None
    base, exponent = body.base, body.exponent
    if isinstance(exponent, Number):
        value = exponent.value - 1
        lowered = ONE if value == 0 else base if value == 1 else Power(base, Number(value))
    else:
        lowered = Power(base, add(exponent, Number(Fraction(-1))))
    return product_of(exponent, lowered, at.slope(base))


def _variable_exponent(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Power):
        return None
    by_exponent = product_of(body, log(body.base), at.slope(body.exponent))
    lowered = Power(body.base, add(body.exponent, Number(Fraction(-1))))
    return sum_of(by_exponent, product_of(body.exponent, lowered, at.slope(body.base)))


def _f(name: str, *arguments: Term) -> Apply:
    return Apply(name, arguments)


# Slopes as people know them, where the table gives a definition instead; the kernel proves each use.
_KNOWN: dict[str, Callable[[Term], Term]] = {
    "sqrt": lambda x: 1 / (2 * _f("sqrt", x)),
    "tan": lambda x: 1 / _f("cos", x) ** 2,
    "abs": lambda x: _f("sign", x),
    "relu": lambda x: _f("step", x),
}


def _function(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Apply):
        return None
    if body.function in _KNOWN:
        (argument,) = body.arguments
        return product_of(_KNOWN[body.function](argument), at.slope(argument))
    row = TABLE.get(body.function)
    if row is None:
        outer: list[Term | None] = [Apply(body.function, body.arguments, body.order + 1)]
    elif row.derivatives:
        outer = [rule(*body.arguments) if rule is not None else None for rule in row.derivatives]
    else:
        return None
    parts = []
    for rule, argument in zip(outer, body.arguments, strict=True):
        inner = at.slope(argument)
        if inner == ZERO:
            continue
        if rule is None:
            return None
        parts.append(product_of(rule, inner) if rule != body else product_of(body, inner))
    return sum_of(*parts)


def _meaning(body: Term, at: Setting) -> Term | None:
    found = expansion(body) if isinstance(body, Apply) else None
    return at.slope(found) if found is not None else None


def _cases(body: Term, at: Setting) -> Term | None:
    if not isinstance(body, Where):
        return None
    return Where(body.condition, at.slope(body.then), at.slope(body.otherwise))


def _whole(body: Term, at: Setting) -> Term | None:
    keep = frozenset({at.by.name}).intersection(at.context.definitions)
    return differentiate(resolve(body, at.context, keep), at.by)


RULES = (
    Rule("sum rule", _sum),
    Rule("constant factor", _constant_factor),
    Rule("quotient rule", _quotient),
    Rule("product rule", _product),
    Rule("power rule", _power),
    Rule("variable exponent", _variable_exponent),
    Rule("derivative of a function", _function),
    Rule("meaning of a function", _meaning),
    Rule("by cases", _cases),
    Rule("differentiate", _whole),
)

_NAMED = {"exp": "exponential", "log": "logarithm"}


def differentiate_once(node: Derivative, context: Context, letters: Letters) -> tuple[str, Term]:
    """Return the name of the first rule that applies to a derivative by one variable, and what it gives."""
    (by,) = node.variables
    at = Setting(by, context, letters)
    for rule in RULES:
        done = rule.apply(node.body, at)
        if done is not None:
            return _name(rule, node.body), done
    raise AssertionError("the last rule applies to every term")


def _name(rule: Rule, body: Term) -> str:
    if rule.apply is _function and isinstance(body, Apply):
        return _NAMED.get(body.function, f"derivative of {body.function}")
    return rule.name


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
    """Return a product or sum without the zeros and ones that a rule left in it."""
    match node:
        case Multiply():
            return _signed(node)
        case Add(terms):
            return sum_of(*terms)
        case Big("sum", _, body) if body == ZERO:
            return ZERO
    return node


def _signed(node: Multiply) -> Term:
    """Return a product with its numbers as one number in front."""
    flat = multiply(*node.factors)
    factors = flat.factors if isinstance(flat, Multiply) else (flat,)
    number = prod((f.value for f in factors if isinstance(f, Number)), start=Fraction(1))
    rest = product_of(*(f for f in factors if not isinstance(f, Number)))
    return ZERO if number == 0 else rest if number == 1 else multiply(Number(number), rest)


__all__ = ["RULES", "Rule", "Setting", "advance", "depends", "differentiate_once", "tidied"]
