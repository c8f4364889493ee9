"""Prose around a display: only what is understood whole opens a case, and what is in doubt is not refuted."""

from __future__ import annotations

import pytest

from derive.api import check_text
from derive.verification.questions import displays_of, problems_of, with_verdicts

BLOCK = "```derive\nsize n\nreal x[n], y[n], A[n,n], a, b, c\n```\n\n"
EQUAL = "x_i y_j = x_i y_i"  # where i is j
TRUE = "a + a = 2a"
WRONG = "a + a = 3a"


def read(page: str, block: str = BLOCK) -> tuple[list[str], list[str]]:
    """Return the kinds of a page's displays, in their order, and its verdicts."""
    results = list(check_text(block + page, "page", ".md"))
    displays = with_verdicts(displays_of(problems_of(block + page, "page", ".md")), results)
    return [one.kind for one in displays], [one.verdict.value for one in results]


def shown(*formulas: str) -> str:
    """Return displays with nothing between."""
    return "\n\n".join(f"$$\n{one}\n$$" for one in formulas) + "\n"


OPENING = [
    "If $i=j$:",
    "For $i=j$:",
    "When $i = j$,",
    "Case $i=j$.",
    "Case 1: $i = j$",
    "**Case $i=j$:**",
    "### Case $i = j$",
    "- If $i = j$:",
    "If $i=j$ we have",
    "In the case $i=j$ we get",
    "If $i = j$, then this gives",
    "For i = j:",
    "If $i=j$, it follows that",
    "Now if $i=j$, the derivative of $x$ is",
    "如果 $i=j$\uff1a",
    "当 $i=j$ 时",
    "$i = j$ 일 때",
]


@pytest.mark.parametrize("lead", OPENING)
def test_a_sentence_that_is_understood_whole_opens_a_case(lead: str) -> None:
    assert read(f"{lead}\n\n{shown(EQUAL)}")[1] == ["proved"]
    assert read(f"{lead}\n\n{shown('x_i y_j = 2 x_i y_i')}")[1] == ["refuted"]


NOT_OPENING = [
    f"If $i=j$ {words}:"
    for words in (
        "does not hold",
        "fails",
        "is false",
        "is excluded",
        "aside",
        "is ruled out",
        "is lifted",
        "we negate",
        "(wrong!)",
        "or not",
        "and also if not",
        "were false",
        "never happens",
        "is violated",
        "is not assumed",
        "is impossible",
        "cannot occur",
        "(which we do not assume)",
        "mod 2",
        "modulo 2",
        "up to sign",
        "approximately",
        "and hence for all",
        "but also for other indices",
        "is a question of taste",
        "xyzzy",
        "✗",
        "❌",
        "?",
    )
] + [
    "For $i=j$ and all others:",
    "For $i=j$ and hence for all indices",
    "For $i=j$ see Figure 3.",
    "If $i=j$: trivial.",
    "If $i=j$ we are done.",
    "For $i=j$ use (2).",
    "When $i=j$ the code crashes.",
    "The case $i=j$ is excluded:",
    "For $i=j$ this was shown by Smith (2001).",
    "如果 $i=j$ 不成立\uff1a",
    "当 $i=j$ 以外",
    "$i = j$ 일 때가 아니면",
    "$i = j$ 가 아닌 경우",
    "Unless $i=j$:",
    "Not only if $i=j$:",
    "~~If $i=j$:~~",
    "If it is false that $i=j$:",
    "If $i=j$ or $i \\ne j$:",
    "Figure 1 shows $i = j$.",
]


@pytest.mark.parametrize("lead", NOT_OPENING)
def test_a_sentence_of_which_a_word_is_not_known_gives_no_verdict(lead: str) -> None:
    assert read(f"{lead}\n\n{shown(EQUAL)}")[1] == ["error"]


@pytest.mark.parametrize(
    "beside", [r"\quad i = j \text{ ✗}", r"\quad i = j \text{?}", r"\quad i = j \text{ (wrong)}"]
)
def test_a_case_in_the_display_with_a_sign_that_is_not_known(beside: str) -> None:
    assert read(shown(EQUAL + beside))[1] == ["error"]


DIAGONAL = shown("q_i = x_i^2", r"\frac{\partial q_i}{\partial x_i} = 2x_i")


@pytest.mark.parametrize(
    "between",
    [
        "For all $i$ and $j$, also equal ones:",
        "In general:",
        "Summary:",
        "The full Jacobian is",
        "## A new section",
        "In one formula:",
        "For every pair:",
        "More compactly,",
        "so",
        "We can unify both as",
    ],
)
def test_text_ends_what_a_diagonal_case_says_of_the_others(between: str) -> None:
    page = DIAGONAL + f"\n{between}\n\n" + shown(r"\frac{\partial q_i}{\partial x_j} = 0")
    assert "proved" not in read(page)[1][1:]
    page = DIAGONAL + f"\n{between}\n\n" + shown(r"\frac{\partial q_i}{\partial x_j} = 2 x_i \delta_{ij}")
    assert read(page)[1] == ["proved", "proved"]


@pytest.mark.parametrize("beside", [r"\quad \forall i, j", r"\quad \text{for all } i, j"])
def test_for_all_ends_what_a_diagonal_case_says(beside: str) -> None:
    page = DIAGONAL + "\n" + shown(r"\frac{\partial q_i}{\partial x_j} = 0 " + beside)
    assert "proved" not in read(page)[1][1:]


def test_other_letters_are_no_other_entries_of_the_same_row() -> None:
    page = DIAGONAL + "\n" + shown(r"\frac{\partial q_k}{\partial x_j} = 0")
    assert "proved" not in read(page)[1][1:]


@pytest.mark.parametrize(
    "display",
    [
        r"|a| + b = a + b, \quad a \in \mathbb{R}_+",
        r"x_i + x_j = 2x_j \quad i \in \{j\}",
        r"a + b = b \quad a \to 0",
        r"x_i + x_1 = 2x_1 \quad i = 1",
        r"\sum_j x_j y_j = x_1 y_1 \quad n = 1",
        r"a + b = b, \quad a = 0",
        r"a + b = b \quad (a = 0)",
        r"a + b = b \text{ with } a = 0",
        r"a + b = 2b \text{ where } a = b",
        r"x_i + x_j + x_k = 3x_i \quad i = j = k",
        r"|a| + b = a + b \tag{if $a > 0$}",
        r"|a| + b = a + b \tag{$a\ge0$}",
        r"|a| + b = a + b \tag{if a > 0}",
        r"|a| + b = a + b \text{ if a = 1}",
        r"|a| + b = a + b \text{ for a = 2}",
        r"a + b = 2b \text{ when a = b}",
        r"\sum_j x_j = x_1 \text{ for n = 1}",
        r"x_i + x_j = 2x_j \quad i \sim j",
        r"x_i + x_j = 2x_j \quad i - j = 0",
    ],
)
def test_what_stands_behind_an_equation_may_restrict_it(display: str) -> None:
    kinds, verdicts = read(shown(display))
    assert "refuted" not in verdicts
    assert "error" in verdicts
    assert "definition" not in kinds


@pytest.mark.parametrize(
    ("display", "verdicts"),
    [
        (r"a + a = 3a, \quad \text{where } q = a^2", ["refuted"]),
        (r"a + a = 3a \quad \text{and} \quad b + b = 2b", ["refuted", "proved"]),
        (r"x_i + x_i = 3x_i, \quad i = 1, \dots, n", ["refuted"]),
        (r"a + a = 3a, \quad a \in \mathbb{R}", ["refuted"]),
        (r"a + a = 3a \tag{1}", ["refuted"]),
        (r"a + a = 3a \tag{*}", ["refuted"]),
    ],
)
def test_what_is_understood_behind_an_equation_leaves_it_refutable(display: str, verdicts: list[str]) -> None:
    assert read(shown(display))[1] == verdicts


BEFORE = [
    "If $a=-b$:",
    "For $a>0$,",
    "Since $\\sum_i x_i = 1$,",
    "Let $a = b$. Then",
    "1. $a=b$:",
    "With $a \\to 0$:",
    "Assume $a=1$. Then we get",
    "Because $a \\ne 0$ here,",
    "At $a=b$:",
    "On $a \\in \\mathbb{R}_+$ we have",
    "$A$ is symmetric, so",
    "Consider the equation",
    "The normal equations are",
    "The quadratic equation",
    "A common error is",
    "It is tempting to write",
    "Bad:",
    "❌",
    "Is it true that?",
    "Students often write",
    "Wenn alles klein ist:",
    "Si tout va bien :",
    "假设一切都小。那么",
    "如果都小\uff1a",
    "만약 작으면",
    "Если всё мало:",
    "If all is small:",
    "Whether this is so:",
    "For small steps",
    "We want",
    "Ideally,",
    "Errata:",
    "Never write",
    "Let $j$ be arbitrary.",
    "Assume $b$ is fixed.",
    "Without assuming anything,",
    "Suppose we want to expand:",
    "Let me show:",
    "By assumption numbers are real:",
    "Suppose they differ.",
]


@pytest.mark.parametrize("lead", BEFORE)
def test_what_may_restrict_or_deny_a_display_leaves_it_provable_and_not_refutable(lead: str) -> None:
    assert read(f"{lead}\n\n{shown(WRONG)}") == (["refused"], ["error"])
    assert read(f"{lead}\n\n{shown(TRUE)}") == (["claim"], ["proved"])


BEHIND = [
    "where $a \\ge 0$.",
    "for $i = j$.",
    "with $a = 0$.",
    "Here $a > 0$.",
    "must hold.",
    "is the constraint.",
    "?",
    "❌",
    "(wrong)",
    "is false.",
    "since $x$ and $y$ are orthogonal.",
    "for orthogonal $x$, $y$.",
    "which is wrong.",
    "for small $a$.",
    "if all is well.",
    "This is not true.",
]


@pytest.mark.parametrize("behind", BEHIND)
def test_what_goes_on_behind_a_display(behind: str) -> None:
    assert read(f"{shown(WRONG)}\n{behind}\n") == (["refused"], ["error"])
    assert read(f"{shown(TRUE)}\n{behind}\n")[1] == ["proved"]


@pytest.mark.parametrize(
    "page", [f"~~$${WRONG}$$~~\n", f"<del>\n\n{shown(WRONG)}\n</del>\n", f"<s>so $${WRONG}$$</s>\n"]
)
def test_what_is_struck_out(page: str) -> None:
    assert read(page)[1] == ["error"]


PLAIN = [
    "",
    "So",
    "then",
    "Hence we get",
    "which gives",
    "The derivative is",
    "Therefore,",
    "By the chain rule:",
    "## Result",
    "For all $i = 1, \\dots, n$ we have",
    "With $x \\in \\mathbb{R}^n$ we get",
    "This simplifies to",
    "We now differentiate the loss with respect to the logits:",
    "The gradient of the loss is",
    "We want to compute the derivative.",
    "In matrix form, the update becomes",
]


@pytest.mark.parametrize("lead", PLAIN)
def test_plain_words_leave_a_mistake_refutable(lead: str) -> None:
    assert read(f"{lead}\n\n{shown(WRONG)}") == (["claim"], ["refuted"])


@pytest.mark.parametrize(
    "behind", ["", "where $x$ is the input.", "Next we look at $b$.", "The rest is simple.", "and so on."]
)
def test_plain_words_behind_leave_a_mistake_refutable(behind: str) -> None:
    assert read(f"{shown(WRONG)}\n{behind}\n") == (["claim"], ["refuted"])


@pytest.mark.parametrize("between", ["and", "so", "Hence we get", ""])
def test_text_that_only_connects_leaves_a_condition_standing(between: str) -> None:
    assert read(f"If $a = -b$:\n\n{shown(TRUE)}\n{between}\n\n{shown(WRONG)}")[1] == ["proved", "error"]


@pytest.mark.parametrize("lead", ["Assume that", "Suppose", "Assume:", "We assume the following:", "假设"])
def test_a_display_is_assumed_where_the_verb_governs_it(lead: str) -> None:
    assert read(f"{lead}\n\n{shown('a + b = 1')}") == (["assumption"], [])
    assert read(f"{lead}\n\n{shown('a + b = 0', WRONG)}") == (["assumption", "refused"], ["error"])


NOT_READ = [
    "\\\\[ a + a = 3a \\\\]\n",
    "```{math}\na + a = 3a\n```\n",
    ":::{math}\na + a = 3a\n:::\n",
    ".. math::\n\n   a + a = 3a\n\ntext\n",
    '<script type="math/tex; mode=display">a + a = 3a</script>\n',
    "\\begin{numcases}{|a| + 0 =} a & if $a > 0$ \\\\ a & otherwise \\end{numcases}\n",
    "\\begin{xalignat}{1} a + a &= 3a \\end{xalignat}\n",
    "<math><mi>a</mi></math>\n",
    *(
        f"\\begin{{{one}}} a + a = 3a \\end{{{one}}}\n"
        for one in "aligned split gathered cases array matrix".split()
    ),
    *(f"```{one}\na + a = 3a\n```\n" for one in "Math latex tex TeX".split()),
]


@pytest.mark.parametrize("page", NOT_READ)
def test_other_ways_to_set_a_display_are_listed_as_refused(page: str) -> None:
    assert read(shown(TRUE) + "\n" + page) == (["claim", "refused"], ["proved", "error"])
    assert read(page) == (["refused"], ["error"])


@pytest.mark.parametrize("page", ["`$$ a + a = 3a $$`\n", "a $\\begin{matrix} a \\end{matrix}$ b\n"])
def test_what_is_no_display(page: str) -> None:
    assert read(shown(TRUE) + "\n" + page) == (["claim"], ["proved"])


@pytest.mark.parametrize(
    "mark",
    [
        "`<!-- derive: skip -->`",
        "```html\n<!-- derive: skip -->\n```",
        "<pre><!-- derive: skip --></pre>",
        "% derive: skip",
        "<code><!-- derive: begin skip --></code>",
    ],
)
def test_a_mark_that_is_shown_marks_nothing(mark: str) -> None:
    assert read(f"{mark}\n\n{shown(WRONG)}")[0] == ["claim"]
    assert read(f"<!-- derive: skip -->\n\n{shown(WRONG)}")[0] == ["skipped"]


def test_a_comment_inside_of_a_display_marks_nothing() -> None:
    assert read("$$ a + a = 3a % derive: skip\n$$\n")[0] == ["claim"]


def test_what_stands_behind_an_equation_is_no_silent_definition() -> None:
    assert "refuted" not in read(shown(r"x_i + x_j = 2x_j \quad \delta_{ij} = 1"))[1]
    assert read(shown(r"a + b = b, \; a^2 = 0"))[1] == ["error", "error"]


LET = [
    ("Let $x > 0$ and $f = x^2$. Then", "refuted"),  # all that it introduces is read
    ("Let $x$ be small and $f = x^2$. Then", "error"),
    ("Let $x \\ll 1$ and $f = x^2$. Then", "error"),
    ("Suppose that $x > 0$ and $f = x^2$. Then", "error"),
]


@pytest.mark.parametrize(("text", "verdict"), LET)
def test_what_a_text_introduces_and_is_read_stands_against_nothing(text: str, verdict: str) -> None:
    found = check_text(f"{text}\n\n$$ \\frac{{df}}{{dx}} = 3x $$\n", "page", ".md")
    assert [str(one.verdict) for one in found] == [verdict]
