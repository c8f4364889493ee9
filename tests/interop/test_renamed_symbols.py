"""The reader's own letters: a renaming reaches what has the name and nothing else, or is refused."""

from __future__ import annotations

import pytest

from derive.errors import DeriveError
from derive.problem.letters import with_symbols
from derive.reading.text import read

TEXT = "size n\nreal gamma[n], x\nfunction f\nlet y = x^2\nclaim sum(gamma(gamma[i])*f(x), i) = gamma(y)"


def renamed(**symbols: str) -> str:
    (problem,) = read(TEXT)
    return with_symbols(problem, symbols).items[-1].text


def test_a_function_of_the_table_keeps_its_name() -> None:
    assert renamed(gamma="g") == "sum(gamma(g[i])*f(x), i) = gamma(y)"
    assert renamed(f="h", y="w") == "sum(gamma(gamma[i])*h(x), i) = gamma(w)"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("f", "exp", "exp is a function of the language"),
        ("f", "sum", "sum is a function of the language"),
        ("x", "pi", "pi is the number"),
        ("i", "pi", "pi is the number"),
        ("x", "2x", "is no name"),
        ("x", "y", "y is taken"),
        ("x", "i", "i is taken"),
        ("i", "n", "n is taken"),
    ],
)
def test_a_name_that_means_something_is_refused(old: str, new: str, why: str) -> None:
    with pytest.raises(DeriveError, match=why):
        renamed(**{old: new})


def test_two_names_do_not_become_one() -> None:
    with pytest.raises(DeriveError, match="would be z too"):
        renamed(x="z", y="z")
