"""Sentences that speak of what a display uses: only those that are understood leave its verdict as it is.

The hostile ones say in words, tables, code or symbols that something means or depends on something else; beside them
nothing false is proved, and nothing true refuted. The innocent ones are prose as people write it: beside them what is
true is proved.
"""

# ruff: noqa: E501, RUF001 - pages are written in long lines, in the letters of their languages

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
    # a second round
    "$y$ stands for $x$ squared.",
    "The square of $x$ is denoted by $y$.",
    "$y$ abbreviates $x^2$.",
    "$y$, i.e. $x^2$, is used.",
    "$y$ (= $x^2$)",
    "Set $y$ to $x^2$.",
    "Replace $y$ by $x$.",
    "with $y$ short for x²",
    "y=x² throughout",
    "where y:=x*x",
    "$y$ is $x$ times $x$.",
    "Remember: y = x·x",
    "$x$ and $y$ are one and the same.",
    "$y$ is nothing but $x$.",
    "$y$ has the value of $x$.",
    "Identify $y$ with $x$.",
    "$y$ shares the value of $x$.",
    "For $y$ we put $x$.",
    "[^1]: y = x^2",
    "**y = x²**",
    "<b>y</b> = <b>x</b><sup>2</sup>",
    "<i>y</i> is the square of <i>x</i>",
    "*y* is the square of *x*",
    "_y_ is the square of _x_",
    "𝑦 is the square of 𝑥",
    "y² = x",
    "ｙ is the square of ｘ",
    "---\ntitle: y is the square of x\n---",
    "$(x, y) = (t, t^2)$",
    "$x = t$, $y = t^2$",
    "$\\mathbf{r}(t) = (x, y)$",
    "$y : x = 2 : 1$",
    "$\\{(x, y) : y = x^2\\}$",
    "\\(y = x^2\\)",
    "\\(y\\) is the square of \\(x\\)",
    "$y$, the square of $x$, matters.",
    "$y$ (the square of $x$)",
    "The function $y$ of $x$ is a parabola.",
    "Think of $y$ as the height above $x$.",
    "$y$ is the altitude at $x$.",
    "On our curve every $x$ has a $y$.",
    "To each $x$ belongs one $y$.",
    "$x$ determines $y$.",
    "Once $x$ is known, so is $y$.",
    "$y$ results when $x$ is doubled.",
    "Doubling $x$ leads to $y$.",
    "The graph of $y$ against $x$ is a line.",
    "$y$ versus $x$ is a straight line.",
    "$y$ reacts to $x$.",
    "$x$ controls $y$.",
    "Where $x$ goes, $y$ goes.",
    "$y$ is twice as large as $x$.",
    "$y$ is $x$ plus one.",
    "$y$ exceeds $x$ by one.",
    "$y$ and $x$ differ by a constant.",
    "$y$ minus $x$ is constant.",
    "$x + y$ is constant.",
    "$x y$ is fixed.",
    "The product of $x$ and $y$ is fixed.",
    "$x$ and $y$ add up to one.",
    "Together $x$ and $y$ make one.",
    "The ratio of $x$ and $y$ is fixed.",
    "$y$ is the reciprocal of $x$.",
    "$y$ inverts $x$.",
    "$y$ is the complement of $x$.",
    "$y$ is the negative of $x$.",
    "$y$ is the logarithm of $x$.",
    "$y$ is the derivative of $x$.",
    "$y$ is the output for the input $x$.",
    "$y$ is obtained from $x$.",
    "We compute $y$ from $x$.",
    "$x$ gives $y$.",
    "$x$ becomes $y$.",
    "From $x$ we get $y$.",
    "$y$ is what comes out when $x$ goes in.",
    "$y$ is the softmax of $x$.",
    "$y$ is the sigmoid of $x$.",
    "$y$ is the sum of $x$ and $c$.",
    "The output $y$ of the layer with input $x$ is used.",
    "$y$ is a function.",
    "$y$ is a function of the input.\n\nLet $x$ be the input.",
    "Let $x$ be the width. Let $y$ be the height. The height is the square of the width.",
    "The height $y$ is computed from the width $x$.",
    "the variable $x$ and its square $y$",
    "$x$ (whose square is $y$)",
    "$x$, $y = x^2$",
    "$x$ and $x^2 = y$",
    "$y \\overset{!}{=} x^2$",
    "$y \\stackrel{\\text{def}}{=} x^2$",
    "$y \\cong x$",
    "$y \\simeq x^2$",
    "$y \\doteq x^2$",
    "$y \\gets x$",
    "$y \\longmapsfrom x$",
    "$x \\overset{f}{\\to} y$",
    "$x \\xrightarrow{f} y$",
    "$f \\colon x \\mapsto y$",
    "$\\dot y = 2 x \\dot x$",
    "$y' = 2x$",
    "$y_x = 2x$",
    "$\\partial_x y = 2x$",
    "$\\frac{\\partial y}{\\partial x} = 2x$",
    "$Dy = 2x$",
    "$\\mathrm{d}y = 2x\\,\\mathrm{d}x$",
    "`y := x^2`",
    "`y <- x^2`",
    "    y = x**2",
    "<code>y = x**2</code>",
    "<pre>y = x**2</pre>",
    "~~~\ny = x**2\n~~~",
    "```js\nconst y = x * x;\n```",
    "```\nlet y = x * x\n```",
    "```python\ndef f(x):\n    y = x ** 2\n```",
    "```python\ny = np.square(x)\n```",
    "```python\nx, y = t, t**2\n```",
    "```python\ny = square(x)\n```",
    "```python\ny += x\n```",
    "```python\nfor x in xs: y = x * x\n```",
    "$y$ hängt an $x$.",
    "$y$ ist $x$ im Quadrat.",
    "$y$ entsteht aus $x$ durch Quadrieren.",
    "$y$ folgt $x$.",
    "$y$ ergibt sich aus $x$.",
    "$y$ ist die Ausgabe zur Eingabe $x$.",
    "Aus $x$ wird $y$.",
    "$y$ vaut $x^2$.",
    "$y$ suit $x$.",
    "$y$ est la sortie pour l'entrée $x$.",
    "$y$ est égal à $x$.",
    "$y$ es igual a $x$.",
    "$y$ sale de $x$.",
    "$y$ é igual a $x$.",
    "$y$ vale $x^2$.",
    "$y$ равно $x$.",
    "$y$ получаем из $x$.",
    "$y$ — выход для входа $x$.",
    "$y$ 等于 $x$。",
    "$y$ 由 $x$ 得到。",
    "$y$ 是输入 $x$ 的输出。",
    "$y$ 就是 $x$。",
    "$y$ は $x$ から得られる。",
    "$y$ は $x$ と等しい。",
    "$y$ は入力 $x$ の出力である。",
    "$y$ 는 $x$ 와 같다.",
    "$y$ 는 $x$ 에서 얻는다.",
    "$y$ è il quadrato di $x$.",
    "$y$ is het kwadraat van $x$.",
    "$y$ jest kwadratem $x$.",
    "$y$, $x$ in karesidir.",
    "$y$ är kvadraten på $x$.",
    # a third round
    "$y$ is what $x$ is, squared.",
    "**y** has **x** as its root.",
    "`x` is the root of `y`.",
    "$y$ is $x$ in another unit.",
    "**y** is a scaled **x**.",
    "`y` and `x` have the same value.",
    "The value of $y$ is that of $x$.",
    "**y** takes the value of **x**.",
    "`y` takes values of `x`.",
    "$y$ moves with $x$.",
    "**x** enters **y**.",
    "`x` is part of `y`.",
    "$y$ contains $x$.",
    "**y** holds **x**.",
    "`y` is built on `x`.",
    "$y$ uses $x$.",
    "We use **x** to get **y**.",
    "We find `y` by `x`.",
    "With $x$ we obtain $y$.",
    "**x** leads to **y**.",
    "`y` comes from `x`.",
    "$y$ is due to $x$.",
    "**y** is in terms of **x**.",
    "Express `y` in terms of `x`.",
    "Write $y$ in terms of $x$.",
    "**y** is given by **x**.",
    "`y` is given above in terms of `x`.",
    "$y$ is short for $x$.",
    "**y** is another name for **x**.",
    "`y` is an alias of `x`.",
    "$x$, also called $y$, is used.",
    "**x** or **y**, which is the same,",
    "`y` is the update of `x`.",
    "$y$ is the next $x$.",
    "**y** is the last **x**.",
    "`y` is the transpose of `x`.",
    "$y$ is the gradient at $x$.",
    "**y** is the slope at **x**.",
    "`y` is the loss at `x`.",
    "$y$ is the loss of $x$.",
    "the loss **y** of **x**",
    "the score `y` of the input `x`",
    "$y$ is the score of $x$.",
    "**y** is the log of **x**.",
    "`y` is the prediction for `x`.",
    "$y$ is the activation of $x$.",
    "**y**, as a function of **x**, is used.",
    "`y` is the image of `x`.",
    "$y$ belongs to $x$.",
    "**x** and **y** belong together.",
    "`x` and `y` are linked.",
    "$y$ is bound to $x$.",
    "**y** is a copy of **x**.",
    "`x` is copied to `y`.",
    "Feed $x$ to the network to get $y$.",
    "The network turns **x** into **y**.",
    "`y` is the network at `x`.",
    "$y$ is the hidden unit for $x$.",
    "**y** is **x** after the layer.",
    "After the layer, `x` is `y`.",
    "$y$ is $x$ before the bias.",
    "**y** is the error of **x**.",
    "`y` is the difference to `x`.",
    "$y$ is the rest of $x$.",
    "The total of **x** and **y** is one.",
    "`y` ist `x`.",
    "$y$ ist der Wert von $x$.",
    "**y** est **x**.",
    "`y` est la valeur de `x`.",
    "$y$ es $x$.",
    "**y** es el valor de **x**.",
    "`y` é `x`.",
    "$y$ — это $x$.",
    "**y** зависит от **x**.",
    "`y`是`x`。",
    "$y$取$x$的值。",
    "**y**は**x**です。",
    "`y`は`x`の値です。",
    "$y$는 $x$입니다.",
    "**y**는 **x**의 값이다.",
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
    # a second round
    ("We write log for log₂.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log is lb.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Throughout, log means lg.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log = \\lg$", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log x := \\log_2 x$", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("$\\log 2 = 1$", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Here $\\log 8 = 3$.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Logarithms: base ten.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log, to the base b, is used.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("The log of 100 is 2.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("The logarithm of ten is one.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("The logarithm counts digits.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("The log is the inverse of powers of two.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("the logarithm (decadic)", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Logarithms are binary here.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("We use the two-logarithm.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log ist der Zweierlogarithmus.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("El logaritmo es el decimal.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Il logaritmo è in base due.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("log=log10", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("* log: base 2", "\\frac{d \\log x}{dx} = \\frac1x"),
    ('<abbr title="base ten">log</abbr>', "\\frac{d \\log x}{dx} = \\frac1x"),
    ("```python\nlog = math.log2\n```", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("```python\nfrom math import log2 as log\n```", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Log's base is a matter of taste; we take 2.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Each log halves.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("By log we denote the function that is usually called lb.", "\\frac{d \\log x}{dx} = \\frac1x"),
    ("Activation: ReLU.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("The activation is tanh.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("As activation we take the tanh.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("nonlinearity: tanh", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma = \\tanh$", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma(x)$ is tanh.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ ↦ ReLU", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    (
        "Every unit is a ReLU; the activation is called sigma.",
        "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))",
    ),
    ("$\\sigma(z) = z$", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma(0) = 0$", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma: \\mathbb{R} \\to \\{0, 1\\}$", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ is monotone and bounded.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ denotes a permutation.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ is the standard deviation.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ is any activation.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("Let $\\sigma$ be an activation.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ could be anything.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ is not the sigmoid.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("The sigmoid here has slope two.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("Our sigmoid goes from -1 to 1.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("The logistic function is rescaled.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ sei beliebig.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ désigne tanh.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("$\\sigma$ es tanh.", "\\frac{d\\sigma(x)}{dx} = \\sigma(x)(1-\\sigma(x))"),
    ("We set $e = 10$.", "\\frac{d e^x}{dx} = e^x"),
    ("e ≈ 3", "\\frac{d e^x}{dx} = e^x"),
    ("Take e=2.5.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ stands for ten.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ is two.", "\\frac{d e^x}{dx} = e^x"),
    ("e: the base, here 2", "\\frac{d e^x}{dx} = e^x"),
    ("The letter e is a variable.", "\\frac{d e^x}{dx} = e^x"),
    ("$e$ denotes an edge.", "\\frac{d e^x}{dx} = e^x"),
    ("Exponentials are to base 2.", "\\frac{d e^x}{dx} = e^x"),
    ("exp means two to the power.", "\\frac{d e^x}{dx} = e^x"),
    ("The exponential is cut off.", "\\frac{d e^x}{dx} = e^x"),
    ("$\\exp(x) = 2^x$", "\\frac{d e^x}{dx} = e^x"),
    ("$e^x$ is shorthand for $2^x$.", "\\frac{d e^x}{dx} = e^x"),
    ("$e^x$ means $2^x$.", "\\frac{d e^x}{dx} = e^x"),
    ("Powers of e are powers of two.", "\\frac{d e^x}{dx} = e^x"),
    ("The argument of each sine is in cycles.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("All trigonometric arguments are scaled.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sine and cosine are normalised to period one.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sin has period one.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("Angles: degrees", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("$\\sin 90 = 1$", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("$\\sin$ has period 1.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("The unit of angle is the degree.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("sin denotes sinh.", "\\frac{d \\sin x}{dx} = \\cos x"),
    ("90 is a right angle.", "\\frac{d \\sin x}{dx} = \\cos x"),
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
    # a second round
    "y gets a new meaning: the mean.",
    "Overload $y$: it is the mean.",
    "$y$ := mean",
    "mean $y$",
    "Their mean is $y$.",
    "The mean of $x$ is called $y$.",
    "Now write $y$ for the mean.",
    "$y$ is half the sum.",
    "$y \\leftarrow \\frac{1}{n} \\sum_i x_i$",
    "$y = 2 \\sum_i x_i$",
    "Let $y$ be the product.",
    "$y$ is the maximum.",
    "$y$ is twice the sum.",
    "$y$ is the squared sum.",
    "We reuse $y$ for the norm.",
    "In what follows $y$ is the norm.",
    "$y$ ist ab jetzt das Maximum.",
    "$y$ est maintenant le maximum.",
    "$y$ ahora es el máximo.",
    "以后 $y$ 表示最大值。",
    "以下 $y$ は平均とする。",
    "이제 $y$ 는 평균이다.",
    "Теперь $y$ — среднее.",
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
    # a second round
    "The sum has n - 1 terms.",
    "There is one summand less.",
    "In sums, zero entries are skipped.",
    "Sums are weighted.",
    "$\\sum_i$ is over odd $i$.",
    "$i$ is odd.",
    "$i$ runs from 2.",
    "$i \\in \\{2, \\dots, n\\}$",
    "$i > 1$",
    "$i = 2, \\dots, n$",
    "where $i$ runs over the hidden units",
    "$i$ indexes neighbours",
    "All sums are means.",
    "Sums are taken mod 2.",
    "We sum modulo the last entry.",
    "sum = mean",
    "Summen sind gewichtet.",
    "Les sommes sont pondérées.",
    "Las sumas son ponderadas.",
    "和は重み付き。",
    "合计时跳过最后一项。",
    "\\sum means average",
    "Add only what is large.",
    "The index $i$ skips $j$.",
    "$i \\ne j$ in all sums.",
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
    # a third round
    ("Here the output is equal to the input.", "x = y"),
    ("All inputs are outputs.", "x = y"),
    ("With this choice", "x = y"),
    ("For the desired input", "x = 2y"),
    ("In the desired case", "x = y"),
    ("As desired the parameters follow:", "x=y"),
    ("The desired output is", "x = 1"),
    ("For this input", "x = 1"),
    ("For these parameters", "x + y = 1"),
    ("By our choice", "x = y"),
    ("Under this law", "x = y"),
    ("In this step", "x = y+1"),
    ("On this layer", "x = y"),
    ("At the last step", "x = y"),
    ("At the last layer", "x = y"),
    ("In the last row", "x = y"),
    ("On the left", "x = y"),
    ("On the right", "x=2y"),
    ("In this part", "x = y"),
    ("In this section", "x = y"),
    ("The rule of this layer is", "x = y"),
    ("The law of this network:", "x = y"),
    ("Update:", "x = x + y"),
    ("The update is", "x = x - y"),
    ("The update rule is", "x = x - y c"),
    ("Then update", "x = x + y"),
    ("Replace the input:", "x = y"),
    ("Start with the input", "x = y"),
    ("The previous step gives", "x = y"),
    ("We want", "x = y"),
    ("We want to show", "x = y"),
    ("It remains to show", "x = y"),
    ("The whole is", "x + y = c"),
    ("The total is", "x + y = c"),
    ("Together the weights give", "x+y=1"),
    ("The change is", "x = y"),
    ("The sides become", "x = y"),
    ("The form of the input is", "x = 2y"),
    ("The shape is", "x y = c"),
    ("The index is", "x = 2"),
    ("The fraction is", "x = y/c"),
    ("The product is", "x y = c"),
    ("The sum is", "x + y = c"),
    ("The sum of the inputs is", "x + y = c"),
    ("The parameter is", "x = 2"),
    ("The bias is", "x = 0"),
    ("The weight is", "x = y"),
    ("The loss is", "x = y"),
    ("The result is", "x = 2"),
    ("The input is", "x = 3"),
    ("The answer:", "x = 2"),
    ("La entrada es", "x=2"),
    ("Die Eingabe ist", "x=2"),
    ("L'entrée est", "x=2"),
    ("输入为", "x=2"),
    ("输入是", "x = 2"),
    ("入力は", "x=2"),
    ("입력은", "x=2"),
    ("Вход есть", "x=2"),
    ("A entrada é", "x=2"),
    ("Le poids vaut", "x=2"),
    ("Summe der Gewichte:", "x+y=1"),
    ("权重的和为", "x+y=1"),
    ("重みの和は", "x+y=1"),
    ("Сумма весов есть", "x+y=1"),
    ("La suma de los pesos es", "x+y=1"),
    ("A soma dos pesos é", "x + y = 1"),
    ("가중치의 합은", "x+y=1"),
    ("La somme des poids est", "x+y=1"),
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
    assert edge.left == edge.right == frozenset("xyc")
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
