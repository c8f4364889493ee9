"""Sentences that speak of what a display uses: only those that are understood leave its verdict as it is.

The hostile ones say in words, tables, code or symbols that something means or depends on something else; beside them
nothing false is proved, and nothing true refuted. The innocent ones are prose as people write it: beside them what is
true is proved.
"""

# ruff: noqa: E501 - pages are written in long lines, in the letters of their languages

from __future__ import annotations

import pytest

from derive.reading.latex import asides, dependence, spoken
from derive.reading.latex.displays import page_prose
from derive.reading.latex.prose import PageSentence
from derive.reading.latex.signs import Source
from tests.reading.latex.test_surroundings import ARRAYS, SCALARS, display, verdicts

DEPENDENT = [
    "$y$ is the square of $x$.",
    "y is the square of x.",
    "$y \\propto x$",
    "Here $y \\sim x$.",
    "$x \\mapsto y$",
    "$y$ is twice $x$.",
    "$y$ grows like $x$.",
    "| $y$ | the square of $x$ |\n|---|---|\n| a | b |",
    "`y = x**2`",
    "```python\ny = x**2\n```",
    "The variable $y$ is proportional to $x$.",
    "$y$ ist das Quadrat von $x$.",
    "$y$ est le carré de $x$.",
    "$y$ es el doble de $x$.",
    "$y$ 是 $x$ 的平方。",
    "$y$ は $x$ の二乗です。",
    "$y$ 는 $x$의 제곱이다.",
    "$y$ — квадрат $x$.",
    "Write $y$ for the cube of $x$.",
    "$y(x)$ is smooth.",
    "Given $x$, its square is called $y$.",
    "![y against x, a parabola](plot.png)",
    '<img alt="y is the square of x" src="a.png">',
    "The pair $(x, y)$ lies on a parabola.",
    "$x$ and $y$ are tied together.",
    "$y$ and $x$ are the same number.",
    "Let $x = t$ and $y = t^2$.",
    "$y \\leftarrow x^2$",
    "$$ y \\propto x $$",
    "$$ x \\mapsto y $$",
    "Let $x$ be the input. Then $y$ is its square.",
    "Let $y$ be the output and $x$ the input. The output is the square of the input.",
    "## y as a parabola in x",
    "> y goes up whenever x does",
    "- y: the square of x",
    "y^2 = x",
    "$y^2 = x$ holds.",
    "(here $y$ follows $x$)",
    "[y mirrors x](http://a.b)",
    "Both $x$ and $y$ are driven by $t$.",
    "Differentiating, remember that $y$ moves with $x$.",
    "As $x$ changes, so does $y$.",
    "Implicitly, $y$ changes too.",
    "Note $dy = 2x dx$.",
    "Note $\\frac{dy}{dx} = 2x$.",
    "Note $y' = 2x$.",
    "$y = $ square of $x$",
    "Let y=x^2.",
    " $y$ is $f(x)$.",
    "$y$ equals the input $x$.",
    "Assume\n\n$$y = x^2$$\n",
    "Suppose that\n\n$$x^2 + y^2 = 1$$\n",
    "$$y - x = 0$$\n\nis our line.",
    "y, which we get by squaring x, is here.",
]


@pytest.mark.parametrize("said", DEPENDENT)
@pytest.mark.parametrize("block", [SCALARS, ""])
def test_nothing_is_proved_of_a_derivative_of_what_may_depend(said: str, block: str) -> None:
    product = display(r"\frac{d(xy)}{dx} = y")
    for page in (
        f"{said}\n\n{product}",
        f"{said}\n\nSome text.\n\nThen\n\n{product}",
        f"{product}\n{said}\n",
    ):
        assert "proved" not in verdicts(page, block)


FUNCTIONS = [
    ("log is the decadic logarithm.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log$ is the decadic logarithm.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Logarithms are Briggsian.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("We take logs with ten as their root.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("By $\\log$ we mean the one on calculators.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("`log` is `log10`.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("```python\nfrom numpy import log10 as log\n```", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("| log | decadic |\n|---|---|", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log: Zehnerlogarithmus", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Le log est décadique.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log ist dekadisch.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log 是以十为底的对数。", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log は常用対数です。", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log는 상용로그다.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log — десятичный логарифм.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("El log es decádico.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Here $\\log$ counts digits.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log x$ is the number of digits of $x$.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Our log inverts the tenth power.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log 10 = 1$", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("with $\\log_{10}$ written $\\log$", "\\frac{d \\log x}{dx} = \\frac1x"),
    (
        "lg, ln and log all mean different things; log is the one with ten.",
        "\\frac{d \\log x}{dx} = \\frac1x",
    ),
    ("Sines are of angles in revolutions.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sin takes its argument as a fraction of a full circle.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("$\\sin$ is the hyperbolic sine.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("Angles are in arc minutes.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("All angles are given in percent of a full rotation.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sin is sinh.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("Les angles sont en tours.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("Winkel sind in Umdrehungen.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("$\\sin$ of a number means the sine of that many hours.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sine of 90 is 1 here", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("$\\sigma$ is the hard threshold.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ clips.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("sigma is the ramp function.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ is the error function.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("Our $\\sigma$ is scaled by two.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ squares its argument.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$, the arctangent,", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("σ is the Heaviside function.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("By $\\sigma$ we denote the swish.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("| $\\sigma$ | swish |", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ ist eine Rampe.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ est une rampe.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ 是阶跃函数。", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("e is the elementary charge.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ is the error.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ is a unit vector.", "\\frac{d e^x}{dx} = e^x"),
    ("e = 2", "\\frac{d e^x}{dx} = e^x"),
    ("Let e be the edge length.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ ist die Elementarladung.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ is any base.", "\\frac{d e^x}{dx} = e^x"),
    ("Juxtaposition means composition.", "x^2 x = x^3"),
    ("Superscripts are indices.", "x^2 x = x^3"),
    ("A raised 2 is an index.", "x^2 x = x^3"),
    ("We write products backwards.", "x^2 x = x^3"),
    ("x^2 is the second coordinate.", "x^2 x = x^3"),
    ("The equals sign means approximately equal.", "x^2 x = x^3"),
]


@pytest.mark.parametrize(("said", "formula"), FUNCTIONS)
def test_nothing_is_proved_of_a_function_or_sign_that_may_mean_something_else(
    said: str, formula: str
) -> None:
    for page in (f"{said}\n\n{display(formula)}", f"{display(formula)}\n{said}\n"):
        assert "proved" not in verdicts(page, SCALARS)


ANEW = [
    "From now on y is the mean.",
    "y is the mean from here.",
    "In the rest, $y$ is an average.",
    "y now denotes half of it.",
    "The symbol $y$ is reused for the mean.",
    "$y$ changes its role: it is the mean.",
    "Ab hier ist $y$ der Mittelwert.",
    "Désormais $y$ est la moyenne.",
    "此后 $y$ 表示均值。",
    "| $y$ | the mean |\n|---|---|",
    "Below, y stands for another thing.",
    "`y` is normalised by `n`.",
]


@pytest.mark.parametrize("said", ANEW)
def test_nothing_is_proved_of_a_name_that_words_may_define_anew(said: str) -> None:
    page = display(r"y = \sum_i x_i") + f"\n{said}\n\n" + display(r"\frac{\partial y}{\partial x_i} = 1")
    assert "proved" not in verdicts(page, "size n\nreal x[n]\n")


RANGES = [
    "Sum only the top three.",
    "The sums skip the last entry.",
    "We sum over even indices.",
    "Summation is over the first half.",
    "sum: over active units",
    "Nur gerade Indizes werden summiert.",
    "On somme sur les indices pairs.",
    "只对偶数求和。",
    "$\\sum$ denotes the mean.",
    "In $\\sum_i$ the index $i$ is odd.",
    "Each sum stops before n.",
    "We add up every other entry.",
    "Summe bedeutet hier Mittel.",
    "The big sigma means a mean.",
    "Only the top three are added.",
    "The index $i$ is always even.",
    "`sum` drops the last one.",
]


@pytest.mark.parametrize("said", RANGES)
def test_nothing_is_proved_of_a_sum_that_words_may_restrict(said: str) -> None:
    formula = display(r"\frac{\partial}{\partial x_j}\sum_i x_i = 1")
    for page in (f"{said}\n\n{formula}", f"{formula}\n{said}\n"):
        assert "proved" not in verdicts(page, ARRAYS)


ASKING = [
    ("The output equals the input.", "x - y = 0"),
    ("Outputs are inputs.", "x = y"),
    ("Find x:", "x + 1 = 2"),
    ("Find $x$ with", "x^2 = 4"),
    ("Consider the curve", "x^2 = y"),
    ("Consider", "x^2 + y = 1"),
    ("There is an input for which", "x = 2x"),
    ("There is a value for which", "x^2 = 2"),
    ("For one input", "x = 1"),
    ("Some input gives", "x + y = 1"),
    ("Take", "x = y"),
    ("Take $x$ as", "x = 2y"),
    ("Look for $x$ in", "x^2 = 3x"),
    ("Determine $x$ from", "x + 3 = 5"),
    ("Compute $x$:", "2x = 6"),
    ("Calculate $y$:", "2y = x"),
    ("Is it so that", "x = 2x"),
    ("When do we have", "x = 2x"),
    ("Where is", "x^2 = x"),
    ("What about", "x = 2x"),
    ("Which $x$ gives", "x^2 = x"),
    ("Evaluate at the input", "x = 0"),
    ("The input is the output:", "x = y"),
    ("The two variables are the same:", "x = y"),
    ("Set", "x = 1"),
    ("Let", "x + y = 1"),
    ("Put", "x = y"),
    ("Start with", "x = 0"),
    ("Begin with the equality", "x + y = 1"),
    ("Now replace $x$:", "x = y + 1"),
    ("Substitute", "x = y+1"),
    ("We use", "x = 2y"),
    ("with", "x = 2y"),
    ("We write", "x = y + c"),
    ("We define", "x + y = c"),
    ("We denote", "x + y = c"),
    ("Input and output are the same.", "x = y"),
    ("The weight is the bias.", "x = y"),
    ("Recall the definition", "x y = c"),
    ("By definition of the input", "x = c"),
    ("The variable $x$ is $y$.", "x^2 = x y"),
    ("The result $x$ is the input.", "x=1"),
    ("Finde $x$:", "x+1=2"),
    ("Löse", "x + 1 = 2"),
    ("Betrachte die Kurve", "x^2 = y"),
    ("Für ein $x$ gilt", "x = 2x"),
    ("Trouvons $x$ :", "x+1=2"),
    ("Considérons", "x^2 = y"),
    ("Calculamos $x$:", "x+1=2"),
    ("求 $x$", "x + 1 = 2"),
    ("计算 $x$", "x+1=2"),
    ("求める", "x + 1 = 2"),
    ("구하면", "x + 1 = 2"),
    ("Найдём $x$:", "x+1=2"),
    ("Entrada e saída são iguais:", "x=y"),
    ("Die Ausgabe ist die Eingabe.", "x=y"),
    ("Выход есть вход.", "x=y"),
]


@pytest.mark.parametrize(("lead", "formula"), ASKING)
def test_what_is_asked_for_or_set_is_not_refuted(lead: str, formula: str) -> None:
    assert "refuted" not in verdicts(f"{lead}\n\n{display(formula)}", SCALARS)


SYMMETRIC = [
    "`A` is symmetric.",
    '<img alt="a symmetric matrix A" src="x.png">',
    '<div title="All matrices are symmetric">text</div>',
    "<!-- c -->\n\n`A = A.T`",
    "![A, symmetric](a.png)",
    "| `A` | equals `A.T` |\n|---|---|",
    "```python\nA = A + A.T\n```",
    "$A$ has real eigenvalues and its two triangles agree.",
    "$A$ is its own mirror image.",
    "Everything about $A$ is the same from above and from below.",
    "Note $A_{ij}$ and $A_{ji}$ agree.",
    "$A^T$ is $A$.",
]


@pytest.mark.parametrize("said", SYMMETRIC)
def test_what_stands_in_code_attributes_and_tables_is_text(said: str) -> None:
    formula = display(r"\nabla_x (x^T A x) = 2 A x")
    for page in (
        f"{said}\n\nSome text.\n\nWe get\n\n{formula}",
        f"Intro.\n\nWe get\n\n{formula}\n\n{said}\n",
    ):
        assert "refuted" not in verdicts(page, ARRAYS)


@pytest.mark.parametrize(
    "before", [r"\title{Symmetric matrices}\begin{document}", r"\begin{document}\verb|A = A.T|"]
)
def test_titles_and_verbatim_spans_of_tex_are_text(before: str) -> None:
    page = f"\\documentclass{{article}}\n{before}\nWe get\n\\[ \\nabla_x (x^T A x) = 2 A x \\]\n\\end{{document}}\n"
    block = "".join(f"% derive: {line}\n" for line in ARRAYS.splitlines())
    assert "refuted" not in verdicts(block + page, "", ".tex")


UNKNOWN = [
    "\\begin{myeq}\nx = 2x\n\\end{myeq}\n",
    "\\beq x = 2x \\eeq\n",
    "\\newcommand{\\ignore}[1]{}\n\\ignore{\\[ x = 2x \\]}\n",
    "\\st{\\[ x = 2x \\]}\n",
]


@pytest.mark.parametrize("page", UNKNOWN)
@pytest.mark.parametrize("ending", [".tex", ".md"])
def test_no_display_is_left_out_in_silence(page: str, ending: str) -> None:
    assert verdicts(page, "" if ending == ".tex" else SCALARS, ending) == ["error"]


def test_a_value_with_a_name_in_brackets_behind_it_has_two_readings() -> None:
    page = "where $z = 2x$\n\n" + display(r"\sigma(z)(x) = \sigma(z) x")
    assert set(verdicts(page, "real x, z\n")) == {"error"}


LS = display(r"\frac{\partial}{\partial w}(w x - y)^2 = 2 (w x - y) x")
SMX = display(r"p_i = \frac{e^{s_i}}{\sum_k e^{s_k}}")
LOSS = display(r"L = -\sum_j c_j \log p_j")
GR = display(r"\frac{\partial L}{\partial s_i} = p_i \sum_j c_j - c_i")
SLOPE = display(r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))")
LSB = "real w, x, y\n"
SMB = "size n\nreal s[n], c[n]\n"
INNOCENT = [
    (
        "## Linear regression\n\nGiven an input $x$ and a label $y$, we fit a weight $w$ to the data. The squared error is differentiated with the chain rule:\n\n"
        + LS
        + "\nThis is what we use in gradient descent.\n",
        LSB,
    ),
    (
        "Let $x$ be the input, $y$ the target and $w$ the weight. We want to minimise the squared error. Its derivative is\n\n"
        + LS,
        LSB,
    ),
    (
        "# Homework 1\n\n**Problem 2.** Show that the gradient of the squared error with respect to $w$ is\n\n"
        + LS
        + "\n*Solution.* Use the chain rule.\n",
        LSB,
    ),
    (
        "This README explains how to train a small neural network in NumPy. Run `python train.py` to start.\n\nFor one example $(x, y)$ the gradient is\n\n"
        + LS
        + "\nThe learning rate is 0.1 and the batch size is 32.\n",
        LSB,
    ),
    (
        "In this post we derive the gradient of a simple loss. Nothing here is deep, but it is fun.\n\n"
        + LS
        + "\nThat's it! In the next post we look at classification.",
        LSB,
    ),
    (
        "Die Ableitung des quadratischen Fehlers nach $w$ ist\n\n"
        + LS
        + "\nDamit kann man das Gewicht lernen.\n",
        LSB,
    ),
    ("La dérivée de l'erreur par rapport à $w$ est\n\n" + LS, LSB),
    ("La derivada del error respecto a $w$ es\n\n" + LS, LSB),
    ("损失函数对 $w$ 的导数为\n\n" + LS, LSB),
    (
        "The softmax turns scores $s$ into probabilities:\n\n"
        + SMX
        + "\nThe cross-entropy loss compares them with the targets $c$:\n\n"
        + LOSS
        + "\nIts gradient with respect to the scores is surprisingly simple:\n\n"
        + GR
        + "\nThat's why everybody likes softmax.\n",
        SMB,
    ),
    (
        "# Softmax and cross-entropy\n\nEvery classifier ends in a softmax layer. Here is the derivation that I never remember.\n\nThe softmax of the logits is\n\n"
        + SMX
        + "\nand the loss is\n\n"
        + LOSS
        + "\nWe use the chain rule and the derivative of the logarithm. After a few lines we get\n\n"
        + GR
        + "\n## References\n\n1. Bishop, Pattern Recognition and Machine Learning, 2006.\n",
        SMB,
    ),
    (
        "The output of the network is\n\n"
        + SMX
        + "\nwhere the sum runs over all classes. The loss is\n\n"
        + LOSS
        + "\nwhere $c$ is the target vector. Numerically it is better to subtract the maximum before taking the exponential.\n\nDifferentiating gives\n\n"
        + GR,
        SMB,
    ),
    ("The sigmoid has a nice derivative:\n\n" + SLOPE + "\nThis makes it cheap to compute.\n", "real x\n"),
    (
        "where $\\sigma$ is the sigmoid function. It saturates for large inputs, which makes training slow. Its derivative is\n\n"
        + SLOPE,
        "real x\n",
    ),
    (
        "Recall that the logarithm turns products into sums.\n\n"
        + display(r"\log(a b) = \log a + \log b")
        + "\nThis is why we use log-likelihoods: they are numerically stable.\n",
        "positive a, b\n",
    ),
    (
        "In machine learning we often need the following identity.\n\n"
        + display(r"\frac{d}{dx}\log(1 + e^x) = \sigma(x)")
        + "\nThe function on the left is known as softplus.\n",
        "real x\n",
    ),
    (
        "| symbol | meaning |\n|---|---|\n| $x$ | input |\n| $y$ | label |\n| $w$ | weight |\n\nWe have\n\n"
        + LS,
        LSB,
    ),
    (
        "```python\ndef grad(w, x, y):\n    return 2 * (w * x - y) * x\n```\n\nThe code implements\n\n" + LS,
        LSB,
    ),
    (
        "![A plot of the loss against the weight](loss.png)\n\nThe picture shows the loss. Its slope is\n\n"
        + LS,
        LSB,
    ),
    ("We assume that $x$ is positive. Then\n\n" + LS, LSB),
    (
        "The training data are pairs of inputs $x_i$ and labels $y_i$. The loss on all of them is\n\n"
        + display(r"L = \sum_i (w x_i - y_i)^2")
        + "\nand its gradient is\n\n"
        + display(r"\frac{\partial L}{\partial w} = 2 \sum_i (w x_i - y_i) x_i"),
        "size n\nreal w, x[n], y[n]\n",
    ),
    (
        "Suppose we have a dataset of images and we want to predict whether an image shows a cat. Let $x$ be the vector of pixels of an image.\n\n"
        + display(r"\frac{\partial}{\partial x_j}\sum_i w_i x_i = w_j"),
        "size n\nreal w[n], x[n]\n",
    ),
    ("> Note: we drop the bias to keep things simple.\n\n" + LS, LSB),
    ("**Exercise.** Let $f(x) = x^2$. Show that\n\n" + display(r"\frac{d}{dx} x^2 = 2x"), "real x\n"),
]


@pytest.mark.parametrize(("page", "block"), INNOCENT)
def test_prose_as_people_write_it_does_not_stand_in_the_way(page: str, block: str) -> None:
    assert verdicts(page, block)[-1] == "proved"


# ---- what a sentence speaks of


def sentence_of(text: str) -> PageSentence:
    """Return the one sentence of a text."""
    (found,) = page_prose(Source(text, "page"), False).sentences
    return found


def test_a_letter_is_a_name_unless_it_is_a_word_of_its_language() -> None:
    def named(text: str) -> list[str]:
        return sorted(
            letter for _, letters in spoken.mentioned_names(sentence_of(text)) for letter in letters
        )

    assert named("y is the square of x.") == ["x", "y"]
    assert named("La pérdida y la derivada de la función son estas.") == []
    assert named("sigma of z") == ["sigma", "z"]


def test_who_depends_on_whom() -> None:
    (edge,) = dependence.spoken_edges(sentence_of("$y$ is the sum of $x$ and c."))
    assert edge.left == frozenset("y")
    assert edge.right == frozenset("x")
    assert not list(dependence.spoken_edges(sentence_of("$y$ is the target, and $x$ is the input.")))


def test_what_code_assigns() -> None:
    code = "y_hat = w * x\nfrom numpy import log10\nlog = np.log10\n"
    found = list(asides.assigned(code, [(0, len(code))]))
    assert [(one.name, one.names) for one in found if one.name] == [(r"\hat{y}", ("w", "x"))]
    assert [one.renamed for one in found if one.renamed] == ["log"]


def test_a_sentence_that_its_author_leaves_out_is_not_heard() -> None:
    said = "<!-- derive: begin skip -->\n\n$y$ is the square of $x$.\n\n<!-- derive: end skip -->\n\n"
    product = display(r"\frac{d(xy)}{dx} = y")
    assert verdicts(said + product, SCALARS) == ["proved"]
    assert verdicts("$y$ is the square of $x$.\n\n" + product, SCALARS) == ["error"]
