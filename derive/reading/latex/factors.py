r"""Names before brackets: a factor that `\lambda (x - y)` begins with, or a function, `f(x - y)`?

A name that nothing declares is a factor where the page shows it to be a number, or where its letter is customary for
one and no sentence calls it otherwise. Decides nothing of what the formula says.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from derive.reading.latex.symbols import LETTERS
from derive.reading.latex.uses import Use

_FACTORS = frozenset(
    "a b c k m n w A B M W X alpha beta gamma delta epsilon varepsilon eta kappa lambda mu nu omega rho tau".split()
)
"""Letters that pages take for coefficients, matrices and sizes, and for functions only where they say so."""
_FUNCTIONS = frozenset("f g h F G H phi varphi Phi psi Psi Gamma zeta".split())
"""Letters that pages take for functions, and for numbers only where they say so."""

_LETTERS = frozenset(LETTERS.values())


def may_be_functions(
    uses: Iterable[tuple[str, Use]],
    defining: Container[int],
    told: Container[str],
    called: Container[str],
) -> frozenset[str]:
    """Return the names that may be functions where a bracket follows, of all uses of names that nothing declares.

    `defining` are the sides that define something; `told` are names of which the text says that they
    are numbers, and `called` the letters of those in sentences that speak of functions.
    """
    found, shown = set(), set()
    for name, use in uses:
        letter = use.key.name.partition("_")[0]
        if letter in _FUNCTIONS or (len(letter) > 1 and letter not in _LETTERS):
            found.add(name)
        elif letter not in _FACTORS or letter in called:
            found.add(name)
            if use.by == "below" or (use.piece in defining and not use.applied and use.by != "above"):
                shown.add(name)
    return frozenset(one for one in found - shown if one not in told)
