"""What cannot be read, or only in several ways, is refused at its place: nothing is guessed."""

from __future__ import annotations

import pytest

from derive.errors import ReadingError
from derive.reading import text
from derive.reading.latex import read_equation, read_term

PROBLEM = """
size n, d
real s[n], c[n], H[n,n], W[n,d], v[d], T, x, u, w, E_t, a, b, ab, delta_bar
label t: n
function f
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let E = -sum(c[j]*log(p[j]), j)
show E
"""
CONTEXT = text.read(PROBLEM)[0].context

REFUSED = [
    # unknown
    (r"x + \foo u", 5, r"unknown command \foo"),
    ("x + y", 5, "unknown name y"),
    ("x + spam", 5, "unknown name or function spam"),
    ("g(x)", 1, "unknown function g"),
    (r"\mathrm{score}_i", 1, "unknown name score"),
    (r"\pi_i", 1, "unknown name pi"),
    # brackets
    ("(x + u", 7, 'expected ")"'),
    ("x + u)", 6, '")" closes nothing'),
    (r"\left( x + u", 13, r'expected "\right"'),
    (r"\frac{x}{u", 11, 'expected "}"'),
    (r"\left[ x \right)", 1, "do not belong together"),
    ("|x + u", 1, "has no other"),
    # incomplete
    ("x +", 4, "expected an expression"),
    ("x + - u", 5, "expected an expression"),
    (r"\sum_j", 7, "expected what the sum is over"),
    (r"\frac{}{x}", 7, "expected an expression"),
    ("x_i^", 5, "expected"),
    ("x __i", 4, "has nothing before it"),
    # two ways to read it
    ("x^10", 3, "needs braces"),
    ("x 2", 3, "a number directly behind x"),
    (r"2\frac{1}{2}", 2, "whole number with a fraction"),
    ("x/2u", 4, "under the slash"),
    (r"\log(x)^2", 9, "of the value or of the argument"),
    (r"\log x \log u", 8, "how far log reaches"),
    (r"\log x \cdot u", 8, "how far log reaches"),
    (r"\log -x", 6, "how far log reaches"),
    (r"\sin^{-1} x", 6, "whole numbers only"),
    (r"\log_2 x", 6, "a base, or an index"),
    (r"\max_j s_j c_j", 8, "how far the max reaches"),
    (r"\frac{\partial}{\partial s_i} s_j p_j", 31, "how far the derivative reaches"),
    (r"\frac{\partial x + u}{\partial s_i}", 18, "how far the derivative reaches"),
    (r"\nabla_x x u", 12, "how far the gradient reaches"),
    (r"\prod_i s_i / 2", 15, "how far the product reaches"),
    (r"\prod_i s_i x", 13, "how far the product reaches"),
    (r"\prod_i -s_i \cdot x", 20, "how far the product reaches"),
    (r"\log{s_i} c_i", 6, "how far log reaches"),
    (r"\log{x + u}", 6, "how far log reaches"),
    ("e^x^2", 4, "a second script"),
    ("x^{2}^{3}", 6, "a second script"),
    ("s_i_j", 4, "a second script"),
    ("H_{i}_{j}", 6, "a second script"),
    (r"\log^2^3 x", 7, "a second script"),
    ("x^{(2)}", 1, "a power of x, or one of several"),
    ("s_i^{(2)}", 1, "a power of s, or one of several"),
    ("x^{[2]}", 1, "a power of x, or one of several"),
    ("x^{(n)}", 1, "a power of x, or one of several"),
    ("x(u)", 2, "a product or a value of x"),
    ("E(0)", 2, "a product or a value of E"),
    ("p_i(2)", 4, "a product or a value of p"),
    (r"\frac{\partial E}{\partial x}(0)", 30, "the value of the derivative there"),
    (r"\frac{\partial E}{\partial x}(x)", 30, "the value of the derivative there"),
    (r"\partial E/\partial x [u]", 23, "the value of the derivative there"),
    ("p(c)_i", 2, "p does not depend on c"),
    ("E(v)", 2, "E does not depend on v"),
    ("E(c, v)", 2, "E does not depend on v"),
    ("ab x", 1, "a name and also a product of names"),
    (r"\sum s_i c_j", 1, "It might be i or j"),
    (r"s_i \sum_{i \neq j} c_j", 5, "which letter does this sum bind"),
    (r"{x + u}^2", 1, "what the script stands on"),
    (r"\underbrace{x + u}_{\text{loss}} w", 1, "as brackets do"),
    (r"\underbrace{\sum_j c_j}_{1} p_i", 1, "as brackets do"),
    (r"\underbrace{\sum_j c_j}_{=1} p_i", 26, "a claim of its own"),
    (r"x - \underbrace{u + w}_{a}", 5, "as brackets do"),
    (r"\underbrace{x u}^2", 1, "as brackets do"),
    (r"f \circ u", 3, "expected brackets after f"),
    ("v W", 3, "an array over d times one over n and d"),
    ("W s", 3, "an array over n and d times one over n"),
    ("s + v", 5, "an array over d beside one over n"),
    (r"\frac{\partial p}{\partial s}", 1, "an array by an array"),
    (r"\frac{\partial E}{\partial H}", 1, "in which order"),
    ("H^T c", 1, "a power of an array"),
    (r"x + \top", 5, "unknown name"),
    (r"\sum s_i c", 1, "over which index"),
    (r"s \bullet c", 11, "a product of two arrays"),
    (r"{x \over u \over w}", 12, "stands twice"),
    (r"\cancelto{1}{x} u", 1, "unknown command"),
    # ill-formed
    (r"\sum_{j<i} s_j", 6, "is no index of a sum"),
    (r"\sum_{j=0}^n s_j", 6, "is no index of a sum"),
    (r"\sum_{j=1}^{m} s_j", 13, "unknown size m"),
    (r"\sum_{t} s_t", 7, "t is declared and cannot be bound"),
    (r"\max_x x^2", 6, "x is declared and cannot be bound"),
    (r"\min_t s_t", 6, "t is declared and cannot be bound"),
    (r"\frac{\partial^2 E}{\partial s_i}", 1, "of order 2, below of order 1"),
    (r"\frac{E}{\partial s_i}", 1, "none above"),
    (r"\sqrt[3]{x}", 1, "only square roots"),
    (r"\begin{cases} x & x > 0 \\ u & x > 1 \end{cases}", 32, "leave something out"),
    (r"\begin{cases} x & \text{sometimes} \\ u & \text{otherwise} \end{cases}", 15, "no condition"),
    (r"\begin{pmatrix} x \\ u \end{pmatrix}", 1, "pmatrix is not read"),
    (r"\mathbf{1} x", 1, "needs its condition"),
    ("x'", 1, "only a declared function has primes"),
    (r"\sigma'(x + u)", 7, "only a declared function has primes"),
    (r"H^{(i)}_j", 1, "which index of H is the one above"),
    (r"x^{(i)}", 1, "x has no index"),
    ("f + 1", 3, "expected brackets after f"),
    ("s_{i+1}", 5, "an index is"),
    ("s_{ij}", 1, "s has 1 index"),
    ("H_i + s_i", 7, "beside an array without"),
    ("c + x s^{2}", 7, "a power of an array"),
    ("s c", 3, "a product of two arrays"),
    ("x!", 2, "cannot stand here"),
    ("x = u", 3, "cannot stand here"),
    ("x § u", 3, "has no meaning here"),
]

NO_EQUATIONS = [
    (r"\nabla_s E = p_i - c_i", 14, "this is a number, and another side over n"),
    (r"s = v", 5, "this is over d, and another side over n"),
    (r"s = E", 5, "this is a number, and another side over n"),
    (r"s = s^\top", 5, "this is over n"),
    (r"x \ne u", 3, "cannot be claimed"),
    (r"x = u, \quad x > 0", 14, "is this inequality claimed"),
    (r"x > 0, \quad x = u + 1", 1, "is this inequality claimed"),
    (r"x \le", 5, "nothing stands beside"),
    (r"x \approx u", 1, "only an equation can be claimed"),
    (r"x = u \quad (3)", 13, "number of this equation"),
    (r"x = u \text{ unless } x = 1", 7, 'what "unless" says'),
    (r"x = u \text{ if n is even}", 7, 'what "if n is even" says'),
    (r"x = u, x", 8, "belongs to no equation"),
    (r"x = ", 3, "nothing stands beside"),
]


@pytest.mark.parametrize(("latex", "column", "message"), REFUSED)
def test_a_fragment_is_refused_at_its_place(latex: str, column: int, message: str) -> None:
    with pytest.raises(ReadingError) as raised:
        read_term(latex, CONTEXT)
    assert message in raised.value.message
    assert raised.value.position is not None
    assert raised.value.position.column == column


@pytest.mark.parametrize(("latex", "column", "message"), NO_EQUATIONS)
def test_an_equation_is_refused_at_its_place(latex: str, column: int, message: str) -> None:
    with pytest.raises(ReadingError) as raised:
        read_equation(latex, CONTEXT)
    assert message in raised.value.message
    assert raised.value.position is not None
    assert raised.value.position.column == column


def test_a_place_on_a_later_line() -> None:
    with pytest.raises(ReadingError) as raised:
        read_term("x +\n  \\bar u", CONTEXT, "paper.tex")
    at = raised.value.position
    assert at is not None
    assert (at.file, at.line, at.column, at.source) == ("paper.tex", 2, 3, "  \\bar u")


@pytest.mark.parametrize("declared", ["e", "d", "sigma"])
def test_a_declared_letter_is_not_taken_for_its_usual_meaning(declared: str) -> None:
    context = text.read(f"real x, {declared}, u\nlet y = x^2\nshow y")[0].context
    latex = {"e": "e^{x}", "d": r"\frac{dy}{dx}", "sigma": r"\sigma(x)"}[declared]
    with pytest.raises(ReadingError):
        read_term(latex, context)
