"""Documents: what is defined, claimed, under which case, at which line; and verdicts on small pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.api import check_file, check_text
from derive.problem.problems import DerivationClaim, Failure, Problem, Redefinition
from derive.reading.documents import read_document
from derive.report.results import Result, Verdict
from derive.writing.listing import group_lines

BLOCK = "```derive\nsize n\nreal s[n]\nsimplex c[n]\nlabel t: n\n```\n"
SOFTMAX = "$$ p_i = \\frac{e^{s_i}}{\\sum_k e^{s_k}} $$\n"  # line 7 behind the block
PROVED, REFUTED, ERROR = Verdict.PROVED, Verdict.REFUTED, Verdict.ERROR


def only(page: str, tex: bool = False) -> Problem:
    (problem,) = read_document(page, "page", tex)
    return problem


def chains(problem: Problem) -> list[str]:
    assert not problem.failures, problem.failures
    return [
        " = ".join(str(side.term) for side in one.sides)
        + (f" when {', '.join(map(str, one.when))}" if one.when else "")
        for one in problem.claims
    ]


def verdicts(page: str, document: str = ".md") -> list[tuple[int | None, Verdict]]:
    return [(one.line, one.verdict) for one in check_text(page, "page", document)]


# ---- definitions


def test_a_name_first_met_alone_is_defined() -> None:
    problem = only(BLOCK + SOFTMAX + "$$ E = -\\sum_j c_j \\log p_j $$\n")
    assert not problem.items
    assert [str(one.body) for one in problem.context.definitions.values()] == [
        "exp(s[i])/sum(exp(s[k]), k)",
        "-sum(c[j]*log(p[j]), j)",
    ]


def test_a_definition_that_goes_on_claims_the_rest() -> None:
    page = BLOCK + "$$ q_i = \\text{softmax}(s)_i = \\frac{e^{s_i}}{\\sum_j e^{s_j}} $$\n"
    assert chains(only(page)) == ["exp(s[i])/sum(exp(s[k]), k) = exp(s[i])/sum(exp(s[j]), j)"]


def test_a_definition_may_stand_below_its_use() -> None:
    page = BLOCK + "$$ E = -\\sum_j c_j \\log p_j $$\nwhere\n" + SOFTMAX
    assert list(only(page).context.definitions) == ["p", "E"]


def test_a_definition_of_whole_arrays() -> None:
    problem = only(BLOCK + "$$ \\mathbf{p} = \\text{softmax}(\\mathbf{s}) $$\n")
    (found,) = problem.context.definitions.values()
    assert len(found.parameters) == 1


def test_a_word_and_what_it_depends_on() -> None:
    problem = only(BLOCK + "$$ loss(s) = \\sum_j s_j^2 $$\n$$ Q(s, c) = \\sum_j c_j s_j $$\n")
    assert list(problem.context.definitions) == ["Q"]
    assert [one.position.line for one in problem.failures] == [7]


def test_the_same_definition_again_is_no_news() -> None:
    again = "$$ p_j = \\frac{e^{s_j}}{\\sum_l e^{s_l}} $$\n"
    assert not only(BLOCK + SOFTMAX + again).items


def test_another_definition_is_told_and_then_neither_is_in_force() -> None:
    page = (
        BLOCK
        + "$$ L = \\sum_j s_j $$\n$$ L = \\sum_j s_j^2 $$\n$$ \\frac{\\partial L}{\\partial s_i} = 2 s_i $$\n"
    )
    problem = only(page)
    assert [type(one) for one in problem.items] == [Redefinition, DerivationClaim]
    assert verdicts(page) == [(8, ERROR), (9, ERROR)]


def test_a_definition_written_differently_and_equal_is_proved() -> None:
    page = BLOCK + "$$ L = \\sum_j 2 s_j $$\n$$ L = 2 \\sum_j s_j $$\n"
    assert verdicts(page) == [(8, PROVED)]


def test_what_cannot_be_read_is_not_known_below() -> None:
    page = BLOCK + "$$ L = \\mystery s_i $$\n$$ \\frac{\\partial L}{\\partial s_i} = 1 $$\n"
    first, *rest = only(page).failures
    assert "\\mystery" in first.error.message
    assert (first.position.line, first.position.column) == (7, 8)
    assert "line 7 could not be read" in rest[0].error.message


def test_a_free_name_is_not_defined_on_the_page() -> None:
    (one,) = check_text(BLOCK + "$$ s_i = 1 $$\n", "page", ".md")
    assert one.verdict is ERROR
    assert "declared as free" in str(one.message)


def test_what_a_page_says_of_a_free_name_is_judged_where_it_can_only_be_a_claim() -> None:
    for display, verdicts in (
        ("s_i = \\log e^{s_i}", [PROVED]),
        ("c_i = 2c_i - c_i = c_i^1", [PROVED, PROVED]),
        ("s_i = 2s_i - s_i = s_i + 1", [PROVED, REFUTED]),
        ("s_i = s_i + 1", [ERROR]),
    ):
        results = check_text(BLOCK + f"$$ {display} $$\n", "page", ".md")
        assert [one.verdict for one in results] == verdicts, display


# ---- chains


def test_rows_and_displays_that_begin_with_equals_go_on() -> None:
    page = BLOCK + (
        "\\begin{align}\n  s_i + s_i &= 2 s_i \\label{a} \\\\\n  &= s_i \\cdot 2 \\nonumber\n\\end{align}\n"
        "and so\n$$ = 4 s_i / 2. $$\n"
    )
    problem = only(page)
    (chain,) = problem.claims
    assert isinstance(chain, DerivationClaim)
    assert [side.position.line for side in chain.lines] == [8, 8, 9, 12]
    assert [side.position.column for side in chain.lines] == [3, 16, 6, 6]
    assert chain.lines[3].text == "4 s_i / 2"


def test_a_line_that_cannot_be_read_ends_what_is_judged_of_its_chain() -> None:
    page = BLOCK + "$$ 2 s_i = s_i + s_i $$\n$$ = \\odd $$\n$$ = s_i $$\n"
    problem = only(page)
    assert [one.position.line for one in problem.failures] == [8]
    (chain,) = problem.claims
    assert [str(side.term) for side in chain.sides] == ["2*s[i]", "s[i] + s[i]"]


SPLIT = [
    (r"x + u &= u \\ &\quad + x", ["x + u = u + x"]),
    (r"x + u &= u \\ &{}+ x \\ &= x + u", ["x + u = u + x = x + u"]),
    (r"x u ={}& u \\ &\cdot x", ["x*u = u*x"]),
    (r"2x &= x + \\ & x", ["2*x = x + x"]),
    (r"2x &= \\ & x + x", ["2*x = x + x"]),
    (r"& x - u \\ &= -u \\ & - x \\ &= x", ["x - u = -u - x = x"]),
    (r"& x \\ & + u \\ &= u + x \notag \\ & x u \\ &= u x", ["x + u = u + x", "x*u = u*x"]),
    # a minus before what stands left of the & begins an equation of its own
    (r"x u &= u x \\ -x &= x - 2x", ["x*u = u*x", "-x = x - 2*x"]),
    (r"x u &= u \\ & - x = -x", ["x*u = u - x = -x"]),
    (r"x u = u x \\ \text{and} \\ x = x", ["x*u = u*x", "x = x"]),
]


@pytest.mark.parametrize(("display", "expected"), SPLIT)
def test_a_formula_goes_on_in_the_next_row(display: str, expected: list[str]) -> None:
    problem = only("```derive\nreal x, u\n```\n$$\n" + display.replace(" \\\\ ", " \\\\\n") + "\n$$\n")
    assert [" = ".join(str(side.term) for side in one.sides) for one in problem.claims] == expected


@pytest.mark.parametrize("display", [r"x u &= u \\ & x", r"x &= x \quad i = j \\ & + u", r"x &= x, \\ & + u"])
def test_a_row_that_may_go_on_is_refused_with_the_row_before(display: str) -> None:
    problem = only("```derive\nsize n\nreal x, u, s[n]\n```\n$$\n" + display + "\n$$\n")
    assert not problem.claims
    (failed,) = problem.failures
    assert "does this go on with the row before" in failed.error.message


def test_a_letter_left_out_that_no_other_side_has_may_be_bound_too() -> None:
    page = "```derive\nsize n\nreal s[n]\n```\n"
    problem = only(page + r"$$ \sum_{i \neq j} s_i s_j = (\sum_i s_i)^2 - \sum_i s_i^2 $$" + "\n")
    assert not problem.claims
    assert "is it summed up" in problem.failures[0].error.message
    assert chains(only(page + r"$$ \sum_{i \neq j} s_i = \sum_i s_i - s_j $$" + "\n"))


def test_two_equations_in_one_display() -> None:
    page = BLOCK + "$$ L = \\sum_j s_j^2, \\quad \\nabla_s L = 2 s $$\n"
    assert chains(only(page)) == ["D(L, s[i]) = 2*s[i]"]


def test_an_expression_alone_claims_nothing() -> None:
    assert not only(BLOCK + "$$ \\sum_j s_j $$\n").items


def test_an_index_summed_up_in_silence_is_refused() -> None:
    (failure,) = only(BLOCK + "$$ \\frac{\\partial s_i}{\\partial s_j} = c_k c_k \\delta_{ij} $$\n").failures
    assert "summed up" in failure.error.message


# ---- cases

DIAGONAL = "\\frac{\\partial p_i}{\\partial s_j} = p_i (1 - p_j)"


@pytest.mark.parametrize(
    "shown",
    [
        f"$$ {DIAGONAL}, \\quad i = j $$",
        f"$$ \\text{{If }} i = j, {DIAGONAL} $$",
        f"$$ {{\\rm if}} i=j, {DIAGONAL} $$",
        f"$$ {DIAGONAL} \\qquad \\text{{for $i = j$}} $$",
        f"If $i = j$, the quotient rule gives\n\n$$ {DIAGONAL} $$",
        f"当 $i = j$ 时,\n$$ {DIAGONAL} $$",
        f"$i = j$ 일 때,\n\n$$ {DIAGONAL} $$",
        f"$$ {DIAGONAL} \\qquad \\text{{当 $i = j$ 时}} $$",
        f"$$ {DIAGONAL}, \\quad \\text{{若}}\\ i = j $$",
        f"当i = j时\n\n$$ {DIAGONAL} $$",
        f"#### Case i = j\n$$ {DIAGONAL} $$",
        f"\\begin{{align}} \\intertext{{if $i = j$:}} \\\\ {DIAGONAL} \\end{{align}}",
    ],
)
def test_cases(shown: str) -> None:
    assert chains(only(BLOCK + SOFTMAX + shown + "\n")) == ["D(p[i], s[j]) = p[i]*(1 - p[j]) when i = j"]


TURNED = [
    "This holds not only for $i = j$:",
    "We no longer ask whether $i = j$:",
    "Unless $i = j$:",
    "Except when $i = j$:",
    "If $i = j$ or not:",
    "For $i = j$ as well as elsewhere:",
    "When $i = j$ fails:",
    "The case $i = j$ is nothing special and does not matter:",
]


@pytest.mark.parametrize("sentence", TURNED)
def test_a_sentence_that_may_turn_its_case_around_is_refused(sentence: str) -> None:
    problem = only(
        BLOCK + SOFTMAX + f"\n{sentence}\n\n$$ {DIAGONAL} $$\n\nBut\n\n$$ s_i + s_j = s_j + s_i $$\n"
    )
    assert [one.error.message for one in problem.failures] == [
        "is i = j meant here? Write the case beside the line"
    ]
    assert [str(one.sides[0].term) for one in problem.claims] == ["s[i] + s[j]"]


def test_otherwise_before_a_display_is_no_case_and_not_everything() -> None:
    other = "\\frac{\\partial p_i}{\\partial s_j} = -p_i p_j"
    problem = only(BLOCK + SOFTMAX + f"\nIf $i = j$:\n\n$$ {DIAGONAL} $$\n\nOtherwise:\n\n$$ {other} $$\n")
    assert [one.when[0].equal for one in problem.claims] == [True]
    assert "is i = j meant here" in problem.failures[0].error.message


@pytest.mark.parametrize(
    ("words", "count"), [("\\text{and so}", 2), ("\\text{In general:}", 1), ("\\text{Otherwise:}", 1)]
)
def test_words_between_rows_may_end_a_case(words: str, count: int) -> None:
    rows = f"\\text{{If }} i = j: \\\\ {DIAGONAL} \\\\ {words} \\\\ {DIAGONAL} \\\\ s_i = s_i + s_j - s_j"
    problem = only(BLOCK + SOFTMAX + f"$$ {rows} $$\n".replace("s_i = s_i", "s_i + 0 = s_i"))
    about = [one for one in problem.claims if "D(" in str(one.sides[0].term)]
    assert [str(one.when[0]) for one in about] == ["i = j"] * count


def test_a_verdict_in_a_case_says_so() -> None:
    page = BLOCK + SOFTMAX + f"$$ {DIAGONAL}, \\quad i = j $$\n"
    (result,) = check_text(page, "page", ".md")
    assert result.claim is not None
    assert result.claim.endswith("when i = j")
    lines = ["".join(text for text, _ in line) for line in group_lines([result])]
    assert lines[-1].endswith("when i = j, for all n >= 1")


def test_a_case_holds_for_its_chain_only() -> None:
    page = BLOCK + SOFTMAX + f"$$ {DIAGONAL}, \\quad i = j $$\n$$ s_i + s_j = s_j + s_i $$\n"
    assert chains(only(page))[1] == "s[i] + s[j] = s[j] + s[i]"


def test_cases_beside_the_rows_of_one_chain() -> None:
    page = (
        BLOCK
        + SOFTMAX
        + (
            "\\begin{align}\n\\frac{\\partial p_i}{\\partial s_j} &= p_i (1 - p_i) & \\text{if } i = j \\\\\n"
            "&= -p_i p_j & \\text{if } i \\neq j\n\\end{align}\n"
        )
    )
    assert chains(only(page)) == [
        "D(p[i], s[j]) = p[i]*(1 - p[i]) when i = j",
        "D(p[i], s[j]) = -p[i]*p[j] when i != j",
    ]


def test_beside_the_diagonal_case_other_letters_differ() -> None:
    page = (
        BLOCK
        + SOFTMAX
        + (
            "$$ \\frac{\\partial p_k}{\\partial s_k} = p_k (1 - p_k) $$\n"
            "$$ \\frac{\\partial p_k}{\\partial s_l} = -p_k p_l $$\n"
        )
    )
    assert chains(only(page))[1].endswith("when k != l")
    assert verdicts(page) == [(8, PROVED), (9, PROVED)]


# ---- names


def test_spellings() -> None:
    page = (
        "```derive\nsize n, d\nsize K = n\nreal ga, dx[n], q[n], z[n], V[n,d]\nlabel t: n\n"
        "read ga as \\gamma\nread dx as d\\hat{x}\nread q as q_t\nread t as y_i\nread z[k] as \\zeta(h_k)\n```\n"
        "$$ \\gamma d\\hat{x}_i + q_{t_i} = \\sum_{k=1}^K \\delta_{ik} \\zeta(h_k) + q_{t,y_i} $$\n"
    )
    assert chains(only(page)) == ["ga*dx[i] + q[i] = sum(delta(i,k)*z[k], k) + q[t]"]


@pytest.mark.parametrize("line", ["read", "read ga", "read nothing as x", "read ga as \\frac{"])
def test_a_bad_spelling_is_told(line: str) -> None:
    (failure,) = only(f"```derive\nreal ga\n{line}\n```\n$$ 1 = 1 $$\n").failures
    assert failure.position.line == 3


def test_two_fonts_for_one_name_are_refused() -> None:
    page = BLOCK + "$$ \\mathcal{L} = \\sum_j s_j $$\n$$ L + 1 = 1 + L $$\n"
    assert any("elsewhere" in one.error.message for one in only(page).failures)


def test_names_are_inferred_from_use() -> None:
    page = "$$ E = \\sum_{k=1}^K w_k x_k $$\n$$ \\frac{\\partial E}{\\partial x_i} = w_i $$\n"
    problem = only(page)
    assert list(problem.context.sizes) == ["K"]
    assert sorted(problem.context.variables) == ["w", "x"]
    assert verdicts(page) == [(2, PROVED)]


def test_a_subscript_that_nothing_on_the_right_has_is_part_of_the_name() -> None:
    page = "```derive\nsize n, d\nreal W[n,d], h[d]\nread h as h_t\nlabel y: n\n```\n" + (
        "$$ o_t = W h_t $$\n$$ \\hat{y}_t = \\text{softmax}(o_t) $$\n$$ L_t = -\\log \\hat{y}_{t,y} $$\n"
        "$$ \\frac{\\partial L_t}{\\partial o_{t,i}} = \\hat{y}_{t,i} - 1_{i=y} $$\n"
    )
    assert list(only(page).context.definitions) == ["o_t", "y_hat_t", "L_t"]
    assert verdicts(page) == [(10, PROVED)]


TWO_SIZES = (
    "```derive\nsize n, d\nreal s[n], c[n], h[d]\n```\n$$ q_i = \\sum_j s_j $$\n"  # the last is line 5
)


def test_a_subscript_that_is_summed_over_is_no_part_of_a_name() -> None:
    first, *_ = only(TWO_SIZES + "$$ L = \\sum_i (q_i - c_i)^2 $$\n").failures
    assert first.position.line == 5
    assert "over which size i runs" in first.error.message


def test_what_a_name_with_its_subscript_is_says_nothing_about_other_subscripts() -> None:
    (failure,) = only(TWO_SIZES + "$$ L = \\sum_k (q_k - c_k)^2 $$\n").failures
    assert "unknown name q" in failure.error.message


def test_a_number_with_an_index_does_not_make_a_product_of_arrays_one() -> None:
    (failure,) = only(BLOCK + "$$ 2 s_i = s c $$\n").failures
    assert "entry by entry" in failure.error.message


def test_a_definition_of_which_a_side_cannot_be_read_is_none() -> None:
    page = BLOCK + "$$ q_i = \\text{mystery}(s) = \\frac{e^{s_i}}{\\sum_j e^{s_j}} $$\n"
    assert "q" not in only(page).context.definitions


def test_what_is_defined_nowhere_and_differentiated_is_not_free() -> None:
    derivative = "\\frac{\\partial y_i}{\\partial x_i}"
    page = f"$$ {derivative} = \\frac{{e^{{x_i}}}}{{\\sum_k e^{{x_k}}}} = y_i (1 - y_i) $$\n"
    assert ERROR in {one for _, one in verdicts(page)}
    assert REFUTED not in {one for _, one in verdicts(page)}


def test_the_letter_that_is_free_on_other_sides_is_not_summed_over() -> None:
    page = BLOCK + "$$ s_i \\sum_j c_j = s_i c_i + s_i \\sum_{i \\neq j} c_j $$\n"
    assert chains(only(page)) == ["s[i]*sum(c[j], j) = s[i]*c[i] + s[i]*sum(c[j], j != i)"]


def test_indices_in_brackets() -> None:
    page = "```derive\nsize n\nreal s[n], x[n]\n```\n" + (
        "$$ p(i) = \\frac{e^{s_i}}{\\sum_k e^{s_k}} $$\n$$ q(s)_j = p(j)^2 $$\n$$ a^{(i)} = x^{(i)} q_i $$\n"
        "$$ \\frac{\\partial a^{(i)}}{\\partial x^{(i)}} = p(i) p(i) $$\n"
    )
    assert list(only(page).context.definitions) == ["p", "q", "a"]
    assert verdicts(page) == [(8, PROVED)]


def test_a_loss_of_whole_arrays_that_is_differentiated_is_a_number() -> None:
    block = "```derive\nsize n\nreal y[n], a[n] in (0, 1)\n```\n"
    loss = "$$ C = -y \\log a - (1-y) \\log(1-a) $$\n"
    page = (
        block
        + loss
        + "$$ \\nabla_a C = \\frac{a - y}{a \\odot (1 - a)} $$\n$$ \\nabla_a C = \\frac{y}{a} $$\n"
    )
    assert verdicts(page) == [(6, PROVED), (7, REFUTED)]
    assert verdicts(block + loss) == [(5, ERROR)]


def test_a_layer_in_matrices() -> None:
    page = (
        "```derive\nsize K, d\nreal W[K,d], x[d], b[K]\nonehot y[K]\n```\n"
        "$$ z = W x + b, \\qquad \\hat{y} = \\mathrm{softmax}(z) $$\n$$ L = -y^\\top \\log \\hat{y} $$\n"
        "$$ \\frac{\\partial L}{\\partial W} = (\\hat{y} - y) x^\\top $$\n"
        "$$ \\frac{\\partial L}{\\partial x} = W^\\top (\\hat{y} - y) $$\n"
        "$$ \\frac{\\partial L}{\\partial b} = y - \\hat{y} $$\n"
    )
    assert verdicts(page) == [(8, PROVED), (9, PROVED), (10, REFUTED)]


def test_a_case_before_a_definition_without_its_letters() -> None:
    page = BLOCK + SOFTMAX + "If $i \\neq j$:\n$$ s_i + s_j = s_j + s_i $$\n$$ L = \\sum_j s_j $$\n"
    assert list(only(page).context.definitions) == ["p", "L"]


def test_a_derivative_of_what_nothing_defines_is_refused() -> None:
    page = BLOCK + "$$ L = -\\sum_k c_k \\log p_k $$\n$$ \\frac{\\partial L}{\\partial s_i} = p_i - c_i $$\n"
    assert [one.verdict for one in check_text(page, "page", ".md")] == [ERROR]


# ---- where mathematics stands


def test_mathematics_in_code_is_no_claim() -> None:
    page = BLOCK + "`$$ 1 = 2 $$`\n\n```text\n$$ 1 = 2 $$\n```\n\n```math\ns_i = s_i + 1 - 1\n```\n"
    (one,) = only(page).claims
    assert one.position.line == 14


def test_tex() -> None:
    page = (
        "\\documentclass{article}\n% derive: size n\n\\newcommand{\\x}{$$ 1 = 2 $$}\n\\begin{document}\n"
        "% derive: real s[n]\n% $$ 1 = 2 $$\n\\begin{verbatim}\n$$ 1 = 2 $$\n\\end{verbatim}\n"
        "\\begin{equation}\\label{one}\n  \\frac{\\partial}{\\partial s_i}\\Bigl(s_j^2\\Bigr) = 2 s_j \\delta_{ij}.\n"
        "\\end{equation}\n\\[ s_i = s_i + 1 \\] % so\n\\[ s_i + s_i = 3 s_i \\]\n"
        "% derive: claim s[i] + s[i] = 2*s[i]\n\\end{document}\n"
    )
    assert verdicts(page, ".tex") == [
        (11, PROVED),
        (13, ERROR),
        (14, REFUTED),
        (15, PROVED),
    ]


def test_blocks_and_displays_in_their_order() -> None:
    page = "$$ 1 + 1 = 2 $$\n```derive\nclaim 1 = 1\n```\n$$ 2 = 1 + 1 $$\n"
    assert verdicts(page) == [(1, PROVED), (3, PROVED), (5, PROVED)]


def test_a_problem_of_its_own() -> None:
    page = "```derive\nproblem: one\nreal x\n```\n$$ x = x + 0 $$\n```derive\nproblem: two\n```\n$$ x^2 + 1 = 1 $$\n"
    one, two = read_document(page, "page", tex=False)
    assert (one.title, two.title) == ("one", "two")
    assert "x" in one.context.variables
    assert "x" not in two.context.variables
    assert isinstance(two.items[0], Failure)


# ---- whole pages

WRONG = (
    BLOCK
    + SOFTMAX
    + r"""
The loss is $E$:

$$ E = -\sum_j c_j \log p_j $$

By the chain rule,

\begin{align*}
  \frac{\partial E}{\partial s_i}
    &= \sum_j \frac{\partial E}{\partial p_j} \frac{\partial p_j}{\partial s_i} \\
    &= -\sum_j \frac{c_j}{p_j} p_j (\delta_{ij} - p_i) \\
    &= -c_i - p_i \sum_j c_j \\
    &= p_i - c_i.
\end{align*}
"""
)


def test_the_first_wrong_line_is_named() -> None:
    results = list(check_text(WRONG, "page", ".md"))
    assert [(one.line, one.follows, one.true) for one in results] == [
        (17, PROVED, PROVED),
        (18, PROVED, PROVED),
        (19, REFUTED, REFUTED),
        (20, REFUTED, PROVED),
    ]


def test_a_file_is_read_by_its_ending(tmp_path: Path) -> None:
    results: list[Result] = []
    for name, page in {"a.md": SOFTMAX + "$$ \\sum_i p_i = 1 $$\n", "b.tex": "\\[ 1 + 1 = 3 \\]\n"}.items():
        (tmp_path / name).write_text(page, encoding="utf-8")
        results += check_file(str(tmp_path / name))
    assert [one.verdict for one in results] == [PROVED, REFUTED]
