"""The simplex method: combinations that give a target, and none where there is none."""

from __future__ import annotations

from flint import fmpq

from derive.kernel.inequalities.simplex import combination


def _vector(**values: int) -> dict[str, fmpq]:
    return {name: fmpq(value) for name, value in values.items()}


def test_a_combination_adds_up_to_the_target() -> None:
    columns = [_vector(a=1, b=1), _vector(a=1, b=-1), _vector(c=1), _vector(a=2, c=-1)]
    target = _vector(a=5, b=1, c=1)
    found = combination(columns, target)
    assert found is not None
    assert all(times > 0 for times in found.values())
    for name in "abc":
        assert (
            sum((times * columns[k].get(name, fmpq(0)) for k, times in found.items()), fmpq(0))
            == target[name]
        )


def test_where_there_is_none_none_is_found() -> None:
    assert combination([_vector(a=1, b=1), _vector(a=1, b=2)], _vector(a=1, b=-1)) is None
    assert combination([_vector(a=1, b=1)], _vector(a=1)) is None
    assert combination([], _vector(a=1)) is None
    assert combination([_vector(a=1, b=1), _vector(a=2, b=3)], _vector(a=3, b=5)) is None


def test_nothing_is_made_of_nothing() -> None:
    assert combination([_vector(a=1)], {}) == {}
