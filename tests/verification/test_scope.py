"""The scope in words: sizes, patterns, and what leaves it."""

from __future__ import annotations

import pytest

import derive
from derive.problem.scopes import Configuration, sizes_of
from derive.report.scope import case_text, scope_text
from derive.terms import Context, Entry, Equation, Index, IndexRelation, Size, SizeNumber, total

I, J, K = (Index(name, "n") for name in "ijk")
N = {"n": Size("n")}
APART = (IndexRelation(I, J, equal=False),)
EQUAL = (IndexRelation(I, J, equal=True),)


def at(n: int, pattern: tuple[IndexRelation, ...] = ()) -> Configuration:
    return Configuration({"n": n}, pattern)


def test_every_size() -> None:
    assert scope_text(N, [at(1), at(2), at(3)], []) == "for all n >= 1"


def test_no_sizes() -> None:
    assert scope_text({}, [Configuration({}, ())], []) == "for all real values"


def test_a_declared_minimum() -> None:
    assert scope_text({"n": Size("n", minimum=2)}, [at(2), at(3)], []) == "for all n >= 2"


def test_a_fixed_size() -> None:
    assert scope_text({"n": Size("n", fixed=3)}, [at(3)], []) == "at n = 3"


def test_several_sizes_share_their_bound() -> None:
    sizes = {"N": Size("N"), "n": Size("n")}
    assert scope_text(sizes, [Configuration({"N": 1, "n": 1}, ())], []) == "for all N, n >= 1"
    mixed = {"N": Size("N"), "n": Size("n", minimum=2)}
    assert scope_text(mixed, [Configuration({"N": 1, "n": 2}, ())], []) == "for all N >= 1, n >= 2"
    fixed = {"N": Size("N"), "n": Size("n", fixed=3)}
    assert scope_text(fixed, [Configuration({"N": 1, "n": 3}, ())], []) == "at n = 3, for all N >= 1"


def test_a_size_without_values_leaves() -> None:
    assert scope_text(N, [at(2), at(3)], [at(1)]) == "for all n >= 2"


def test_one_of_two_sizes_gives_way() -> None:
    sizes = {"N": Size("N"), "n": Size("n")}
    live = [Configuration({"N": a, "n": b}, ()) for a in (1, 2) for b in (2, 3)]
    empty = [Configuration({"N": a, "n": 1}, ()) for a in (1, 2)]
    assert scope_text(sizes, live, empty) == "for all N >= 1, n >= 2"


def test_a_size_in_the_middle_is_an_exception() -> None:
    assert scope_text(N, [at(1)], [at(2)]) == "for all n >= 1, except n = 2"


def test_a_pattern_without_values_leaves() -> None:
    live, empty = [at(2, APART), at(3, APART)], [at(1, EQUAL), at(2, EQUAL), at(3, EQUAL)]
    assert scope_text(N, live, empty) == "for all n >= 1, i != j"
    assert scope_text(N, empty, live) == "for all n >= 1, i = j"


def test_a_pattern_that_is_empty_at_one_size_only_takes_the_size_with_it() -> None:
    live = [at(2, EQUAL), at(2, APART), at(3, EQUAL), at(3, APART)]
    assert scope_text(N, live, [at(1, EQUAL)]) == "for all n >= 2"


def test_two_of_three_indices() -> None:
    def pattern(ij: bool, ik: bool, jk: bool) -> tuple[IndexRelation, ...]:
        return IndexRelation(I, J, ij), IndexRelation(I, K, ik), IndexRelation(J, K, jk)

    possible = [
        pattern(ij=True, ik=True, jk=True),
        pattern(ij=True, ik=False, jk=False),
        pattern(ij=False, ik=True, jk=False),
        pattern(ij=False, ik=False, jk=True),
        pattern(ij=False, ik=False, jk=False),
    ]
    live = [at(3, one) for one in possible if not one[0].equal]
    empty = [at(3, one) for one in possible if one[0].equal]
    assert scope_text(N, live, empty) == "for all n >= 1, i != j"
    assert scope_text(N, empty[:1], [*live, *empty[1:]]) == "for all n >= 1, i = j, i = k"


def test_nothing_left() -> None:
    assert scope_text(N, [], [at(1), at(2)]) is None


def test_only_the_sizes_of_the_claim_count() -> None:
    context = Context(sizes={"N": Size("N"), "n": Size("n"), "m": Size("m")})
    equation = Equation(total(Entry("x", (J,)), J), SizeNumber("m"))
    assert list(sizes_of(equation, context)) == ["n", "m"]


def test_a_position_needs_a_size() -> None:
    equation = Equation(Entry("x", (Index(2, "n"),)), Entry("x", (I,)))
    sizes = sizes_of(equation, Context(sizes=N))
    assert scope_text(sizes, [at(2), at(3)], []) == "for all n >= 2"


@pytest.mark.parametrize(
    ("case", "text"), [(at(2, APART), "n = 2, i != j"), (Configuration({}, ()), "every point")]
)
def test_a_case_in_words(case: Configuration, text: str) -> None:
    assert case_text(case) == text


def test_sizes_that_hypotheses_relate() -> None:
    """What violates a relation is no exception: the relation is said, in the words of both ways round."""
    sizes = {"n": Size("n"), "m": Size("m")}
    live = [Configuration({"n": n, "m": m}, ()) for n, m in ((1, 1), (2, 1), (2, 2), (3, 2))]
    empty = [Configuration({"n": n, "m": m}, ()) for n, m in ((1, 2), (2, 3), (1, 3))]
    assert scope_text(sizes, live, empty, relations=[("m", "n")]) == "for all n, m >= 1, where n >= m"
    both = [("m", "n"), ("n", "m")]
    assert (
        scope_text(sizes, live[::2], [*empty, *live[1::2]], relations=both)
        == "for all n, m >= 1, where n = m"
    )
    assert scope_text(N, [at(1), at(2)], [], relations=[("n", "m")]) == "for all n >= 1"


ORTHONORMAL = """
size n, m
real Q[n,m]
given sum(Q[k,i]*Q[k,j], k) = delta(i,j)
"""


@pytest.mark.parametrize(
    ("claim", "scope"),
    [
        ("sum(Q[k,i]^2, k, i) = m", "for all n, m >= 1, where n >= m"),
        ("sum(Q[k,i]*Q[k,j], k) = 0 when i != j", "for all n >= 1, m >= 2, where n >= m"),
    ],
)
def test_the_scope_of_orthonormal_columns(claim: str, scope: str) -> None:
    (result,) = derive.check(f"{ORTHONORMAL}claim {claim}").results
    assert (result.verdict.value, result.scope) == ("proved", scope)
