"""Functions of Python objects: scalar functions entry by entry, functions along an axis, and derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.arrays.build import SizeSymbol
from derive.arrays.declared import merge
from derive.arrays.expression import (
    Expression,
    IndexStatement,
    IndexSymbol,
    Statement,
    apply,
    entry_of,
    expression,
    fresh_axis,
    told,
)
from derive.errors import IllPosedError
from derive.terms import (
    Compare,
    Delta,
    Derivative,
    Entry,
    Index,
    Term,
    Where,
    arrays,
    rename,
    same_index,
    term,
    unfold,
)
from derive.terms import functions as rows

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


def maximum(*x: Any) -> Expression:
    """Return the greatest of several expressions, entry by entry."""
    return apply("max", *x)


def minimum(*x: Any) -> Expression:
    """Return the least of several expressions, entry by entry."""
    return apply("min", *x)


def softmax(x: Any) -> Expression:
    """Return `exp(x_i) / Σ_k exp(x_k)` along the last axis; the shape of x."""
    array, axis = _last_axis(x, "softmax")
    return Expression(
        rows.softmax(_function_of(array), axis, fresh_axis(axis.dim)), array.axes, array.context
    )


def log_softmax(x: Any) -> Expression:
    """Return `x_i - log Σ_k exp(x_k)` along the last axis; the shape of x."""
    array, axis = _last_axis(x, "log_softmax")
    found = rows.log_softmax(_function_of(array), axis, fresh_axis(axis.dim))
    return Expression(found, array.axes, array.context)


def logsumexp(x: Any) -> Expression:
    """Return `log Σ_k exp(x_k)` along the last axis, which goes away."""
    array, axis = _last_axis(x, "logsumexp")
    found = rows.log_sum_exp(_function_of(array), fresh_axis(axis.dim))
    return Expression(found, array.axes[:-1], array.context)


def norm(x: Any) -> Expression:
    """Return the Euclidean norm along the last axis, which goes away."""
    array, axis = _last_axis(x, "norm")
    return Expression(rows.norm(_function_of(array), fresh_axis(axis.dim)), array.axes[:-1], array.context)


def dot(x: Any, y: Any) -> Expression:
    """Return `Σ_k x_k y_k` of two vectors."""
    left: Expression = expression(x)
    return left.__matmul__(y)


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
    axes = fresh_axis(x.name), fresh_axis(x.name)
    return Expression(Delta(*axes), axes, x.context)


def where(condition: Statement | IndexStatement, then: Any, otherwise: Any) -> Expression:
    """Return `then` where the condition holds, else `otherwise`; all three are scalars or [..] of free indices."""
    if not isinstance(condition, Statement | IndexStatement):
        raise IllPosedError(f"a condition is a comparison, as x > 0 or i == j, and {told(condition)} is none")
    first, second = expression(then), expression(otherwise)
    parts = [condition.context, first.context, second.context]
    if isinstance(condition, IndexStatement):
        relation = condition.relation
        compare = same_index(relation.left, relation.right)
        chosen = (first, second) if relation.equal else (second, first)
        both = apply("", *chosen)
        return Expression(Where(compare, *_arguments(both)), both.axes, merge(parts))
    whole = apply("", condition.left, condition.right, first, second)
    left, right, yes, no = _arguments(whole)
    return Expression(Where(Compare(condition.relation, left, right), yes, no), whole.axes, merge(parts))


def indicator(condition: Statement | IndexStatement) -> Expression:
    """Return 1 where the condition holds, else 0."""
    return where(condition, 1, 0)


def derivative(value: Any, *variables: Any) -> Expression:
    """Return the derivative by each variable in turn: entries such as `s[i]`, or whole arrays.

    A whole array adds its axes to those of the result. The derivative is taken in the ambient space:
    entries vary independently, whatever the hypotheses say about the point.
    """
    body = expression(value)
    axes, entries, contexts = list(body.axes), [], [body.context]
    for variable in variables:
        variable = expression(variable)
        entry = entry_of(variable)
        if entry is None:
            raise IllPosedError(
                f"a derivative is taken by an array or an entry of one, and {told(variable)} is neither"
            )
        renaming = {axis: fresh_axis(axis.dim) for axis in variable.axes}
        renamed = rename(entry, renaming)
        assert isinstance(renamed, Entry)  # noqa: S101 - renaming indices leaves an entry an entry
        entries.append(renamed)
        axes.extend(renaming.values())
        contexts.append(variable.context)
    if not entries:
        raise IllPosedError("a derivative needs a variable")
    context = merge(contexts)
    defined = frozenset(entry.name for entry in entries) & context.definitions.keys()
    for name in sorted(defined - arrays(unfold(body.term, context.definitions, defined))):
        raise IllPosedError(f"{told(body)} does not mention {name}, so it has no derivative by it")
    return Expression(Derivative(body.term, tuple(entries)), tuple(axes), context)


def gradient(value: Any, x: Expression) -> Expression:
    """Return the gradient of a scalar by an array x; it has the shape of x."""
    body = expression(value)
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


def _last_axis(x: Any, name: str) -> tuple[Expression, Index]:
    array = expression(x)
    if not array.axes:
        raise IllPosedError(f"{name} needs an array, and {array} is a scalar")
    return array, array.axes[-1]


def _function_of(array: Expression) -> Callable[[Index], Term]:
    return lambda index: rename(array.term, {array.axes[-1]: index})


def _arguments(whole: Expression) -> tuple[Term, ...]:
    from derive.terms import Apply

    assert isinstance(whole.term, Apply)  # noqa: S101 - what `apply` builds
    return tuple(map(term, whole.term.arguments))
