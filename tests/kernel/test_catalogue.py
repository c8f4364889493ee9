"""The kernel alone on the catalogue: every true claim is a theorem, and none of them with a part changed is."""

from __future__ import annotations

import pytest

from derive import catalogue
from derive.kernel.prover import Theorem, prove
from derive.reading.text import read
from tests.catalogue.mutants import mutants


@pytest.mark.long
@pytest.mark.parametrize("name", catalogue.names())
def test_an_entry(name: str) -> None:
    count = 0
    for problem in read(catalogue.load(name).problem, name):
        for claim in problem.claims:
            for equation in claim.equations:
                count += 1
                proved = isinstance(prove(equation, claim.context), Theorem)
                assert proved == (claim.expect is None), claim.text
                *_, (slip, wrong) = mutants(claim, equation)
                if claim.expect is None:
                    assert not isinstance(prove(wrong, claim.context), Theorem), (claim.text, slip)
    assert count
