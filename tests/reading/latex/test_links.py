r"""Links of pages as people write them: each is judged by its own two sides, and what a block tells is believed."""

from __future__ import annotations

import pytest

from derive.reading.latex.shorthand import shorthands, slopes
from tests.reading.latex.test_pages import verdicts as as_it_stands
from tests.reading.latex.test_surroundings import display, verdicts

P, R, E = "proved", "refuted", "error"
BLOCK = "size n\nreal x, y, c, s[n], q[n]\nlet f = x^2*y\nlet z = x^3\n"

# ---- a side of which the meaning is not clear, among others


def aligned(*rows: str) -> str:
    """Return a display of several rows."""
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$\n"


CHAINS = [
    # what cannot be read is not judged, nor is what is set equal to it; the others are (failures are told first)
    (("x + x &= 2x", "&= x_k + y", "&= 2(x + y)", "&= 2x + 2y", "&= x + 2y"), [E, P, P, R]),
    (("x + x &= x_k + y", "&= 2x + y", "&= x + x + y"), [E, P]),
    (("x + x &= x_k + y", "&= 2x + y + 1", "&= x + x + y"), [E, R]),
    # each link by itself: that what follows the unclear side is what the first one is does not make it follow
    (("x + x &= x_k + y", "&= 2x"), [E]),
    # what says of a side where it holds, may say it of what follows
    (("x^2 &= \\left. y_k \\right|_{x = 1}", "&= 1", "&= x"), [E]),
    (("x^2 &= \\lim_{x \\to y} z_k", "&= y^2", "&= xy"), [E]),
    (("x + x &= \\foo", "&= 2x + y", "&= x + x + y"), [E]),
]


@pytest.mark.parametrize(("rows", "found"), CHAINS)
def test_an_unclear_side_leaves_the_links_below_it(rows: tuple[str, ...], found: list[str]) -> None:
    assert verdicts(aligned(*rows), BLOCK) == found


def test_an_unclear_side_leaves_the_chains_below_it_but_no_definition() -> None:
    rows = ("x + x &= x_k", "y + y &= 2y", "g &= x_k", "&= x + y", "\\frac{\\partial g}{\\partial x} &= 1")
    assert verdicts(aligned(*rows), BLOCK).count(P) == 1


# ---- how far a derivative reaches

REACHES = [
    (r"\frac{\partial}{\partial x} \frac{1}{2} (x - y)^2 = x - y", P),
    (r"\frac{\partial}{\partial x} \frac{1}{2} (x - y)^2 = y - x", R),
    (r"\frac{\partial}{\partial x} c y x^2 = 2 c y x", P),
    (r"\frac{\partial}{\partial x} x \tanh(y) = \tanh(y)", P),
    (r"\frac{\partial}{\partial x} x \tanh(y) = x", R),
    (r"\frac{\partial}{\partial s_i} \frac{1}{n} \sum_j s_j^2 = \frac{2}{n} s_i", P),
    (r"\frac{\partial}{\partial s_i} s_j q_j = \delta_{ij} q_j", P),
    (r"\nabla_s \frac{1}{2} \|s - q\|^2 = s - q", P),
    (r"\nabla_s \frac{1}{2} \|s - q\|^2 = q - s", R),
    (r"\frac{\partial}{\partial x} x z = z", E),
    (r"\frac{\partial}{\partial x} x z = z + 3x^3", E),
    (r"\frac{\partial}{\partial x} y x (x + y) = 2xy + y^2", E),
    (r"\nabla_s \|s\|^2 q = 2 s q", E),
]


@pytest.mark.parametrize(("claim", "verdict"), REACHES)
def test_a_derivative_reaches_over_the_one_factor_that_depends_on_it(claim: str, verdict: str) -> None:
    assert set(verdicts(display(claim), BLOCK)) == {verdict}


# ---- a whole number with a fraction behind it

MIXED = [
    (r"\frac{\partial z}{\partial x} = 2 \frac{1}{2} 3 x^2", E),
    (r"\frac{\partial z}{\partial x} = 2 \frac{3}{2} (x^2)", P),
    (r"\frac{\partial z}{\partial x} = 2 \frac{3}{2} x^2", E),
    (r"x = 2 \frac{1}{2} x", E),  # two and a half of it
    (r"2 \frac{1}{2} = 1", E),
    (r"\frac{\partial z}{\partial x} = 3 \frac{1}{2} x^2", E),  # as a product false, as a mixed number, too
    (r"x + x + \frac{x}{2} = 2 \frac{1}{2} x", E),  # as a mixed number true
]


@pytest.mark.parametrize(("claim", "verdict"), MIXED)
def test_a_number_with_a_fraction_is_proved_as_a_product_and_never_refuted(claim: str, verdict: str) -> None:
    assert verdicts(display(claim), BLOCK) == [verdict]


def test_a_number_with_a_fraction_defines_nothing() -> None:
    assert P not in verdicts(display(r"g = 2 \frac{1}{2} x", r"\frac{\partial g}{\partial x} = 1"), BLOCK)


# ---- names that a block spells out with what stands below them

STEPS = (
    "real w, a, p\nread a as a_t\nread p as h_{t-1}\nlet u = w*a + p\nread u as u_t\nlet h = sigmoid(u)\n"
    "read h as h_t\n"
)
SLOPE = display(r"\frac{\partial h_t}{\partial w} = h_t (1 - h_t) a_t")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("", P),
        ("Here $h_t = \\sigma(u_t)$ depends on $w$.\n\n", P),
        ("Let $h_t = \\sigma(u_t)$ and $u_t = w a_t + h_{t-1}$.\n\n", P),
        # what is said of the name itself counts, whatever the block tells
        ("Here $h_{t-1}$ depends on $w$.\n\n", E),
        ("Remember that $h_{t-1} = \\sigma(w a_{t-1})$.\n\n", E),
        ("The input $a_t$ is the square of $w$.\n\n", E),
    ],
)
def test_what_a_page_says_of_another_step_is_not_said_of_what_a_block_spells_out(
    words: str, verdict: str
) -> None:
    assert verdicts(words + SLOPE, STEPS)[-1] == verdict


def test_what_a_page_says_of_another_step_keeps_a_refutation_back() -> None:
    wrong = display(r"\frac{\partial h_t}{\partial w} = h_t (1 - h_t) a_t + 1")
    assert verdicts(wrong, STEPS) == [R]
    assert verdicts("Here $h_t = \\sigma(u_t)$ depends on $w$.\n\n" + wrong, STEPS) == [E]


# ---- commands that a page defines nowhere

DATA = (
    "Let $\\bX \\in \\mathbb{R}^{n \\times d}$, $\\by \\in \\mathbb{R}^n$ and $\\bw \\in \\mathbb{R}^d$.\n\n"
)
SQUARES = display(r"E = \frac{1}{2} \|\bX\bw - \by\|^2")


def test_bold_letters_by_commands_of_a_site() -> None:
    right = display(r"\nabla_\bw E = \bX^\top (\bX\bw - \by)")
    wrong = display(r"\nabla_\bw E = \bX^\top (\bX\bw + \by)")
    assert as_it_stands(DATA + SQUARES + right) == [P]
    assert P not in as_it_stands(DATA + SQUARES + wrong)


def test_sums_by_commands_of_a_site() -> None:
    page = display(r"E = \sumN a_n^2", r"\frac{\partial E}{\partial a_n} = 2 a_n")
    assert as_it_stands(page) == [P]


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (r"$\bx_i + \vw + \mW$", {r"\bx", r"\vw", r"\mW"}),
        (r"$\bbeta^\top \bmu$", {r"\bbeta", r"\bmu"}),
        (r"$\bx_i - x$", set()),  # it may be the mean of x
        (r"$\bx - x_i + \bX \bw$", {r"\bx", r"\bX", r"\bw"}),  # two letters that are bold say what b is
        (r"$\bx - x + \bX \bw$", {r"\bX", r"\bw"}),
        (r"$\bx - x_i + \bX$", {r"\bX"}),
        (r"$\bx \vx$", set()),
        (r"$\be a \ee$", set()),  # the ends of an equation
        (r"$\bE x + \bP + \bI$", set()),
        (r"$\bb{R} \bs[x]$", set()),
        (r"\def\bx{y} $\bx$", set()),
        (r"\let\bx\undefined $\bx$", set()),
        (r"$\Vx + \mw + \vW$", set()),
        (r"$\sumN a_n + \prodN a_n$", {r"\sumN", r"\prodN"}),
        (r"$\sumN a_i$", set()),
        (r"$\dadb{x}{y} \foo$", set()),
    ],
)
def test_which_commands_are_only_what_their_names_say(page: str, read: set[str]) -> None:
    assert shorthands(page).keys() == read


@pytest.mark.parametrize(
    ("page", "read"),
    [
        (r"$\pdv{y}{x} + \dadb{f(x)}{x_i}$", {r"\pdv", r"\dadb"}),
        (r"$\dv{ \frac{1}{2} }{x}$", {r"\dv"}),
        (r"$\pdv{x} y$", set()),  # what is differentiated stands behind it
        (r"$\pdv{f}{x}{y}$", set()),  # a second derivative
        (r"$\pdv{f}{x} + \pdv[2]{f}{x}$", set()),
        (r"\newcommand{\pdv}[2]{#1/#2} $\pdv{f}{x}$", set()),
        (r"$\foo{f}{x}$", set()),
    ],
)
def test_which_commands_are_only_derivatives(page: str, read: set[str]) -> None:
    assert slopes(page).keys() == read


def test_derivatives_by_commands_of_a_package() -> None:
    assert as_it_stands(display(r"E = \sum_i s_i^2", r"\pdv{E}{s_i} = 2 s_i")) == [P]
    assert P not in as_it_stands(display(r"E = \sum_i s_i^2", r"\pdv{E}{s_i} = s_i"))


# ---- families in the brackets behind a name


@pytest.mark.parametrize("family", [r"\{y_n, x_n\}_{n=1}^N", r"\{(x_n, y_n)\}", r"\{\mathbf{x}_n\}"])
def test_a_function_of_a_family_of_samples(family: str) -> None:
    loss = rf"L(w; {family}) = \sum_{{n=1}}^N (w x_n - y_n)^2"
    slope = rf"\frac{{\partial L(w; {family})}}{{\partial w}} = \sum_{{n=1}}^N"
    assert as_it_stands(display(loss, slope + " 2 (w x_n - y_n) x_n")) == [P]
    assert P not in as_it_stands(display(loss, slope + " (w x_n - y_n) x_n"))


def test_a_function_of_another_family_is_another_value() -> None:
    loss = display(r"L(w; \{x_n\}) = \sum_{n=1}^N w x_n")
    assert P not in as_it_stands(
        loss + display(r"\frac{\partial L(w; \{y_n\})}{\partial w} = \sum_{n=1}^N x_n")
    )
    assert P not in as_it_stands(
        loss + display(r"\frac{\partial L(w; \{2 x_n\})}{\partial w} = \sum_{n=1}^N x_n")
    )


# ---- words that are names of methods, and values that say of nothing on what it depends

LIKELIHOOD = display(
    r"L = \sum_{n=1}^N y_n \log \sigma(w x_n) + (1 - y_n) \log(1 - \sigma(w x_n))",
    r"\frac{\partial L}{\partial w} = \sum_{n=1}^N (y_n - \sigma(w x_n)) x_n",
)


@pytest.mark.parametrize(
    "said",
    [
        "# Logistic regression by maximum likelihood\n\n",
        "There is no closed form for the root, so one descends on the negative log-likelihood.\n\n",
        "Let $y_n$ be a Bernoulli variable with $p_n = \\sigma(w x_n)$.\n\n",
        "For $y_n = 0$ and for $y_n = 1$ this is the right probability.\n\n",
    ],
)
def test_what_says_nothing_of_a_likelihood(said: str) -> None:
    assert P in as_it_stands(said + LIKELIHOOD)


@pytest.mark.parametrize(
    "said",
    [
        "The logistic is the maximum of these.\n\n",
        "The log is to base two.\n\n",
        "Here $x_n = w$.\n\n",
        "Let $x_n$ be the output with $x_n = w z_n$.\n\n",
    ],
)
def test_what_says_something_of_a_likelihood(said: str) -> None:
    assert P not in as_it_stands(said + LIKELIHOOD)


# ---- an end that is the index


def test_a_sum_up_to_its_own_index_is_one_over_all() -> None:
    page = display(r"E = \sum_{k=1}^k s_k q_k", r"\frac{\partial E}{\partial s_k} = q_k")
    assert verdicts(page, BLOCK) == [P]
    wrong = display(r"E = \sum_{k=1}^k s_k q_k", r"\frac{\partial E}{\partial s_k} = n q_k")
    assert verdicts(wrong, BLOCK) == [R]


# ---- what a page tells of its indices, powers and losses

SOFTMAX = display(r"p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}")


def test_a_case_of_two_indices_in_the_text_names_nothing() -> None:
    right = display(r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)")
    wrong = display(r"\frac{\partial p_i}{\partial z_j} = p_i (1 + p_j)")
    assert as_it_stands(SOFTMAX + "If $i = j$:\n\n" + right) == [P]
    assert as_it_stands(SOFTMAX + "If $i = j$:\n\n" + wrong) == [R]


def test_i_and_j_below_a_name_are_indices_but_not_where_something_is_added() -> None:
    page = display(r"E = \frac{1}{2} \theta^\top \theta", r"\frac{\partial E}{\partial \theta_j} = \theta_j")
    assert as_it_stands(page) == [P]
    wrong = display(
        r"E = \frac{1}{2} \theta^\top \theta", r"\frac{\partial E}{\partial \theta_j} = 2 \theta_j"
    )
    assert as_it_stands(wrong) == [R]
    assert P not in as_it_stands(display(r"x_{i+1} = x_i^2", r"\frac{\partial x_{i+1}}{\partial x_i} = x_i"))


NORMED = display(
    r"\mu = \frac{1}{m} \sum_{i=1}^m x_i, \qquad \sigma^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2",
    r"y_i = \gamma \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta",
)
POWERS = [
    (NORMED + display(r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2}{m} (x_i - \mu)"), P),
    (NORMED + display(r"\frac{\partial \sigma^2}{\partial x_i} = \frac{1}{m} (x_i - \mu)"), E),
    (NORMED + display(r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} x_i"), R),
    (display(r"r^2 = x^2 + y^2", r"\frac{\partial r^2}{\partial x} = 2x"), P),
    (display(r"r^2 = x^2 + y^2", r"\frac{\partial r^2}{\partial x} = x"), E),
    # where the letter stands without its power, it is a name that nothing defines
    (display(r"r^2 = x^2 + y^2", r"\frac{\partial r}{\partial x} = \frac{2x}{r}"), E),
    (display(r"r^2 = x^2 + y^2", r"\frac{\partial^2 E}{\partial r^2} = x"), E),
]


@pytest.mark.parametrize(("page", "verdict"), POWERS)
def test_a_power_that_a_page_defines_is_a_name(page: str, verdict: str) -> None:
    assert as_it_stands(page)[-1] == verdict


def test_a_loss_is_unknown_too_where_the_text_mentions_it() -> None:
    page = "Let $L$ be the loss.\n\n" + display(
        r"y_i = \gamma x_i + \beta",
        r"\frac{\partial L}{\partial \gamma} = \sum_i \frac{\partial L}{\partial y_i} x_i",
    )
    assert as_it_stands(page) == [P]
    assert P not in as_it_stands(page.replace("y_i} x_i", "y_i}"))


FROM_ZERO = r"E = \frac{1}{n} \sum_{i=0}^n (y_i - m x_i - b)^2"
COUNTED = [
    (
        display(
            FROM_ZERO, r"\frac{\partial E}{\partial m} = -\frac{2}{n} \sum_{i=0}^n x_i (y_i - m x_i - b)"
        ),
        P,
    ),
    # how many terms there are decides, or the claim is wrong anyway
    (
        display(FROM_ZERO, r"\frac{\partial E}{\partial m} = \frac{2}{n} \sum_{i=0}^n x_i (y_i - m x_i - b)"),
        E,
    ),
    (display(FROM_ZERO, r"\frac{1}{n} \sum_{i=0}^n (b + y_i - y_i) = b"), E),
    (display(r"u = \frac{1}{n} \sum_{i=0}^n y_i", r"\sum_{i=0}^n (y_i - u) = \frac{u - u}{n}"), E),
    # from 0 to n - 1 there are n
    (
        display(
            r"E = \frac{1}{n} \sum_{i=0}^{n-1} x_i^2", r"\frac{\partial E}{\partial x_i} = \frac{2}{n} x_i"
        ),
        P,
    ),
    (
        display(
            r"E = \frac{1}{n} \sum_{i=0}^{n-1} x_i^2", r"\frac{\partial E}{\partial x_i} = \frac{1}{n} x_i"
        ),
        R,
    ),
    (display(r"E = \sum_{i=0}^{n-1} (x_i + b)", r"\frac{\partial E}{\partial b} = n"), P),
    (display(r"E = \sum_{i=0}^{n-1} (x_i + b)", r"\frac{\partial E}{\partial b} = n - 1"), R),
    (display(r"E = \sum_{i=1}^{n-1} x_i^2", r"\frac{\partial E}{\partial x_i} = 2 x_i"), E),
    (display(r"E = x_1 \sum_{i=0}^{n-1} x_i", r"\frac{\partial E}{\partial x_1} = x_1"), E),
]


@pytest.mark.parametrize(("page", "verdict"), COUNTED)
def test_sums_from_0(page: str, verdict: str) -> None:
    assert as_it_stands(page)[-1] == verdict


# ---- what is one-hot, and functions that are said later to be what they are anyway

ENTROPY = SOFTMAX + display(r"L = -\sum_{i=1}^K y_i \log p_i")
HOT = [
    ("Here $y$ is one-hot.", True),
    ("where $y$ is a one-hot vector.", True),
    ("with the one-hot label $y$:", True),
    ("where $\\mathbf{y}$ is the one-hot encoded target, so", True),
    ("Here $p$ is one-hot.", False),
    ("Here $y$ is not one-hot.", False),
    ("If $y$ is one-hot, then", False),
    ("Here $y$ is one-hot or smoothed.", False),
    ("Is $y$ one-hot?", False),
    ("Here $y$ is almost one-hot.", False),
    ("", False),
]


@pytest.mark.parametrize(("words", "used"), HOT)
def test_what_a_text_calls_one_hot_is(words: str, used: bool) -> None:
    claim = display(r"\frac{\partial L}{\partial z_i} = p_i - y_i")
    found = as_it_stands(f"{ENTROPY}\n{words}\n\n{claim}")[-1]
    assert found == P if used else found in (E, "undecided")


def test_what_is_one_hot_among_samples_is_no_array_of_samples() -> None:
    page = display(
        r"E = \frac{1}{2} \sum_{i=1}^n (w x^{(i)} - y^{(i)})^2", r"\sum_{i=1}^n y^{(i)} = \frac{u}{u}"
    )
    assert P not in as_it_stands(f"Each $y$ is one-hot.\n\n{page}")


def test_a_function_that_a_text_says_later_to_be_what_it_is() -> None:
    page = "We have $a = \\sigma(2z)$.\n\n" + display(r"\frac{\partial a}{\partial z} = 2 a (1 - a)")
    later = "\nThe sigmoid is $\\sigma(x) = \\frac{1}{1+e^{-x}}$.\n\n"
    assert as_it_stands(page + later) == [P]
    assert as_it_stands(page.replace("= 2 a", "= a") + later) == [R]
    assert P not in as_it_stands(page + later.replace("e^{-x}", "e^{x}"))


# ---- what stands against a refutation, and links that are proved


def test_a_link_below_one_that_is_not_refuted_is_proved() -> None:
    mean = display(r"\mu = \frac{1}{N} \sum_{i=0}^N X_i")
    wrong = r"\frac{\partial (X_i - \mu)}{\partial X_j} &= \delta_{ij} + \frac{\partial \mu}{\partial X_j}"
    assert as_it_stands(
        mean + aligned(wrong, r"&= \delta_{ij} + \frac{1}{N}", r"&= \delta_{ij} + \frac{2}{N}")
    ) == [E, P, E]


# ---- primes of names that the page defines


def test_a_primed_name_is_differentiated_by_and_its_base_is_made_of_nothing_else() -> None:
    page = display(r"X'_i = \frac{X_i - m}{s}", r"Y_i = c X'_i + b", r"E = \sum_i g_i Y_i")
    assert as_it_stands(page + display(r"\frac{\partial E}{\partial Y_j} = g_j")) == [P]
    assert as_it_stands(page + display(r"\frac{\partial Y_i}{\partial X'_j} = c \delta_{ij}")) == [P]
    assert P not in as_it_stands(display("y' = -y", r"\frac{d}{dx} e^x y = e^x y"))


# ---- gradients by bold letters, and updates


def test_a_gradient_by_a_bold_letter_written_plainly() -> None:
    loss = display(r"L(\boldsymbol{w}) = \sum_j w_j^2")
    assert as_it_stands(loss + display(r"\nabla_w L = 2 \boldsymbol{w}")) == [P]
    assert P not in as_it_stands(loss + display(r"\nabla_w L = w + \boldsymbol{w}"))
    assert P not in as_it_stands(loss + display("E = w", r"\nabla_w E = 1"))


@pytest.mark.parametrize("sign", [":=", r"\leftarrow"])
def test_an_update_says_nothing_of_what_a_name_is(sign: str) -> None:
    loss, right = (
        display("L = (a x + b - y)^2"),
        display(r"\frac{\partial L}{\partial a} = 2 x (a x + b - y)"),
    )
    step = display(rf"b {sign} b - c \frac{{\partial L}}{{\partial b}}")
    assert as_it_stands(loss + step + right) == [P]
    assert P not in as_it_stands(loss + display(rf"x {sign} a z") + right)


def test_a_total_that_is_defined_without_its_terms_is_another_name_than_these() -> None:
    page = display(r"\ell(w) = \sum_{i=1}^n (w x_i - y_i)^2", r"\ell_i = (w x_i - y_i)^2")
    assert as_it_stands(
        page + display(r"\frac{\partial \ell}{\partial w} = \sum_{i=1}^n 2 (w x_i - y_i) x_i")
    ) == [P]
    assert as_it_stands(page + display(r"\frac{\partial \ell_i}{\partial w} = 2 (w x_i - y_i) x_i")) == [P]
    assert P not in as_it_stands(page + display(r"\frac{\partial \ell_i}{\partial w} = (w x_i - y_i) x_i"))
