"""Functions of Python objects: scalar functions entry by entry, functions along an axis, and derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.arrays import operations
from derive.arrays.values import Array
from derive.errors import IllPosedError
from derive.objects.build import SizeSymbol, named
from derive.objects.declared import EMPTY, merge
from derive.objects.expression import (
    Expression,
    IndexStatement,
    IndexSymbol,
    Statement,
    apply,
    combined,
    entry_of,
    expression,
    lifted,
    told,
)
from derive.terms import PI, Delta, Relation, arrays, same_index, unfold

ScalarFunction = Callable[[Any], Expression]


def _elementwise(name: str) -> ScalarFunction:
    def function(x: Any) -> Expression:
        return apply(name, x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return `{name}` of every entry, where it has a value."
    return function


exp, log, sqrt = _elementwise("exp"), _elementwise("log"), _elementwise("sqrt")
sin, cos, tan = _elementwise("sin"), _elementwise("cos"), _elementwise("tan")
asin, acos, atan = _elementwise("asin"), _elementwise("acos"), _elementwise("atan")
sinh, cosh, tanh = _elementwise("sinh"), _elementwise("cosh"), _elementwise("tanh")
erf, sigmoid, softplus = _elementwise("erf"), _elementwise("sigmoid"), _elementwise("softplus")
relu, sign, step = _elementwise("relu"), _elementwise("sign"), _elementwise("step")
gamma, lgamma, digamma = _elementwise("gamma"), _elementwise("lgamma"), _elementwise("digamma")


pi = Expression(PI, (), EMPTY)
e = exp(1)


def maximum(*x: Any) -> Expression:
    """Return the greatest of several expressions, entry by entry."""
    return apply("max", *x)


def minimum(*x: Any) -> Expression:
    """Return the least of several expressions, entry by entry."""
    return apply("min", *x)


def softmax(x: Any) -> Expression:
    """Return `exp(x_i) / Σ_k exp(x_k)` along the last axis; the shape of x."""
    return combined(operations.softmax, _array(x, "softmax"))


def log_softmax(x: Any) -> Expression:
    """Return `x_i - log Σ_k exp(x_k)` along the last axis; the shape of x."""
    return combined(operations.log_softmax, _array(x, "log_softmax"))


def logsumexp(x: Any) -> Expression:
    """Return `log Σ_k exp(x_k)` along the last axis, which goes away."""
    return combined(lambda one: operations.logsumexp(one, (-1,)), _array(x, "logsumexp"))


def norm(x: Any) -> Expression:
    """Return the Euclidean norm along the last axis, which goes away."""
    return combined(lambda one: operations.norm(one, (-1,)), _array(x, "norm"))


def dot(x: Any, y: Any) -> Expression:
    """Return `Σ_k x_k y_k` of two vectors."""
    return combined(operations.dot, x, y)


def delta(left: IndexSymbol, right: IndexSymbol) -> Expression:
    """Return the Kronecker delta of two indices of one dimension."""
    if not isinstance(left, IndexSymbol):
        raise IllPosedError(f"a delta is of two indices, and {told(left)} is none")
    relation = left == right
    return Expression(Delta(relation.relation.left, relation.relation.right), (), relation.context)


def identity(x: SizeSymbol) -> Expression:
    """Return the identity matrix `δ_ij` over a size; its shape is [n, n]."""
    if not isinstance(x, SizeSymbol):
        raise IllPosedError(f"an identity matrix is over a size, and {told(x)} is none")
    return lifted(operations.eye(x.name), x.context)


def where(condition: Statement | IndexStatement, then: Any, otherwise: Any) -> Expression:
    """Return `then` where the condition holds, else `otherwise`; all three are scalars or [..] of free indices."""
    if not isinstance(condition, Statement | IndexStatement):
        raise IllPosedError(f"a condition is a comparison, as x > 0 or i == j, and {told(condition)} is none")
    first, second = expression(then), expression(otherwise)
    parts = [condition.context, first.context, second.context]
    if isinstance(condition, IndexStatement):
        relation = condition.relation
        compare = same_index(relation.left, relation.right)
        yes, no = (first, second) if relation.equal else (second, first)
        sides = Array(compare.left), Array(compare.right)
        return lifted(operations.where(Relation.EQUAL, *sides, yes.value, no.value), merge(parts))
    compared = condition.left.value, condition.right.value
    return lifted(operations.where(condition.relation, *compared, first.value, second.value), merge(parts))


def indicator(condition: Statement | IndexStatement) -> Expression:
    """Return 1 where the condition holds, else 0."""
    return where(condition, 1, 0)


def derivative(value: Any, *variables: Any) -> Expression:
    """Return the derivative by each variable in turn: entries such as `s[i]`, or whole arrays.

    A whole array adds its axes to those of the result. The derivative is taken in the ambient space:
    entries vary independently, whatever the hypotheses say about the point.
    """
    body = expression(value)
    by = [expression(one) for one in variables]
    if not by:
        raise IllPosedError("a derivative needs a variable")
    entries = [entry_of(one) for one in by]
    for variable, entry in zip(by, entries, strict=True):
        if entry is None:
            raise IllPosedError(
                f"a derivative is taken by an array or an entry of one, and {told(variable)} is neither"
            )
    context = merge([body.context, *(one.context for one in by)])
    defined = frozenset(one.name for one in entries if one is not None) & context.definitions.keys()
    for name in sorted(defined - arrays(unfold(body.term, context.definitions, defined))):
        raise IllPosedError(f"{told(body)} does not mention {name}, so it has no derivative by it")
    return lifted(operations.derivative(body.value, *(one.value for one in by)), context)


def gradient(value: Any, x: Expression | str) -> Expression:
    """Return the gradient of a scalar by an array x, or one of that name in it; it has the shape of x."""
    body = expression(value)
    x = named(x, body) if isinstance(x, str) else x
    if body.axes:
        raise IllPosedError(
            f"a gradient is of a scalar, not of shape [{', '.join(body.shape)}]: use jacobian"
        )
    return derivative(body, x)


def jacobian(value: Any, x: Expression) -> Expression:
    """Return `J[i, j] = ∂value_i/∂x_j`; its shape is that of the value, then that of x."""
    return derivative(value, x)


def hessian(value: Any, x: Expression) -> Expression:
    """Return `H[i, j] = ∂²value/∂x_i ∂x_j` of a scalar; its shape is that of x, twice."""
    body = expression(value)
    if body.axes:
        raise IllPosedError(f"a Hessian is of a scalar, not of shape [{', '.join(body.shape)}]")
    return derivative(body, x, x)


def _array(x: Any, name: str) -> Expression:
    array = expression(x)
    if not array.axes:
        raise IllPosedError(f"{name} needs an array, and {array} is a scalar")
    return array
