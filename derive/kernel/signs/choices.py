"""The cases of a proof: what has been chosen, in the order in which it is asked for.

A proof by cases is run once a case; runs are deterministic, so the same question comes at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from derive.errors import LimitError
from derive.kernel.normal_form.polynomials import AtomKey, Sign


class NeedCasesError(Exception):
    """The proof must be split: by the sign of a polynomial without bound indices, or by which factor is 0."""

    def __init__(self, question: AtomKey, signs: Sign) -> None:
        super().__init__("split by cases")
        self.question, self.signs = question, signs


class Choices:
    """The choices of one case, and how many of them have been taken."""

    def __init__(self, made: Iterable[tuple[AtomKey, int]] = (), *, by_values: bool = False) -> None:
        self.made, self.taken = tuple(made), 0
        self.by_values = by_values  # whether conditions are split by the values of entries too
        self.conditions_kept = False  # whether a condition was not, though it might have been

    def next(self, question: AtomKey, possible: Callable[[], frozenset[int]]) -> int:
        """Return the next choice, which is one for this question.

        Raises:
            NeedCasesError: the choices are used up.
            LimitError: another question was asked at this place when the choice was made.
        """
        if self.taken == len(self.made):
            raise NeedCasesError(question, possible())
        asked, choice = self.made[self.taken]
        if asked != question:
            raise LimitError("the proof by cases came to another question when it was run again")
        self.taken += 1
        return choice
