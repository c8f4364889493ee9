"""Claims as text for the tests of the kernel, and what it makes of them."""

from __future__ import annotations

from derive.kernel.prover import Residual, Theorem, prove
from derive.reading.text import read
from derive.terms import Context, Equation


def equations(text: str) -> list[tuple[Equation, Context]]:
    """Return every link of every claim of a text, with its context."""
    found = []
    for problem in read(text):
        assert not problem.failures, problem.failures
        found += [(link, claim.context) for claim in problem.claims for link in claim.equations]
    assert found
    return found


def asked(text: str) -> list[Theorem | Residual]:
    """Return what the kernel says of each."""
    return [prove(equation, context) for equation, context in equations(text)]


def proved(text: str) -> bool:
    """Return whether the kernel proves every claim of a text."""
    return all(isinstance(proof, Theorem) for proof in asked(text))


def refused(text: str) -> bool:
    """Return whether the kernel proves none of the claims of a text."""
    return not any(isinstance(proof, Theorem) for proof in asked(text))
