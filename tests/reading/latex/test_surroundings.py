"""Pages whose words decide what their displays mean: true ones are not refuted, false ones beside them not proved.

Each list has the wordings that were found to slip through, and behind them others, which the vocabulary was not made
from.
"""

from __future__ import annotations

import pytest

from derive.limits.deadline import Effort
from derive.verification.questions import answer, asked_in_problems, problems_of, questions

QUIET = Effort(0, 0, 0)
SCALARS = "real x, y, c\n"
ARRAYS = "size n\nreal s[n], c[n], x[n], w[n], A[n,n]\n"


def verdicts(page: str, block: str, ending: str = ".md") -> list[str]:
    """Return the verdicts on a page behind a block of declarations."""
    problems = problems_of(f"```derive\n{block}```\n\n{page}", "page", ending)
    return [
        answer(question, QUIET).verdict.value
        for asked in asked_in_problems(problems, "page")
        for question in questions(asked)
    ]


def display(*formulas: str) -> str:
    """Return displays with nothing between."""
    return "\n\n".join(f"$$\n{one}\n$$" for one in formulas) + "\n"


SOFTMAX = display(r"p_i = \frac{e^{s_i}}{\sum_k e^{s_k}}") + "\n"
LOSS = SOFTMAX + "The loss is\n\n" + display(r"E = -\sum_j c_j \log p_j") + "\nIts gradient is\n\n"

# ---- words beside a display

BESIDE = [
    ("To first order,", "(1+x)^2 = 1+2x"),
    ("Up to a constant,", "(x+1)^2 = x^2+2x"),
    ("Up to terms of higher order in $x$,", "(1+x)^2 = 1+2x"),
    ("Neglecting squares,", "(1+x)^2 = 1+2x"),
    ("Ignoring $y$,", "x+y = x"),
    ("As $x$ goes to zero", "x+y = y"),
    ("In the limit of small x we get", "x+y = y"),
    ("On the circle, we have", "x^2+y^2 = 1"),
    ("The line", "y-2x = 0"),
    ("The normalisation", "x+y = 1"),
    ("The two variables coincide here, so", "x-y = 0"),
    ("Since we are in a field of two elements:", "x+x = 0"),
    ("Standardised inputs have", "x+y = 0"),
    ("| symbol | meaning |\n|---|---|\n| $x$ | a bit |", "x^2 = x"),
    ("Für orthogonale Vektoren gilt", "xy = 0"),
    # fresh
    ("To leading order in $x$ we find", "(1+x)^3 = 1+3x"),
    ("Dropping the quadratic part,", "(1+x)^2 = 1+2x"),
    ("Forgetting constants,", "(x+1)^2 = x^2 + 2x"),
    ("Far away from the origin the second summand is invisible:", "x^2 + y = x^2"),
    ("Along the parabola", "y = x^2"),
    ("Bits satisfy", "x^2 = x"),
    ("Somebody wrote on the blackboard", "x + y = xy"),
    ("Freshman's dream:", "(x+y)^2 = x^2 + y^2"),
    ("Half of my class believes that", "x + y = xy"),
    ("Working over $\\mathbb{F}_2$,", "(x+y)^2 = x^2 + y^2"),
    ("The Lagrange condition reads", "x - 2y = 0"),
    ("Energy conservation demands", "x^2 + y^2 = 4"),
    ("In equilibrium,", "x - y = 0"),
    ("Almost surely,", "x = y"),
    ("Zwei Zahlen, deren Summe verschwindet:", "x + y = 0"),
    ("Au voisinage de zéro,", "(1+x)^2 = 1+2x"),
    ("Despreciando los cuadrados,", "(1+x)^2 = 1+2x"),
    ("С точностью до константы", "(x+1)^2 = x^2+2x"),  # noqa: RUF001
    ("在原点附近", "(1+x)^2 = 1+2x"),
    ("원점 근처에서", "(1+x)^2 = 1+2x"),
    ("原点の近くで", "(1+x)^2 = 1+2x"),
]


@pytest.mark.parametrize(("lead", "formula"), BESIDE)
def test_words_before_a_display_keep_a_refutation_back(lead: str, formula: str) -> None:
    assert "refuted" not in verdicts(f"{lead}\n\n{display(formula)}", SCALARS)


BEHIND = [
    ("x^2+y^2 = 1", "is compact."),
    ("x^2 = 1", "is the equation of two points."),
    ("x+y = 0", "has to hold."),
    # fresh
    ("x y = 1", "is a hyperbola."),
    ("x + y = 1", "is what we impose."),
    ("(1+x)^2 = 1+2x", "up to quadratic terms."),
    ("x = y", "Here the two are tied."),
    ("x^2 = x", "This is so for bits."),
    ("(x+y)^2 = x^2+y^2", "Can you spot the slip?"),
    ("x + y = x", "since $y$ is tiny."),
    ("x + y = xy", "Of course nothing of this is serious."),
]


@pytest.mark.parametrize(("formula", "behind"), BEHIND)
def test_words_behind_a_display_keep_a_refutation_back(formula: str, behind: str) -> None:
    assert "refuted" not in verdicts(f"{display(formula)}\n{behind}\n", SCALARS)


# ---- conditions said anywhere

SUM_ONE = [
    "Let $c$ be a distribution over classes, $\\sum_j c_j = 1$.",
    "The targets sum to one.",
    "The target $c$ is one-hot.",
    "(Recall that $c$ is a probability distribution.)",
    "The targets are normalised.",
    # fresh
    "",
    "What we compare with is a histogram.",
    "Every example belongs to one class and no other.",
    "The entries of $c$ add up to the total mass of unity.",
    "$c$ lives on the simplex.",
    "Labels are coded as standard basis vectors.",
    "Die Zielwerte summieren sich zu eins.",
    "Les cibles forment une loi de probabilité.",
    "Las etiquetas son one-hot.",
    "标签是独热的。",
    "ラベルはワンホットです。",
    "레이블은 원핫 벡터이다.",
    "Метки нормированы.",
    "Os alvos somam um.",
]


@pytest.mark.parametrize("said", SUM_ONE)
def test_what_is_true_of_shares_is_not_refuted_wherever_that_is_said(said: str) -> None:
    gradient = display(r"\frac{\partial E}{\partial s_i} = p_i - c_i")
    for page in (f"{said}\n\n{LOSS}{gradient}", f"{LOSS}{gradient}\n{said}\n"):
        assert verdicts(page, ARRAYS)[-1] in ("error", "undecided")
    wrong = display(r"\frac{\partial E}{\partial s_i} = 2 p_i + c_i")
    assert verdicts(f"{said}\n\n{LOSS}{wrong}", ARRAYS)[-1] != "proved"


def test_what_a_block_says_is_read() -> None:
    gradient = display(r"\frac{\partial E}{\partial s_i} = p_i - c_i")
    wrong = display(r"\frac{\partial E}{\partial s_i} = p_i + c_i")
    block = "size n\nreal s[n]\nsimplex c[n]\n"
    said = "Let $c$ be a distribution, $\\sum_j c_j = 1$, and note $\\sum_i p_i = 1$.\n\n"
    assert verdicts(said + LOSS + gradient, block)[-1] == "proved"
    assert verdicts(LOSS.replace("The loss", said + "The loss") + wrong, block)[-1] == "refuted"


EARLIER = [
    ("Assume $c = 2$ throughout.", "c x = 2x"),
    ("Throughout, $c = 2$.", "c x = 2x"),
    ("Let $c = 2$.\n\n## A section", "c x = 2x"),
    ("with $\\|x\\| = 1$", "x^2 = 1"),
    ("Suppose that $x + y = 0$.", "x^2 + x y = x + y"),
    # fresh
    ("We shall always have $x = y$.", "x y = y^2"),
    ("The speed of light is $c = 1$.", "c x = x"),
    ("Units are chosen with $c=1$.", "c x = x"),
    ("Only points on $x = y$ matter.", "x^2 = x y"),
    ("- parameters: $c = 3$", "c + x = 3 + x"),
    ("| $c$ | meaning |\n|---|---|\n| $c = 3$ | default |", "c + x = 3 + x"),
    ("> Convention: $y \\ge 0$.", "\\sqrt{y^2} = y"),
    ("Everything takes place where $x > 0$.", "|x| = x"),
    ("*Setting.* $y < 0$.", "|y| = -y"),
    ("Im Folgenden ist alles positiv.", "|x| = x"),
    ("Dans toute la suite, les nombres sont positifs.", "|x| = x"),
    ("En todo lo que sigue $c = 2$.", "c x = 2x"),
    ("以下では $c = 2$ とする。", "c x = 2x"),
    ("以下均取 $c = 2$。", "c x = 2x"),
    ("이하에서 $c = 2$ 이다.", "c x = 2x"),
    ("Всюду далее $c = 2$.", "c x = 2x"),
]


@pytest.mark.parametrize(("said", "formula"), EARLIER)
def test_what_is_said_earlier_is_not_forgotten(said: str, formula: str) -> None:
    page = f"{said}\n\nSome text with $x$ in it. It goes on.\n\nThen we have\n\n{display(formula)}"
    assert "refuted" not in verdicts(page, SCALARS)


SYMMETRIC = [
    "Let $A$ be a symmetric matrix and $x$ a vector.",
    "# Quadratic forms of symmetric matrices",
    "Covariances $A$:",
    "",
]


@pytest.mark.parametrize("said", SYMMETRIC)
def test_what_is_true_of_symmetric_matrices_is_not_refuted(said: str) -> None:
    page = f"{said}\n\nOne of their uses is the following. We differentiate by $x$.\n\n"
    assert verdicts(page + display(r"\nabla_x (x^T A x) = 2 A x"), ARRAYS)[-1] in ("error", "undecided")
    assert verdicts(page + display(r"\nabla_x (x^T A x) = 3 A x"), ARRAYS)[-1] != "proved"


# ---- cases

DIAGONAL = r"\frac{\partial p_i}{\partial s_j} = p_i(1-p_i)"
OFF = r"\frac{\partial p_i}{\partial s_j} = -p_i p_j"
CASES = [
    ("### Case $i = j$\n\nThe numerator depends on $s_j$, too.", DIAGONAL),
    ("First let $i = j$.\n\nThe quotient rule says", DIAGONAL),
    ("For distinct indices,", OFF),
    ("Take two different classes $i$ and $j$. By the quotient rule", OFF),
    ("The off-diagonal entries of the Jacobian are", OFF),
    ("The diagonal case:", DIAGONAL),
    ("### Off-diagonal entries\n\nBy the quotient rule", OFF),
    # fresh
    ("For a class other than its own,", OFF),
    ("Along the main diagonal of the Jacobian:", DIAGONAL),
    ("## Cross derivatives\n\nBy the quotient rule we get", OFF),
    ("When both indices agree, the numerator moves too.\n\nBy the quotient rule", DIAGONAL),
    ("**Equal indices.**\n\nWe get", DIAGONAL),
    ("Let us begin with unequal indices.\n\nThen", OFF),
    ("The indices are now kept apart.\n\nThen", OFF),
    ("1. $i$ is $j$.\n\n   Then", DIAGONAL),
    ("Own score:", DIAGONAL),
    ("How does a probability react to a foreign score?", OFF),
    ("Fall 1: gleiche Indizes.\n\nDann", DIAGONAL),
    ("Cas où les indices diffèrent.\n\nOn obtient", OFF),
    ("Para índices distintos.\n\nEntonces", OFF),
    ("非对角元\n\n得到", OFF),
    ("対角成分\n\n次を得る", DIAGONAL),
    ("비대각 성분\n\n따라서", OFF),
    ("Недиагональные элементы\n\nПолучаем", OFF),  # noqa: RUF001
    ("Elementos fora da diagonal\n\nTemos", OFF),
]


@pytest.mark.parametrize(("said", "formula"), CASES)
def test_a_case_is_not_refuted_for_what_it_leaves_out(said: str, formula: str) -> None:
    assert "refuted" not in verdicts(f"{SOFTMAX}{said}\n\n{display(formula)}", ARRAYS)
    assert "proved" not in verdicts(f"{SOFTMAX}{said}\n\n{display(formula + ' + 1')}", ARRAYS)


def test_a_page_that_speaks_of_no_case_is_wrong_if_it_writes_one() -> None:
    assert verdicts(f"{SOFTMAX}The derivative is\n\n{display(OFF)}", ARRAYS)[-1] == "refuted"


# ---- what depends on what

DEPENDENT = [
    "Let $y = x^2$.",
    "We set $y := x^2$.",
    "Here $y = y(x)$.",
    "Here $y$ depends on $x$.",
    "Let $y$ be a function of $x$.",
    # fresh
    "with $y$ some function of $x$",
    "where $y = \\sin x$",
    "Remember that $y$ varies with $x$.",
    "$y$ is determined by $x$.",
    "The point moves on $x^2 + y^2 = 1$.",
    "We have $z = 2x$ and $y = z + 1$.",
    "$y \\equiv x^3$ in this section.",
    "- $y = e^x$: the output",
    "| name | value |\n|---|---|\n| $y$ | $y = 3x$ |",
    "## The curve $y = x^3$",
    "Dabei hängt $y$ von $x$ ab, $y = x^2$.",
    "Ici $y$ dépend de $x$.",
    "Aquí $y$ es una función de $x$.",
    "其中 $y = x^2$。",
    "$y$ 是 $x$ 的函数。",
    "ここで $y$ は $x$ に依存する。",
    "여기서 $y = x^2$ 이다.",
    "Здесь $y$ зависит от $x$.",
    "Aqui $y$ é uma função de $x$.",
    "Think of $y$ as a curve $y = g(x)$.",
]


@pytest.mark.parametrize("said", DEPENDENT)
def test_nothing_is_proved_of_a_derivative_of_what_depends(said: str) -> None:
    product = display(r"\frac{d (x y)}{dx} = y")
    for page in (
        f"{said}\n\n{product}",
        f"{said}\n\nSome text.\n\nThen\n\n{product}",
        f"{product}\n{said}\n",
    ):
        assert "proved" not in verdicts(page, SCALARS)
    assert verdicts(f"{said}\n\n{display('x y = y x')}", SCALARS) == ["proved"]


@pytest.mark.parametrize(
    "page",
    [
        display("y = x^2", r"\frac{d(xy)}{dx} = y"),
        display("y(x) = x^2", r"\frac{d(xy)}{dx} = y"),
        display(r"\frac{d(xy)}{dx} = y") + "\nwhere\n\n" + display("y = x^2"),
        display(r"\frac{dy}{dx} = 2x", r"\frac{d(xy)}{dx} = y"),
    ],
)
def test_a_refused_display_says_what_depends(page: str) -> None:
    assert "proved" not in verdicts(page, SCALARS)


def test_the_term_through_a_recurrence_is_not_lost() -> None:
    block = "size T\nreal h[T], x[T], u, w\n"
    page = display("h_t = w h_{t-1} + u x_t", "a_t = w h_t", r"\frac{\partial a_t}{\partial w} = h_t")
    assert "proved" not in verdicts(page, block)


@pytest.mark.parametrize(
    "said",
    ["Let $w_i = e^{x_i}$. Then", "The attention weights $w_i$ depend on $x$.", "The weights depend on $x$."],
)
def test_weights_that_depend_on_the_input(said: str) -> None:
    page = f"{said}\n\n" + display(r"\frac{\partial}{\partial x_j}\left(\sum_i w_i x_i\right) = w_j")
    assert "proved" not in verdicts(page, ARRAYS)


# ---- other meanings

MEANINGS = [
    (r"$\sigma(x) = \max(0, x)$ is the activation.", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    (r"The activation $\sigma$ is a hyperbolic tangent.", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    (r"$\tanh(u) = u$", r"\frac{d\tanh(x)}{dx} = 1 - \tanh^2(x)"),
    (r"Here $\exp(x) = 2^x$.", r"\frac{d\exp(x)}{dx} = \exp(x)"),
    (r"Here $e$ is the error, $e = 3$.", r"\frac{d e^x}{dx} = e^x"),
    ("All logarithms are to base 2.", r"\frac{d \log x}{dx} = \frac1x"),
    (r"We write $\log$ for $\log_2$.", r"\frac{d \log x}{dx} = \frac1x"),
    (r"$\log$ denotes the logarithm to base 2.", r"\frac{d \log x}{dx} = \frac1x"),
    ("The angle $x$ is in degrees.", r"\frac{d \sin x}{dx} = \cos x"),
    (r"Superscripts number the samples.", "x^2 x^1 = x^3"),
    # fresh
    (r"Here $\sigma$ is the ReLU.", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    (r"where $\sigma(z) = z^2$", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    (r"$\sigma$ stands for a generic nonlinearity.", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    (r"By $\sigma$ we mean the softplus.", r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))"),
    ("Information is measured in bits.", r"\frac{d \log x}{dx} = \frac1x"),
    (r"with $\log = \log_{10}$", r"\frac{d \log x}{dx} = \frac1x"),
    ("We use decimal logarithms.", r"\frac{d \log x}{dx} = \frac1x"),
    ("Der Logarithmus ist der zur Basis 2.", r"\frac{d \log x}{dx} = \frac1x"),
    ("Le logarithme est en base 10.", r"\frac{d \log x}{dx} = \frac1x"),
    ("El logaritmo es de base 2.", r"\frac{d \log x}{dx} = \frac1x"),
    ("对数以2为底。", r"\frac{d \log x}{dx} = \frac1x"),
    ("対数の底は2。", r"\frac{d \log x}{dx} = \frac1x"),
    ("로그의 밑은 2이다.", r"\frac{d \log x}{dx} = \frac1x"),
    ("Логарифмы по основанию 2.", r"\frac{d \log x}{dx} = \frac1x"),
    ("Angles are measured in degrees.", r"\frac{d \cos x}{dx} = -\sin x"),
    ("Winkel in Grad.", r"\frac{d \sin x}{dx} = \cos x"),
    (r"Let $\exp$ denote the base-10 exponential.", r"\frac{d\exp(x)}{dx} = \exp(x)"),
    (r"$e = y - c$ is the residual.", r"\frac{d e^x}{dx} = e^x"),
    (r"The upper index in $x^2$ is a superscript and no power.", "x^2 x = x^3"),
]


@pytest.mark.parametrize(("said", "formula"), MEANINGS)
def test_nothing_is_proved_of_a_function_with_another_meaning(said: str, formula: str) -> None:
    assert "proved" not in verdicts(f"{said}\n\n{display(formula)}", SCALARS)
    assert "proved" not in verdicts(f"{said}\n\nSome text.\n\nThen\n\n{display(formula)}", SCALARS)


@pytest.mark.parametrize(
    "said",
    [
        r"where $\sigma$ is the sigmoid",
        r"where $\sigma$ is the logistic function",
        r"Here $\sigma(x) = 1/(1+e^{-x})$.",
        "We differentiate the activation.",
    ],
)
def test_the_usual_meaning_may_be_said(said: str) -> None:
    page = f"{said}\n\n" + display(r"\frac{d\sigma(x)}{dx} = \sigma(x)(1-\sigma(x))")
    assert verdicts(page, SCALARS) == ["proved"]


ANEW = [
    r"Let $y = 2\sum_i x_i$.",
    r"Now $y = 2\sum_i x_i$.",
    "From now on $y$ denotes the mean.",
    "## New section\n\nLet $y$ be the mean of the entries of $x$.",
    # fresh
    r"Henceforth $y = 3\sum_i x_i$.",
    r"with $y = \frac1n\sum_i x_i$ instead",
    "Let $y$ stand for the average.",
    "We redefine $y$ as the product of the entries.",
    r"In this section $y$ is twice as large.",
]


@pytest.mark.parametrize("said", ANEW)
def test_nothing_is_proved_of_a_name_that_is_defined_anew(said: str) -> None:
    page = display(r"y = \sum_i x_i") + f"\n{said}\n\n" + display(r"\frac{\partial y}{\partial x_i} = 1")
    assert "proved" not in verdicts(page, "size n\nreal x[n]\n")


def test_a_definition_for_a_case_is_none() -> None:
    page = "If $n$ is even then\n\n" + display(r"y = \sum_i x_i") + "\nand otherwise $y = 0$. Hence\n\n"
    page += display(r"\frac{\partial y}{\partial x_i} = 1")
    assert "proved" not in verdicts(page, "size n\nreal x[n]\n")


RANGES = [
    "where $i$ runs over the neighbours of $j$.",
    "The sum does not include $j$ itself.",
    r"Here $\sum_i$ is an average over $i$.",
    "The sum is over all $i$ but the first.",
    "We treat the first entry as a constant.",
    # fresh
    "The sum leaves out the last entry.",
    "Here $i$ ranges over the visible units.",
    r"$\sum_i$ means the average.",
    "The summation excludes $j$.",
    "The sum runs over a random subset.",
    "Sums are over a minibatch.",
    "The sum starts at the second entry.",
    "Gradients do not flow through the last entry.",
    "One entry is frozen.",
    "Die Summe läuft über die Nachbarn.",
    "La somme parcourt les voisins.",
    "La suma recorre los vecinos.",
    "求和取遍邻居。",
    "和は近傍にわたる。",
    "합은 이웃에 대한 것이다.",
    "Сумма пробегает соседей.",
    "A soma percorre os vizinhos.",
]


@pytest.mark.parametrize("said", RANGES)
def test_nothing_is_proved_of_a_sum_over_something_else(said: str) -> None:
    formula = display(r"\frac{\partial}{\partial x_j}\sum_i x_i = 1")
    for page in (f"{said}\n\n{formula}", f"{formula}\n{said}\n"):
        assert "proved" not in verdicts(page, ARRAYS)


@pytest.mark.parametrize(
    "said", ["The sum runs over all classes.", "where the sum ranges over all samples $i$."]
)
def test_the_usual_range_may_be_said(said: str) -> None:
    assert verdicts(f"{said}\n\n" + display(r"\frac{\partial}{\partial x_j}\sum_i x_i = 1"), ARRAYS) == [
        "proved"
    ]


# ---- what is told, and marks


def test_what_was_found_is_told() -> None:
    problems = problems_of(
        f"```derive\n{SCALARS}```\n\nNeglecting squares,\n\n{display('(1+x)^2 = 1+2x')}", "page", ".md"
    )
    (result,) = [
        answer(question, QUIET)
        for asked in asked_in_problems(problems, "page")
        for question in questions(asked)
    ]
    assert result.message is not None
    assert (
        result.message.startswith('"squares" in line 5 may restrict or deny what is said here')
        or "Neglecting".lower() in result.message
    )
    assert "as it was read it is false at x = " in result.message


def test_a_mark_that_nothing_ends_leaves_nothing_out_in_silence() -> None:
    page = display("x + y = y + x") + "\n<!-- derive: begin skip -->\n\n" + display("x = 2x")
    assert verdicts(page, SCALARS) == ["proved", "error"]


@pytest.mark.parametrize(
    "title",
    ["# Attention", "## The LSTM cell", "# Hinge loss", "# Student's notes", "\\section{Gaussian density}"],
)
def test_a_heading_that_only_tells_the_subject_keeps_no_refutation_back(title: str) -> None:
    assert verdicts(f"{title}\n\n{display('(x+y)^2 = x^2 + y^2')}", SCALARS) == ["refuted"]


@pytest.mark.parametrize(
    "title",
    [
        "# Orthogonal inputs",
        "# On the unit circle",
        "# Small $x$",
        "# Characteristic 2",
        "# Modular arithmetic",
        "# To leading order",
        "# A wrong formula",
        "# The case of bits",
        "# Along a curve",
    ],
)
def test_a_heading_that_may_restrict_keeps_a_refutation_back(title: str) -> None:
    assert verdicts(f"{title}\n\n{display('(x+y)^2 = x^2 + y^2')}", SCALARS) == ["error"]
