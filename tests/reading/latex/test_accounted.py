"""Every sign of a display is accounted for: each is one kind of thing, and what was not read gets no verdict."""

from __future__ import annotations

import random
import re

import pytest

from derive.api import check_text
from derive.report.results import Report, Result, Verdict
from derive.verification.questions import displays_of, problems_of, with_verdicts

BLOCK = (
    "```derive\nsize n\nreal z, x, y, a, c\npositive t\nreal s[n], q[n], A[n,n], W[n,n]\nread w as W_{oi}\n"
    "read v as x'\n```\n"
).replace("read w", "real w, v\nread w")


LINE = BLOCK.count("\n") + 1


def read(page: str, document: str = ".md", block: str = BLOCK) -> tuple[list[str], list[Result]]:
    """Return the kinds of a page's displays, in their order, and its results."""
    results = list(check_text(block + page, "page", document))
    displays = displays_of(problems_of(block + page, "page", document))
    return [one.kind for one in with_verdicts(displays, results)], results


def proved(results: list[Result]) -> int:
    return sum(one.verdict is Verdict.PROVED for one in results)


REFUSED = [
    # what stands before a comma, between equations, inside of brackets, boxes and tables
    "1,000 z = 0", "2,5 z = 5 z", "2{,}5 z = 5 z", "x, z + z = 2 z", "z + z = 2z, x", r"z + z = 2z \quad x",
    r"z + z = 2z; \; x", r"\boxed{z = z + 0}",
    r"\boxed{z = z + 1}", r"\begin{array}{c} z = z + 1 \end{array}",
    r"\left\{\begin{aligned} z &= z+1 \\ x &= x\end{aligned}\right.", r"\underset{a}{z + 0 = z}", "(z + 0 = z)",
    "[z + 0 = z]", "{z + 0 = z}", r"\begin{matrix} z + 0 = z \end{matrix}", r"\textcolor{red}{z + 0 = z}",
    "z + 0 {=} z",
    r"z + 0 \mathrel{=} z", r"\underbrace{z + z}_{= 3z} = 2z", r"\overset{a}{z} = z + 0",
    r"s^\top q^\top = \sum_i s_i q_i",
    # matrices, derivatives, functions without brackets
    r"A^{-1}_{ij} = 1/A_{ij}", "A^2_{ij} = A_{ij}^2", r"A_{ij}^{-1} = \frac{1}{A_{ij}}",
    r"\frac{d}{dz}(z+1)(z+2) = z+2", r"\frac{d}{dz}(z+1) \cdot (z+2) = z+2", r"\frac{d}{dz}(z+1) z = z",
    r"x \nabla_z \log z z = x", r"x \nabla \log z x = x", r"\frac{\partial}{\partial z} \log z z = 1",
    r"\nabla_z (z^2) z = 2 z^2",
    # words and tables that do not end as they begin
    r"z + x = x + z \text{ if }", r"\begin{cases} z & z > x \\ x & \text{otherwise} \end{xcases} = \max(z, x)",
    r"\begin{cases} z & z > \text{ if } x \\ x & \text{otherwise} \end{cases} = \max(z, x)", "z + 01 = 1 + z",
    # what is not declared, or not contained
    r"\pi = 3", "e = 3", r"a\frac{\partial c}{\partial b_i} = 2a\frac{\partial c}{\partial b_i}",
    r"\frac{\partial c}{\partial s_i} = 0", r"a \frac{\partial c}{\partial z} = 2 a \frac{\partial c}{\partial z}",
    r"\sum_i W_{oi} s_i = w \sum_i s_i", "x + 0 = v'",
    # definitions where none can be, and negations
    "z + z = E := F", "z := 2", "z + z := 2z", r"z + 0 \equiv z", r"z + z \overset{!}{=} 1",
    r"z + z \stackrel{?}{=} 2z",
    r"z + z \overset{\text{if } x = 0}{=} 2z", r"\text{not } z + 0 = z", r"\text{not} (z) = z + 0", r"\neg z + z = 0",
    r"\neg (z = z)", r"z \neq z", r"z \not= z", r"z \ne z", "z != z", r"\text{It is false that } z + 0 = z",
    r"z + 0 = z \text{ or } x = 1", r"z + 0 = z \text{ unless } x = 1", r"z + 0 = z \text{ if } x > 0",
    r"z + 0 = z \text{ 不成立}", r"\text{where } z + z = 2", r"\text{Let } z = 0", r"\text{If } z = 0: z + z = 0",
    r"z + z = 2z \implies z = 2", r"z + 1 = 2 \Rightarrow z + 0 = 1", r"z + z = 2z \iff x + x = 2x",
    # relations that are no equality
    # scripts, bars, signs without a meaning
    r"z \pm 1 = z + 1", "z | x = z x", "n! = n", "z! = z", "z' + z = 2z", r"z^\prime + z = 2z", "z^* + z = 2z",
    "z^{(2)} + z = z + z^2", r"z^\dagger + 0 = z", "z^T + z = 2z", r"z^\top + z = 2z", "A_{12} + 0 = A_{12}",
    r"\sum_{i=1}^{n-1} s_i = \sum_i s_i", r"\sum_{i<j} s_i = \sum_i s_i", r"\sin^{-1} z = 1/\sin z",
    r"\log_{10} t = \log t", r"\binom{z}{1} = z", r"{z \choose 1} = z", r"\overline{z} + 0 = z", r"\tilde z + 0 = z",
    r"s_i + s_i = 2 s_i \quad i = 1, \dots, 5", r"s_i = q_i \quad i = k", "z + z = 2z^1 [^1]", r"z + \cancel{x} = z",
    r"\langle s, q \rangle = \sum_i s_i q_i", r"\int z dz = z^2/2", r"\mathbb{E}[z] = z", "z_{i=j} + 0 = z",
    r"\left. z^2 \right|_{z=0} = 0", r"z + z = 2z \% x", "z + z",
    # signs of Unicode that look like others, or like nothing
    "z × z = z²", "z + z = \uff12z", "z\u200b + z = 2z", "z\u0301 + z = 2z", "\u0430 + z = z + \u0430",
    "s_i + \u0441_i = \u0441_i + s_i", "\u03bf_i + s_i = s_i + \u03bf_i", "z \uff0b z = 2z",
    # commands that may not show, or not yet
    r"\if z + z = 2z \fi", r"\newcommand{\log}{\exp} \log z = \exp z", r"z + z = 2z \footnote{x}",
]  # fmt: skip


@pytest.mark.parametrize("display", REFUSED)
def test_what_is_not_read_gets_no_verdict(display: str) -> None:
    kinds, results = read(f"$$ {display} $$\n")
    if display == "z + z":
        assert kinds == ["outside"]
        return
    assert kinds
    assert set(kinds) <= {"refused", "definition"}
    assert "refused" in kinds
    assert {one.verdict for one in results} == {Verdict.ERROR}
    assert all(one.message and one.line == LINE for one in results)
    assert Report(tuple(results)).status == 2


READ = [
    (r"z + z = 2z \text{ and } x + x = 2x", 2), (r"z + z = 2z, x + x = 2x", 2), (r"z + z = 2z \quad x + x = 2x", 2),
    (r"z + z = 2z \quad + x - x", 1), (r"s_i + s_i = 2s_i \text{ for all } i", 1),
    (r"s_i + s_i = 2s_i \quad \forall i", 1),
    (r"s_i + s_i = 2 s_i \quad i = 1, \dots, n", 1), (r"A_{i,j} + 0 = A_{ij}", 1), ("A_{ij}^2 = A_{ij} A_{ij}", 1),
    (r"\log^2 t = (\log t)^2", 1), (r"\exp z = e^z", 1), ("|z| |z| = z^2", 1), (r"\max(z, x) = \max(x, z)", 1),
    (r"\color{red}{z} + z = 2z", 1), (r"z + \textcolor{red}{z} = 2z", 1),
    (r"\underbrace{z + z}_{\text{twice}} = 2z", 1),
    (r"z + z = 2z \phantom{x} \label{a} \tag{3}.", 1), (r"\frac{\cancel{t} z}{\cancel{t}} = z", 1),
    (r"z + z \stackrel{(a)}{=} 2z", 1), (r"\therefore z + z = 2z", 1), ("z·z = z^2", 1), ("z\u2212z = 0", 1),
    (r"\frac{∂ z^2}{∂ z} = 2z", 1), (r"\frac{d}{dz}(z+1) x = x", 1), (r"z + z = 2z % = 3z" + "\n", 1),
    (r"z + z = 2z \text{ (by (3))}", 1), (r"z(x + 1) = zx + z", 1), (r"x' + 0 = v", 1), (r"W_{oi} x = x w", 1),
    (r"\sum_{i=0}^{n-1} s_i = \sum_i s_i", 1),
]  # fmt: skip


@pytest.mark.parametrize(("display", "count"), READ)
def test_what_is_read_rightly_is_still_proved(display: str, count: int) -> None:
    kinds, results = read(f"$$ {display} $$\n")
    assert kinds == ["claim"] * count
    assert [one.verdict for one in results] == [Verdict.PROVED] * count


TWO, FALSE = "$$ x + x = 2x $$\n", "$$ z + 1 = z $$\n"
SQUARE, SLOPE = "$$ E = z^2 $$\n", "$$ \\frac{dE}{dz} = 2z $$\n"

PAGES = [
    # a display that begins with = goes on with the one directly before it
    (TWO + "so\n$$ = 3x - x $$\n", ["claim", "claim"], 2),
    (TWO + "# Next\n$$ = 3x - x $$\n", ["claim", "refused"], 1),
    (TWO + "$$ z $$\n$$ = 3x - x $$\n", ["claim", "refused", "claim"], 1),
    (TWO + "$$ \\boxed{z = 1} $$\n$$ = 3x - x $$\n", ["claim", "refused", "refused"], 1),
    (TWO + "<!-- derive: skip -->\n$$ z = 1 $$\n$$ = 3x - x $$\n", ["claim", "skipped", "refused"], 1),
    ("$$ = 3x - x $$\n", ["refused"], 0),
    ("$$ x + x = 2x, \\quad z + z = 2z \\\\ = 3x - x $$\n", ["claim", "claim", "refused"], 2),
    # a definition that cannot be read is none, and takes the old one with it
    (SQUARE + SLOPE, ["definition", "claim"], 1),
    (SQUARE + "$$ E = \\foo $$\n" + SLOPE, ["definition", "refused", "refused"], 0),
    (SQUARE + "$$ E = 1,000 $$\n" + SLOPE, ["definition", "refused", "refused"], 0),
    (SQUARE + "$$ \\boxed{E = z^3} $$\n" + SLOPE, ["definition", "refused", "refused"], 0),
    (SQUARE + "$$ \\left\\{ E = z^3 \\right\\} $$\n" + SLOPE, ["definition", "refused", "refused"], 0),
    (SQUARE + "$$ \\text{not } E = z^3 $$\n" + SLOPE, ["definition", "refused", "refused"], 0),
    (SQUARE + "<!-- derive: skip -->\n$$ E = z^3 $$\n" + SLOPE, ["definition", "skipped", "refused"], 0),
    ("$$ \\pi = 3 $$\n$$ 2\\pi = 6 $$\n", ["refused", "refused"], 0),
    (SLOPE, ["refused"], 0),
    *(
        (f"$$ E {sign} z^2 $$\n" + SLOPE, ["definition", "claim"], 1)
        for sign in (":=", r"\equiv", r"\triangleq", r"\stackrel{def}{=}", r"\overset{\text{def}}{=}", r"\coloneqq")
    ),
    # what the words around say
    ("Setting the derivative to zero,\n$$ \\frac{d (z-1)^2}{dz} = 0 $$\n", ["assumption"], 0),
    ("$$ \\frac{d (z-1)^2}{dz} = 2(z-1) = 0 $$\n", ["refused"], 1),
    ("We want\n" + FALSE, ["refused"], 0),
    ("Since $$ z + 1 = 2 $$ holds, $$ z^2 + 0 = 1 $$\n", ["refused"] * 2, 0),
    ("Let $$z$$ be given with $$ z + 1 = 2 $$.\n", ["outside", "refused"], 0),
    ("Assume that\n" + FALSE + "and\n" + FALSE, ["assumption"] * 2, 0),
    ("Assume that\n" + FALSE + TWO, ["assumption", "claim"], 1),
    ("Assume that\n" + FALSE + FALSE, ["assumption", "refused"], 0),
    ("$$ z^2 + 0 = p_i $$\n", ["definition"], 0),
    ("$$ \\sum_i p_i = \\sum_i r_i $$\n", ["refused"], 0),
    ("$$ \\sum_i p_i = \\sum_j p_j $$\n", ["claim"], 1),
    ("$$ \\sum_i s_i + q_i + z = z + \\sum_i q_i + \\sum_i s_i $$\n", ["refused"], 0),
    ("Assume that\n" + FALSE, ["assumption"], 0),
    ("Assume that\n" + FALSE + "We have\n$$ z^2 + 0 = 1 $$\n", ["assumption", "refused"], 0),
    ("Suppose that\n$$ 2x = 2 $$\nWe have\n$$ z + z = 2z $$\n", ["assumption", "claim"], 1),
    ("It is not true that\n" + FALSE, ["refused"], 0),
    (FALSE + "is wrong.\n", ["refused"], 0),
    ("$$ z^2 + 0 = z $$\nonly if $z = 1$.\n", ["refused"], 0),
    ("We take $y_i \\in \\{0, 1\\}$.\n$$ y_i^2 + 0 = y_i $$\n", ["refused"], 0),
    (SQUARE + "$$ E \\leftarrow E + 1 $$\n" + SLOPE, ["definition", "outside", "refused"], 0),
    ("$$ z \\in \\{0, 1\\} $$\n$$ z^2 + 0 = z $$\n", ["outside", "refused"], 0),
    ("$$ z \\approx 1 $$\n$$ z \\sim \\mathcal{N} $$\n$$ \\theta \\leftarrow \\theta - 1 $$\n", ["outside"] * 3, 0),
    # where mathematics stands
    ("<!-- $$ 1 = 2 $$ -->\n`$$ 1 = 2 $$`\n```text\n$$ 1 = 2 $$\n```\n<pre>$$ 1 = 2 $$</pre>\n" + TWO, ["claim"], 1),
    ("$$ z + z = 2z\n\n" + "text", ["refused"], 0),
    ("Costs \\$5, \\$6.\n" + TWO, ["claim"], 1),
    ("<!-- derive: begin skip -->\n" + FALSE + "<!-- derive: end skip -->\n" + TWO, ["skipped", "claim"], 1),
    ("$$\\newcommand{\\R}{x}$$\n" + TWO, ["outside", "claim"], 1),
    ("$$\\renewcommand{\\log}{\\exp}$$\n$$ \\log t + 0 = \\log t $$\n", ["outside", "refused"], 0),
]  # fmt: skip


@pytest.mark.parametrize(("page", "kinds", "count"), PAGES)
def test_a_page_is_read_display_by_display(page: str, kinds: list[str], count: int) -> None:
    found, results = read(page)
    assert found == kinds
    assert proved(results) == count
    assert Verdict.REFUTED not in {one.verdict for one in results}


TEX = [
    ("\\[ z + z = 2z \\]\n", ["claim"]),
    ("\\iffalse\n\\[ 1 = 2 \\]\n\\fi\n\\begin{comment}\n\\[ 1 = 2 \\]\n\\end{comment}\n\\verb|x|\n", []),
    ("\\ifdraft\n\\[ 1 = 2 \\]\n\\fi\n", ["refused"]),
    ("\\begin{IEEEeqnarray}{rCl} z &=& z + 1 \\end{IEEEeqnarray}\n", ["refused"]),
    ("\\begin{align} z + z &= 2z\n", ["refused"]),
    ("% derive: skip\n\\[ 1 = 2 \\]\n", ["skipped"]),
    ("% derive: begin skip\n\\[ 1 = 2 \\]\n% derive: end skip\n\\[ z + z = 2z \\]\n", ["skipped", "claim"]),
    ("\\def\\log{\\exp}\\[ \\log t + 0 = \\log t \\]\n", ["refused"]),
    ("\\begin{align} z + z &= 2z \\\\% note = 5\n &= z + z \\end{align}\n", ["claim", "claim"]),
]


@pytest.mark.parametrize(("page", "kinds"), TEX)
def test_a_page_of_tex(page: str, kinds: list[str]) -> None:
    found, results = read(page, ".tex", "% derive: real z\n% derive: positive t\n")
    assert found == kinds
    assert Verdict.REFUTED not in {one.verdict for one in results}


def test_a_lenient_report_counts_what_was_read() -> None:
    page = BLOCK + TWO + "$$ \\boxed{z = 1} $$\n"
    results = tuple(check_text(page, "page", ".md"))
    displays = displays_of(problems_of(page, "page", ".md"))
    assert Report(results, displays).status == 2
    assert Report(results, displays, lenient=True).status == 0
    wrong = tuple(check_text(page + "$$ x + 1 = x $$\n", "page", ".md"))
    assert Report(wrong, displays, lenient=True).status == 1
    last = Report(results, displays).json()["displays"][-1]
    assert (last["kind"], last["line"], last["text"]) == ("refused", LINE + 1, "\\boxed{z = 1}")
    assert "box" in last["message"]


# ---- signs put in at random

PROVED = [
    r"\frac{\partial}{\partial s_i}\left(\sum_j s_j^2\right) = 2 s_i",
    r"z + x = x + z", r"\log(t^2) = 2 \log t", r"\sum_i s_i q_i = \sum_j q_j s_j", r"A_{ij} x + 0 = x A_{ij}",
    r"\frac{e^{z}}{1 + e^{z}} = \frac{1}{1 + e^{-z}}",
    r"\begin{cases} z & z > x \\ x & \text{otherwise} \end{cases} = \max(z, x)",
    r"\delta_{ij} s_i = \delta_{ij} s_j \quad i \neq j", r"s^\top q = \sum_i s_i q_i", r"\|s\|^2 = \sum_i s_i^2",
]  # fmt: skip
SIGNS = [
    *"0123456789abxyzsqtEijk+-*/^_()[]{}|!?.,;:'=<>&%#~$@\\", r"\cdot ", r"\log ", r"\sum_i ", r"\neq ", r"\text{not}",
    r"\text{if}", r"\hat ", r"\mathbf ", r"\cancel ", r"\boxed ", r"\pi ", r"\partial ", r"\nabla ", r"\\", r"\quad ",
    r"\dagger ", r"\prime ", r"\top ", r"\left(", r"\right)", r"\in ", r"\implies ", r"\pm ", r"\frac12 ", r"\sqrt ",
    "\u0441", "\u200b", "\uff12", "²", "−", "×", "1,", "2.", "^2", "_i", "^T", "'", r"\underbrace ", r"\max ",
]  # fmt: skip


def _terms(results: list[Result]) -> list[str]:
    return [
        f"{one.statement.left} = {one.statement.right} {one.statement.when}"
        for one in results
        if one.statement
    ]


MEANINGLESS = (
    *("{", "}", "~", "%", "&", ".", ",", ";", ":", "*", "+", "\\ "),
    *("×", r"\!", r"\implies ", r"\quad ", r"\cdot ", r"\\", r"\cancel ", r"\underbrace ", r"\boxed "),
)
"""What may stand in a display without a meaning of its own: braces, room, comments, points at its end, strokes."""


@pytest.mark.parametrize("display", PROVED)
def test_a_sign_put_in_is_refused_or_changes_what_is_read(display: str) -> None:
    """A sign that was put in and that no reading shows would have been passed over."""
    draw = random.Random(display)  # noqa: S311 - for tests
    _, results = read(f"$$ {display} $$\n")
    assert [one.verdict for one in results] == [Verdict.PROVED]
    meant = _terms(results)
    for _ in range(30):
        place, sign = draw.randrange(len(display) + 1), draw.choice(SIGNS)
        if re.search(r"\\[A-Za-z]*$", display[:place]):
            continue  # inside of a command, or right behind it
        changed = display[:place] + sign + display[place:]
        kinds, found = read(f"$$ {changed} $$\n")
        if "refused" in kinds or Verdict.ERROR in {one.verdict for one in found}:
            continue
        same = _terms(found) == meant and all(one.verdict is Verdict.PROVED for one in found)
        assert not same or f"{changed} "[place:].startswith(MEANINGLESS), changed
