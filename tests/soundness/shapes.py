"""What the shape of a term tells for certain: that it has a value everywhere, that it is positive everywhere.

Sufficient conditions only, for the sake of rewritings that need them.
"""

from __future__ import annotations

from derive.terms import (
    Add,
    Apply,
    Before,
    Big,
    Constant,
    Context,
    Delta,
    Derivative,
    Entry,
    IndexPair,
    MatrixFunction,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    UnknownValue,
    Where,
    children,
    own_indices,
    walk,
)

EVERYWHERE = frozenset(
    "exp sin cos atan tanh sinh cosh sech asinh sigmoid softplus erf erfc abs sign step relu max min"
    " stop_gradient".split()
)
ALWAYS_POSITIVE = frozenset({"exp", "cosh", "sigmoid", "softplus", "sech", "erfc"})


def is_total(node: Term, context: Context) -> bool:
    """Return whether a term has a value at every point of the context, whatever its indices are."""
    match node:
        case Entry(name, _):
            definition = context.definitions.get(name)
            return definition is None or is_total(definition.body, context)
        case Derivative():
            return False
        case Power(base, exponent):
            inner = is_total(base, context) and is_total(exponent, context)
            if isinstance(exponent, Number):
                whole = exponent.value.denominator == 1 and exponent.value >= 0
                return inner and (whole or is_positive(base, context))
            return inner and is_positive(base, context)
        case Apply(name, arguments):
            inner = all(is_total(a, context) for a in arguments)
            if name in EVERYWHERE or name in context.functions:
                return inner
            if name in ("log", "sqrt", "gamma", "lgamma", "digamma"):
                return inner and is_positive(arguments[0], context)
            return False
        case MatrixFunction(operation, matrix, _):
            return operation in ("det", "adj") and is_total(matrix.body, context)
        case Where(condition, then, otherwise):
            parts = (condition.left, condition.right, then, otherwise)
            return all(is_total(p, context) for p in parts)
        case Big(operation, binders, body):
            ranges = operation in ("sum", "prod") or not any(b.excluded for b in binders)
            return ranges and is_total(body, context)
        case _:
            return all(is_total(child, context) for child in children(node))


def is_positive(node: Term, context: Context) -> bool:
    """Return whether a term is positive wherever it has a value."""
    match node:
        case Number(value):
            return value > 0
        case SizeNumber() | Constant():
            return True
        case Entry(name, _):
            definition = context.definitions.get(name)
            if definition is not None:
                return is_positive(definition.body, context)
            return _declared(name, context, strictly=True)
        case Add(terms):
            return all(is_nonnegative(t, context) for t in terms) and any(
                is_positive(t, context) for t in terms
            )
        case Multiply(factors):
            return all(is_positive(f, context) for f in factors)
        case Power(base, _):
            return is_positive(base, context)
        case Apply(name, arguments):
            if name in ALWAYS_POSITIVE:
                return True
            if name in ("sqrt", "abs", "relu", "gamma", "stop_gradient"):
                return is_positive(arguments[0], context)
            if name == "max":
                return any(is_positive(a, context) for a in arguments)
            return name == "min" and all(is_positive(a, context) for a in arguments)
        case Where(_, then, otherwise):
            return is_positive(then, context) and is_positive(otherwise, context)
        case Big(operation, binders, body):
            ranges = operation != "sum" or not any(b.excluded for b in binders)
            return ranges and is_positive(body, context)
        case _:
            return False


def is_nonnegative(node: Term, context: Context) -> bool:
    """Return whether a term is never negative where it has a value."""
    if is_positive(node, context):
        return True
    match node:
        case Number(value):
            return value >= 0
        case Entry(name, _) if name in context.variables:
            return _declared(name, context, strictly=False)
        case IndexPair():
            return True
        case Add(terms):
            return all(is_nonnegative(t, context) for t in terms)
        case Multiply(factors):
            return all(is_nonnegative(f, context) for f in factors)
        case Power(base, Number(value)):
            return is_nonnegative(base, context) or (value.denominator == 1 and value.numerator % 2 == 0)
        case Apply(name, _):
            return name in ("abs", "relu", "sqrt", "step")
        case Where(_, then, otherwise):
            return is_nonnegative(then, context) and is_nonnegative(otherwise, context)
        case Big(_, _, body):
            return is_nonnegative(body, context)
        case _:
            return False


def _declared(name: str, context: Context, *, strictly: bool) -> bool:
    variable = context.variables[name]
    if variable.kind != "real":
        return not strictly
    for bound in variable.bounds:
        if not isinstance(bound.value, Number) or bound.value.value < 0:
            continue
        if bound.relation == ">" or (bound.relation == ">=" and (bound.value.value > 0 or not strictly)):
            return True
    return False


def mentions(node: Term, name: str, context: Context) -> bool:
    """Return whether an entry of that name occurs, through definitions too."""
    return any(
        isinstance(one, Entry)
        and (
            one.name == name
            or (
                one.name in context.definitions
                and mentions(context.definitions[one.name].body, name, context)
            )
        )
        for one in walk(node)
    )


KINKED = frozenset({"abs", "sign", "step", "relu", "max", "min"})


def features_of(node: Term) -> set[str]:
    """Return what occurs in a term, for the statistics of a campaign."""
    return {feature for one in walk(node) for feature in _features(one)}


def _features(one: Term) -> set[str]:
    found: set[str] = set()
    if isinstance(one, Power):
        exponent = one.exponent
        if not isinstance(exponent, Number):
            found.add("symbolic power")
        elif exponent.value.denominator > 1:
            found.add("fractional power")
        elif exponent.value < 0:
            found.add("fraction")
    else:
        found |= _of_arrays(one)
        match one:
            case Derivative(_, variables):
                found.add("D" if len(variables) == 1 else "second D")
                if any(isinstance(inner, Derivative) for inner in walk(one.body)):
                    found.add("second D")
            case Where():
                found.add("cases")
            case Delta():
                found.add("delta")
            case Big(operation, binders, body):
                found.add(operation)
                if any(b.excluded for b in binders):
                    found.add("excluded index")
                if any(isinstance(inner, Big) for inner in walk(body)) or len(binders) > 1:
                    found.add("nested sums")
            case Apply(name, _, order):
                found.add("kink" if name in KINKED else name)
                if order:
                    found.add("f'")
    return found


def _of_arrays(one: Term) -> set[str]:
    found = {"label of a sample"} if any(index.at for index in own_indices(one)) else set()
    match one:
        case Before():
            found.add("order")
        case MatrixFunction(operation, _, _):
            found.add(operation)
        case UnknownValue(_, _, partials):
            found.add("partial derivative" if partials else "function of several")
    return found
