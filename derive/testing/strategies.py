"""Hypothesis strategies for what losses are made of: scores, points of a simplex, one-hot targets, whole problems.

All numbers are floats, exact where a sum must be: the entries of a simplex point sum to 1 with no rounding.
"""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from derive.problem.declarations import problem_text
from derive.reading.text import read
from derive.terms import Equation
from derive.testing.expressions import contexts, index_expressions

SIZES = st.integers(1, 5)
PARTS = 64  # the denominator of the entries of a simplex point: a power of two, so that floats hold them

# Where exp overflows, where it underflows to 0, where a difference of two is lost: what breaks a softmax.
EXTREMES = (0.0, 1e-300, -1e-300, 1e-8, 30.0, -30.0, 88.8, -104.0, 709.9, -745.2, 1e3, -1e3, 1e5, -1e5)


@st.composite
def scores(draw: st.DrawFn, size: int | None = None, *, extreme: bool = True) -> list[float]:
    """Draw scores, also called logits: any reals. With `extreme`, some vectors hold such as exp cannot take."""
    length = draw(SIZES) if size is None else size
    ordinary = st.integers(-20, 20).map(lambda k: k / 4)
    entry = st.one_of(ordinary, st.floats(-8, 8, allow_subnormal=False))
    if extreme and draw(st.booleans()):
        entry = st.one_of(st.sampled_from(EXTREMES), entry)
    return draw(st.lists(entry, min_size=length, max_size=length))


@st.composite
def simplex_points(draw: st.DrawFn, size: int | None = None, *, interior: bool = False) -> list[float]:
    """Draw numbers that are not negative and sum to 1; with `interior`, none is 0. Corners and faces occur."""
    length = draw(SIZES) if size is None else size
    if length > PARTS:
        raise ValueError(f"a simplex point has at most {PARTS} entries here")
    least = 1 if interior else 0
    free = PARTS - least * length
    cuts = sorted(draw(st.lists(st.integers(0, free), min_size=length - 1, max_size=length - 1)))
    ends = zip([0, *cuts], [*cuts, free], strict=True)
    return [(high - low + least) / PARTS for low, high in ends]


@st.composite
def one_hot(draw: st.DrawFn, size: int | None = None) -> list[float]:
    """Draw a target: one entry is 1, the others are 0."""
    length = draw(SIZES) if size is None else size
    hot = draw(st.integers(0, length - 1))
    return [float(k == hot) for k in range(length)]


@st.composite
def problems(draw: st.DrawFn, depth: int = 2) -> str:
    """Draw a problem in the language: declarations and a claim between two random terms. Few of them are true."""
    context = draw(contexts())
    left = draw(index_expressions(context, depth))
    right = draw(st.one_of(st.just(left), index_expressions(context, depth)))
    text = problem_text(Equation(left, right), context) + "\n"
    assume(not any(problem.failures for problem in read(text)))  # an index may have no array to tell its size
    return text
