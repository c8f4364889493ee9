"""The LaTeX of every catalogue entry is the one that was looked at; `python -m tests.tex.golden` writes it anew."""

from __future__ import annotations

import pytest

from derive import catalogue
from tests.tex.golden import GOLDEN, fragment, path


@pytest.mark.parametrize("name", catalogue.names())
def test_an_entry_is_written_as_before(name: str) -> None:
    assert fragment(name) == path(name).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {one.stem for one in GOLDEN.glob("*.tex")} == set(catalogue.names())
