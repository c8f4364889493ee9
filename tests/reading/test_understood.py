"""A page as it was understood: displays as read, what was inferred, the block that says so, the line that helps."""

from __future__ import annotations

import pytest

from derive.reading.understood import understood
from derive.verification.questions import problems_of

SOFTMAX = "$$ p_i = \\frac{e^{s_i}}{\\sum_k e^{s_k}} $$\n\n"
SLOPE = "$$ \\frac{\\partial p_i}{\\partial s_i} = p_i (1 - p_i) $$\n"
PAGE = SOFTMAX + SLOPE


def test_displays_stand_with_what_they_were_read_as() -> None:
    page = understood(PAGE, "page.md", tex=False)
    assert [(one.kind, one.read) for one in page.displays] == [
        ("definition", ("let p[i] = exp(s[i])/sum(exp(s[k]), k)",)),
        ("claim", ("D(p[i], s[i]) = p[i]*(1 - p[i])",)),
    ]
    assert page.inferred == ("size n", "real s[n]")
    assert page.help == ""


@pytest.mark.parametrize("tex", [False, True])
def test_a_page_is_read_the_same_with_its_block(tex: bool) -> None:
    text = PAGE.replace("$$ ", "\\[").replace(" $$", "\\]") if tex else PAGE
    page = understood(text, "page", tex)
    assert page.block == (
        "% derive: size n\n% derive: real s[n]\n" if tex else "```derive\nsize n\nreal s[n]\n```\n\n"
    )
    again = understood(page.block + text, "page", tex)
    assert [one.read for one in again.displays] == [one.read for one in page.displays]
    assert not again.inferred
    assert not again.block


def test_no_block_is_written_that_changes_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "derive.reading.understood._block", lambda *_: "```derive\nsize n\nreal p[n], s[n]\n```\n\n"
    )
    assert understood(PAGE, "page.md", tex=False).block == ""


def test_what_is_declared_is_not_inferred() -> None:
    page = understood("```derive\nsize n\nreal s[n]\n```\n\n" + PAGE, "page.md", tex=False)
    assert page.inferred == ()
    assert page.block == ""


def test_the_line_that_helps_most_is_told() -> None:
    page = understood(PAGE + "\n$$ \\foo x = 2 $$\n\n$$ \\foo y = 2 $$\n", "page.md", tex=False)
    assert page.help == "2 refused, the first of them for this: unknown command \\foo"


def test_every_display_is_told_in_the_order_of_the_page() -> None:
    text = PAGE + "\n<!-- derive: skip -->\n\n$$ x = 2x $$\n\n$$ \\mathbb{E}[x] = 0 $$\n"
    page = understood(text, "page.md", tex=False)
    told = [one for problem in problems_of(text, "page.md", ".md") for one in problem.displays]
    assert [one.position.line for one in page.displays] == [1, 3, 7, 9]
    assert [(one.kind, one.text) for one in page.displays] == [(one.kind, one.text) for one in told]
    assert page.displays[2].kind == "skipped"
