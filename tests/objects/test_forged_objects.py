"""False and true claims through Python objects: names, indices, sizes, definitions and hypotheses that are mixed up.

Each row is a claim and what is right: a verdict, or what the error says.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import derive
from derive import (
    DeriveError,
    Result,
    delta,
    derivative,
    exp,
    function,
    gradient,
    identity,
    index,
    label,
    let,
    log,
    matrix,
    maximum,
    onehot,
    scalar,
    simplex,
    size,
    softmax,
    sqrt,
    vector,
    verify,
    where,
)

n, m = size("n"), size("m")
s, c, x, y = vector("s", n), vector("c", n), scalar("x"), scalar("y")
W, A = matrix("W", m, n), matrix("A", n, n)
i, j, t, u = index("i", n), index("j", n), label("t", n), label("u", n)
f = function("f")
q = let("q", softmax(s))


def twice(times: int) -> Any:
    """A definition that has 2^times terms once it is unfolded."""
    found: Any = x
    for number in range(times):
        found = let(f"d{number}", found + found)
    return found


def nested(times: int) -> Any:
    """A term that is deep, without any definition."""
    found: Any = x
    for _ in range(times):
        found = exp(found + 1)
    return found


ROWS: list[tuple[str, Callable[[], Result]]] = [
    # names that the language has
    (
        "gamma is a function of the language",
        lambda: verify(function("gamma")(x + 1), x * function("gamma")(x)),
    ),
    ("exp is a function of the language", lambda: verify(gradient(function("exp")(x), x), exp(x))),
    ("softmax is a function of the language", lambda: verify(function("softmax")(x), x)),
    ("sum is a function of the language", lambda: verify(function("sum")(x), x)),
    ("D is a function of the language", lambda: verify(function("D")(x), x)),
    ("gamma is a function", lambda: verify(derive.objects.build.UnknownFunction("gamma")(x), x)),  # type: ignore[attr-defined]
    ("pi is the number", lambda: verify(scalar("pi"), 3)),
    ("pi is the number", lambda: verify(let("pi", x), 3)),
    ("pi is the number", lambda: verify(vector("s", size("pi")).sum(), 3)),
    ("pi is the number", lambda: verify(s[index("pi", n)], 3)),
    ("pi is the number", lambda: verify(s[label("pi", n)], 3)),
    ("pi is the number", lambda: verify(function("pi")(x), 3)),
    ("proved", lambda: verify(scalar("gamma") * 2, scalar("gamma") + scalar("gamma"))),
    ("refuted", lambda: verify(derive.gamma(scalar("gamma")), scalar("gamma"))),
    # one name for two things
    ("as a variable and as a function", lambda: verify(function("x")(x), x)),
    ("as a label and as an index", lambda: verify(delta(index("t", n), u), 0, given=[t != u])),
    ("as a variable and as an index", lambda: verify(s[index("s", n)], 0)),
    ("as a size and as an index", lambda: verify(s[index("n", n)] * n, 0)),
    ("n is declared in two different ways", lambda: verify(s.sum(), vector("s", size("n", 2)).sum())),
    ("n is declared in two different ways", lambda: verify(s.sum(), vector("z", size("n", minimum=2)).sum())),
    ("s is declared in two different ways", lambda: verify(s.sum(), vector("s", n, positive=True).sum())),
    ("s is declared in two different ways", lambda: verify(s.sum(), simplex("s", n).sum())),
    ("s is declared in two different ways", lambda: verify(s.sum(), vector("s", m).sum())),
    ("s is declared in two different ways", lambda: verify(s.sum(), scalar("s"))),
    ("s is declared in two different ways", lambda: verify(s.sum(), 0, given=[onehot("s", n).sum() == 1])),
    ("t is declared in two different ways", lambda: verify(s[t], vector("z", m)[label("t", m)])),
    ("i is an index of n and of m", lambda: verify(s[i], vector("z", m)[index("i", m)])),
    ("i is an index of n and of m", lambda: verify(s[i], s[i], given=[vector("z", m)[index("i", m)] > 0])),
    ("proved", lambda: verify(vector("s", size("n")).sum(), s.sum())),
    # definitions
    ("q is declared in two different ways", lambda: verify(q.sum() + let("q", s).sum(), 1)),
    ("q is declared in two different ways", lambda: verify(let("q", q).sum(), 1)),
    ("q is declared in two different ways", lambda: verify(let("q", q + 1).sum(), 1)),
    ("as a variable and as a definition", lambda: verify(let("s", s + 1).sum(), s.sum())),
    ("i is free", lambda: verify(let("e", s[i]), s[j])),
    ("i is free", lambda: verify(let("e", s[i] * s), 0)),
    ("proved", lambda: verify(let("e", s[t]), s[t])),
    ("unfolded", lambda: verify(twice(20), 2**20 * x)),
    ("proved", lambda: verify(twice(4), 16 * x)),
    ("nests deeper", lambda: verify(nested(300), x)),
    ("nests deeper", lambda: verify(nested(3000), x)),
    ("proved", lambda: verify(gradient((c * log(q)).sum(), q), c / q)),
    # sums
    ("each axis once", lambda: verify(s.sum(0, 0), s.sum())),
    ("each axis once", lambda: verify(A.sum(1, -1), A.sum(1))),
    ("each axis once", lambda: verify((s[i] * s[j]).sum(i, i), s[j])),
    ("t is a label", lambda: verify(s[t].sum(t), s.sum())),
    ("proved", lambda: verify(x.sum(i), n * x)),
    ("refuted", lambda: verify(x.sum(i), x)),
    ("proved", lambda: verify((s[i] * s).sum(), s[i] * s.sum())),
    ("refuted", lambda: verify((s[i] * s).sum(), (s * s).sum())),
    ("proved", lambda: verify((s[i] * A[i, j]).sum(i), s @ A[:, j])),
    ("no axis True", lambda: verify(W.sum(True), 0)),
    ("no axis 'n'", lambda: verify(W.sum("n"), 0)),  # type: ignore[arg-type]
    ("no axis 2", lambda: verify(W.sum(2), 0)),
    # shapes and positions
    ("do not fit", lambda: verify(W + W.T, 0)),
    ("do not fit", lambda: verify(s, vector("z", m))),
    ("no position 3", lambda: verify(vector("v", size("k", 2))[3], 0)),
    ("count from 1", lambda: verify(s[0], s[1])),
    ("count from 1", lambda: verify(s[-1], s[1])),
    ("is no index", lambda: verify(s[True], s[1])),
    ("is no index", lambda: verify(s[1.0], s[1])),
    ("is no index", lambda: verify(s[n], s[1])),
    ("is no index", lambda: verify(s[f], s[1])),
    ("is no index", lambda: verify(s[None], s[1])),
    ("proved", lambda: verify(s[np.int64(2)], s[2])),
    ("refuted", lambda: verify(A.T, A)),
    ("proved", lambda: verify((A @ A).T, A.T @ A.T)),
    ("refuted", lambda: verify((A @ A).T, A @ A)),
    # hypotheses
    ("unknown function f may not", lambda: verify(f(x), 0, given=[f(x) == 0])),
    ("unknown function f may not", lambda: verify(f(x), 0, given=[let("v", f(x)) == 0])),
    ("no derivative stands", lambda: verify(x, 0, given=[let("v", gradient(f(x), x)) == 0])),
    ("cannot relate i", lambda: verify(s[i], s[j], given=[delta(i, j) == 1])),
    ("cannot relate i", lambda: verify(delta(i, j), 0, given=[delta(i, j) == 0])),
    ("belongs in `when`", lambda: verify(s[i], s[j], given=[i == j])),
    ("belongs in `when`", lambda: verify(s[i], s[j], given=i != j)),
    ("proved", lambda: verify(s[i], s[j], when=i == j)),
    ("refuted", lambda: verify(s[i], s[j])),
    ("proved", lambda: verify(delta(t, u), 0, given=t != u)),
    ("refuted", lambda: verify(s[i], 0, given=[s[t] == 0])),
    ("proved", lambda: verify(s[j], 0, given=[s[i] == 0])),
    ("proved", lambda: verify(q.sum(), 1, given=[q[t] > Fraction(1, 2)])),
    ("already evaluated", lambda: verify(x, 0, given=True)),  # type: ignore[arg-type]
    ("already evaluated", lambda: verify(x, 0, given=[True])),
    ("already evaluated", lambda: verify(x, 0, given=[np.True_])),
    ("already evaluated", lambda: verify(x, 0, given=np.array([True]))),
    ("already evaluated", lambda: verify(True)),
    ("already evaluated", lambda: verify(np.False_)),
    ("no statement", lambda: verify(x, 0, given=None)),  # type: ignore[arg-type]
    ("no statement", lambda: verify(x, 0, given="x = 0")),
    ("no statement", lambda: verify(x, 0, given=s)),
    ("no statement", lambda: verify(x, 0, given={"x": 0})),
    ("no statement", lambda: verify(("=", x, x))),
    ("no statement", lambda: verify(())),
    ("relations between indices", lambda: verify(x, 0, when=[None])),  # type: ignore[list-item]
    ("relations between indices", lambda: verify(x, 0, when=s)),  # type: ignore[arg-type]
    ("number of seconds", lambda: verify(x, x, explain="long")),  # type: ignore[arg-type]
    # numbers
    ("proved", lambda: verify(x * 0.1, x / 10)),
    ("proved", lambda: verify(x * np.float64(0.1), x / 10)),
    ("proved", lambda: verify(np.float64(0.5) * x, x / 2)),
    ("proved", lambda: verify(np.int64(3) * x, 3 * x)),
    ("refuted", lambda: verify(x * (0.1 + 0.2), x * 0.3)),
    ("not a real number", lambda: verify(x * float("inf"), x)),
    ("not a real number", lambda: verify(x, np.nan)),
    ("no expression", lambda: verify(x * 1j, x)),
    ("no expression", lambda: verify(x * np.float32(0.1), x)),
    ("no expression", lambda: verify(x * np.array([1, 2]), x)),
    ("no expression", lambda: verify(np.array([1, 2]) * x, x)),
    ("no expression", lambda: verify(x * [1], x)),
    ("no expression", lambda: verify(x + None, x)),
    ("no expression", lambda: verify(x, "x")),
    ("already evaluated", lambda: verify(x * True, x)),
    ("already evaluated", lambda: verify(x == True)),  # noqa: E712 - what is refused
    # functions of what they cannot take
    ("an identity matrix is over a size", lambda: verify(identity(2 * n), 1)),  # type: ignore[arg-type]
    ("an identity matrix is over a size", lambda: verify(identity(x), 1)),  # type: ignore[arg-type]
    ("a delta is of two indices", lambda: verify(delta(x, y), 1)),  # type: ignore[arg-type]
    ("is compared with an index", lambda: verify(delta(i, 2), 1)),  # type: ignore[arg-type]
    ("a condition is a comparison", lambda: verify(where(True, x, y), x)),  # type: ignore[arg-type]
    ("a condition is a comparison", lambda: verify(where(x, x, y), x)),  # type: ignore[arg-type]
    ("needs an argument", lambda: verify(maximum(), 0)),
    ("is neither", lambda: verify(gradient(x**2, 2), 0)),  # type: ignore[arg-type]
    ("is neither", lambda: verify(gradient(n * x, n), x)),
    ("is neither", lambda: verify(derivative(x, x + y), 1)),
    ("does not mention q", lambda: verify(gradient((softmax(2 * s) * s).sum(), q), 0 * s)),
    ("True or False", lambda: verify(scalar("z", positive="no"), 0)),  # type: ignore[arg-type]
    ("True or False", lambda: verify(scalar("z", nonzero=1), 0)),  # type: ignore[arg-type]
    ("is no size", lambda: verify(index("k", "n"), 0)),  # type: ignore[arg-type]
    ("is no size", lambda: verify(index("k", 3), 0)),  # type: ignore[arg-type]
    ("is no size", lambda: verify(label("k", s), 0)),  # type: ignore[arg-type]
    ("whole number", lambda: verify(size("k", 2.5), 0)),  # type: ignore[arg-type]
    ("whole number", lambda: verify(size("k", True), 0)),
    ("whole number", lambda: verify(size("k", "3"), 0)),  # type: ignore[arg-type]
    ("whole number", lambda: verify(size("k", minimum=10**9), 0)),
    # domains
    ("proved", lambda: verify(sqrt(scalar("z", nonnegative=True) ** 2), scalar("z", nonnegative=True))),
    ("refuted", lambda: verify(sqrt(x**2), x)),
    ("proved", lambda: verify(derivative(f(s[i]), s[i], s[j]), delta(i, j) * f.prime.prime(s[i]))),
    ("refuted", lambda: verify(derivative(f(s[i]), s[i], s[j]), f.prime.prime(s[i]))),
]


@pytest.mark.parametrize(("right", "decide"), ROWS, ids=[f"{k} {right}" for k, (right, _) in enumerate(ROWS)])
def test_no_other_claim_is_decided_than_the_one_made(right: str, decide: Callable[[], Result]) -> None:
    if right in ("proved", "refuted"):
        assert decide().verdict.value == right
    else:
        with pytest.raises(DeriveError, match=right):
            decide()


def test_nothing_can_be_taken_for_true_or_false() -> None:
    for one in (x == y, x != y, x > 0, i == j, i != j):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(one)
    with pytest.raises(TypeError, match="neither true nor false"):
        _ = 0 < x < 1
    with pytest.raises(TypeError, match="neither true nor false"):
        _ = x in [y, x * 1]
    assert len({x == y, x == y, i == j, i == j}) == 4  # statements are like no other


def test_the_same_names_are_refused_as_in_a_text() -> None:
    from derive.arrays.operations import FUNCTIONS
    from derive.problem.names import CALLED
    from derive.reading.calls import CALLS, SLOPE

    assert {*CALLS, *FUNCTIONS} - {SLOPE} <= CALLED
    for name in (*CALLED, "pi", "when", "given", "size", "e", "x_1", "\u017f", "α"):
        declarations: dict[str, Callable[[str], object]] = {
            "function": function,
            "size": size,
            "real": scalar,
        }
        for word, declare in declarations.items():
            text = derive.check(f"{word} {name}\nclaim 1 = 1").results
            refused = text[0].verdict is not derive.Verdict.PROVED
            try:
                declare(name)
            except DeriveError:
                assert refused, (word, name)
            else:
                assert not refused, (word, name)
