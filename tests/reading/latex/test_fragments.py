"""Pieces of LaTeX as people write them, each with its meaning in the text language."""

from __future__ import annotations

import pytest

from derive.reading import text
from derive.reading.latex import read_equation, read_term
from derive.terms import same

PROBLEM = """
size n, m
real s[n], c[n], q[n], a[m], W[n,m], H[n,n], x, u, Omega, x_max, beta
positive T
real gamma, epsilon
label t: n
function f
let p[i] = exp(s[i])/sum(exp(s[k]), k)
let y_hat[i] = p[i]
let E = -sum(c[j]*log(p[j]), j)
show E
"""
CONTEXT = text.read(PROBLEM)[0].context

MEANINGS = [
    # derivatives
    (r"\frac{\partial E}{\partial s_i}", "D(E, s[i])"),
    (r"\dfrac{\partial{E}}{\partial{s_i}}", "D(E, s[i])"),
    (r"\partial E/\partial s_i", "D(E, s[i])"),
    (r"\frac{dE}{ds_i}", "D(E, s[i])"),
    (r"\frac{\mathrm{d} E}{\mathrm{d} s_i}", "D(E, s[i])"),
    (r"dE/ds_i", "D(E, s[i])"),
    ("∂E/∂s_i", "D(E, s[i])"),
    (r"\frac{\partial}{\partial s_i}\left(s_j^2\right) x", "D(s[j]^2, s[i])*x"),
    (r"\frac{\partial}{\partial s_i} \log p_k", "D(log(p[k]), s[i])"),
    (r"\frac{\partial}{\partial s_j}\,-\log\left(p_t\right)", "D(-log(p[t]), s[j])"),
    (r"\frac{\partial \log p_k}{\partial s_i}", "D(log(p[k]), s[i])"),
    (r"\frac{\partial \frac{e^{s_j}}{\sum_k e^{s_k}}}{\partial s_i}", "D(exp(s[j])/sum(exp(s[k]), k), s[i])"),
    (r"\frac{\partial^2 E}{\partial s_i \partial s_j}", "D(E, s[i], s[j])"),
    (r"\frac{\partial^2 E}{\partial s_i^2}", "D(E, s[i], s[i])"),
    (r"\frac{\partial E}{\partial p_j} \frac{\partial p_j}{\partial s_i}", "D(E, p[j])*D(p[j], s[i])"),
    (r"\nabla_{s_i} E", "D(E, s[i])"),
    (r"\left(\nabla_{\mathbf{s}} E\right)_i", "D(E, s[i])"),
    (r"\frac{\text{d}E}{\text{d}s_i}", "D(E, s[i])"),
    (r"\frac{\partial -\log p_t}{\partial s_i}", "D(-log(p[t]), s[i])"),
    # sums and the like
    (r"-\sum_j c_j \log p_j", "-sum(c[j]*log(p[j]), j)"),
    (r"\sum_{j=1}^n c_j p_j - x", "sum(c[j]*p[j], j) - x"),
    (r"\sum\limits_{j=1}^{n} c_j \cdot p_j", "sum(c[j]*p[j], j)"),
    (r"\sum_{j} -c_j(\delta_{ij} - p_i)", "sum(-c[j]*(delta(i,j) - p[i]), j)"),
    (r"\sum_{j \neq i} c_j", "sum(c[j], j != i)"),
    (r"\sum_{k \ne i, k \ne t} c_k", "sum(c[k], k != i, k != t)"),
    (r"\sum_{1 \le j \le n} c_j", "sum(c[j], j)"),
    (r"\sum_{i,k} W_{ik}", "sum(W[i,k], i, k)"),
    (r"\sum c_j", "sum(c[j], j)"),
    (r"x \sum e^{s_k} + c_i p_j", "x*sum(exp(s[k]), k) + c[i]*p[j]"),
    (r"\Sigma_{j=1}^n c_j", "sum(c[j], j)"),
    (r"\sum_j c_j \sum_k W_{jk} a_k", "sum(c[j]*sum(W[j,k]*a[k], k), j)"),
    (r"\prod_j p_j^{c_j}", "prod(p[j]^c[j], j)"),
    (r"\max_j s_j - \min_{k} s_k", "max(s[j], j) - min(s[k], k)"),
    (r"\max(0, x)", "max(0, x)"),
    (r"\left(\sum_i p_i c_i\right) - c_i", "sum(p[i]*c[i], i) - c[i]"),
    (r"\sum_{k=1, k \neq i}^{n} c_k", "sum(c[k], k != i)"),
    (r"\sum_{\substack{k=1 \\ k \neq i}}^n c_k", "sum(c[k], k != i)"),
    (r"\sum_{k=1 \atop k \ne i}^n c_k", "sum(c[k], k != i)"),
    (r"\sum_{j: j \neq i} c_j", "sum(c[j], j != i)"),
    (r"\sum_{j \not= i} c_j", "sum(c[j], j != i)"),
    # whole arrays
    (r"s^\top c", "sum(s[k]*c[k], k)"),
    (r"\mathbf{s}^{\top} H \mathbf{c}", "sum(sum(s[k]*H[k,j], k)*c[j], j)"),
    (r"c_i (W a)^\top s", "sum(c[i]*sum(W[j,k]*a[k], k)*s[j], j)"),
    (r"\|W a - s\|^2", "sqrt(sum((sum(W[j,k]*a[k], k) - s[j])^2, j))^2"),
    (r"\text{softmax}(W a)_i", "exp(sum(W[i,k]*a[k], k))/sum(exp(sum(W[j,k]*a[k], k)), j)"),
    (r"x \sum e^s", "x*sum(exp(s[k]), k)"),
    (r"(\sum_j e^{s})^2", "sum(exp(s[j]), j)^2"),
    # functions
    (r"\log \sum_k e^{s_k}", "log(sum(exp(s[k]), k))"),
    (r"\log x u + 1", "log(x*u) + 1"),
    (r"\ln(x) u", "log(x)*u"),
    (r"log(p_t)", "log(p[t])"),
    (r"\log{(p_t)}", "log(p[t])"),
    (r"\exp(s_i) + \exp\left[x\right] + \exp\{u\}", "exp(s[i]) + exp(x) + exp(u)"),
    (r"\sigma(x)", "sigmoid(x)"),
    (r"\tanh^2 x", "tanh(x)^2"),
    (r"\sqrt{x^2 + \epsilon}", "sqrt(x^2 + epsilon)"),
    (r"\text{softmax}(s)_i", "exp(s[i])/sum(exp(s[k]), k)"),
    (r"\operatorname{softmax}(s / T)_i", "exp(s[i]/T)/sum(exp(s[k]/T), k)"),
    (r"\|s - c\|^2", "norm(s - c)^2"),
    (r"\lVert s \rVert_2", "norm(s)"),
    (r"|x| |u - 1|", "abs(x)*abs(u - 1)"),
    (r"f'(x) + f''(u)", "f'(x) + f''(u)"),
    (r"\sigma'(x) + \tanh''(u)", "D(sigmoid(x), x) + D(tanh(u), u, u)"),
    (r"p^{(i)} s^{(t)}", "p[i]*s[t]"),
    (r"p(s)_i", "p[i]"),
    (r"f^{\prime}(x) + f^\prime(u)", "f'(x) + f'(u)"),
    (r"\text{Softmax}(s_i)", "exp(s[i])/sum(exp(s[k]), k)"),
    (r"\mathrm{softmax}(s_t)", "exp(s[t])/sum(exp(s[k]), k)"),
    (r"\mathrm{e}^{s_i} + {\rm e}^{x}", "exp(s[i]) + exp(x)"),
    # deltas, indicators, cases
    (r"p_j (\delta_{ij} - p_i)", "p[j]*(delta(i,j) - p[i])"),
    (r"\mathbf{1}\{i = j\} s_i s_j", "delta(i,j)*s[i]*s[j]"),
    (r"\mathbb{1}_{x > 0} x", "[x > 0]*x"),
    (r"\mathbb{I}(x \leq u)", "[x <= u]"),
    (r"1\{i \neq j\} s_i s_j", "[i != j]*s[i]*s[j]"),
    (r"[i = j] s_i s_j", "delta(i,j)*s[i]*s[j]"),
    (
        r"\begin{cases} -\frac{1}{p_t} & \text{if } i = t \\ 0 & \text{otherwise} \end{cases} + s_i",
        "where(i = t, -1/p[t], 0) + s[i]",
    ),
    (
        r"\left\{\begin{array}{lr} -p_i p_j, & i \neq j \\ p_i (1 - p_i), & i = j\end{array}\right.",
        "where(i != j, -p[i]*p[j], p[i]*(1 - p[i]))",
    ),
    (r"\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}", "where(x > 0, x, 0)"),
    (r"1_{i=j} s_i s_j + 1_{\{i=j\}} s_i s_j", "delta(i,j)*s[i]*s[j] + delta(i,j)*s[i]*s[j]"),
    (r"I(i = j) s_i s_j + I_{i=j} s_i s_j", "delta(i,j)*s[i]*s[j] + delta(i,j)*s[i]*s[j]"),
    (r"\mathds{1}[i=j] s_i s_j", "delta(i,j)*s[i]*s[j]"),
    (r"\begin{cases} p_i \quad i = j \\ p_j \quad i \neq j \end{cases}", "where(i = j, p[i], p[j])"),
    (
        r"\begin{cases} p_i & \text{当 } i = j \text{ 时} \\ p_j & \text{否则} \end{cases}",
        "where(i = j, p[i], p[j])",
    ),
    (r"\begin{cases} p_i & i = j \text{일 때} \\ p_j & \text{그 외} \end{cases}", "where(i = j, p[i], p[j])"),
    (
        r"\left\{\begin{aligned} & x, & x > 0 \\ & 0, & x \le 0 \end{aligned}\right.",
        "where(x > 0, x, 0)",
    ),
    # names
    (r"\hat{y}_i + \hat{y_i} + \widehat y_i", "y_hat[i] + y_hat[i] + y_hat[i]"),
    (r"\gamma x + \beta", "gamma*x + beta"),
    (r"\mathrm{x\_max} + x_{\text{max}}", "x_max + x_max"),
    (r"W_{ik} a_k", "W[i,k]*a[k]"),
    (r"W_{i,k}^2 a_k", "W[i,k]^2*a[k]"),
    (r"\boldsymbol{s}_i", "s[i]"),
    (r"{\bf s}_i", "s[i]"),
    (r"Ω x", "Omega*x"),
    # signs
    (r"2x + 10.5 x^{10} - \frac12", "2*x + 21/2*x^10 - 1/2"),
    (r"x \cdot u \times x * u \odot x", "x*u*x*u*x"),
    (r"e^{s_i} . e^{s_i}", "exp(s[i])*exp(s[i])"),
    (r"-\frac{c_i}{p_i}{}(1 - p_i)", "-c[i]/p[i]*(1 - p[i])"),
    (r"{(\sum_k e^{s_k})}^2", "sum(exp(s[k]), k)^2"),
    (r"\bigl(x + \Bigl[ u - 1 \Bigr]\bigr)^{2}", "(x + (u - 1))^2"),
    (r"x \bullet u \circ T", "x*u*T"),
    (r"\underbrace{x u}_{\text{a name}} T + \underbrace{x - u}_{b}", "x*u*T + (x - u)"),
    (r"\frac{\cancel{p_i} x}{\cancel{p_i}}", "p[i]*x/p[i]"),
    (r"\color{red}{x} \textcolor{blue}{u} \phantom{=}", "x*u"),
    (r"{1 \over 2} x", "1/2*x"),
    (r"x / u / T", "x/u/T"),
    (r"x \cdot -u", "x*(-u)"),
    (r"\pi x^2", "pi*x^2"),
    (r"\frac{n}{2} x % a comment", "n/2*x"),
    (r"E(s, c)", "E"),
    ("2 × x − u · T", "2*x - u*T"),
]

EQUATIONS = [
    (
        r"\frac{\partial p_j}{\partial s_i} = -p_i p_j, \quad i \neq j",
        "D(p[j], s[i]) = -p[i]*p[j] when i != j",
    ),
    (r"\text{if } i = j, p_i p_j = p_i^2", "p[i]*p[j] = p[i]^2 when i = j"),
    (r"p_i p_j = p_i^2 \text{ for $j = i$}", "p[i]*p[j] = p[i]^2 when j = i"),
    (r"p_i p_j = p_i^2 \qquad (i = j)", "p[i]*p[j] = p[i]^2 when i = j"),
    (r"p_i &= p_i, \; \forall i.", "p[i] = p[i]"),
    (r"\nabla_s E = p - c", "D(E, s[i]) = p[i] - c[i]"),
    (r"\frac{\partial E}{\partial s} = p - c", "D(E, s[i]) = p[i] - c[i]"),
    (r"s = W a + c", "s[i] = sum(W[i,k]*a[k], k) + c[i]"),
    (r"a = W^\top (s - c)", "a[i] = sum(W[k,i]*(s[k] - c[k]), k)"),
    (r"W = s a^\top", "W[i,j] = s[i]*a[j]"),
    (r"\frac{\partial E}{\partial W} = (p - c) a^\top", "D(E, W[i,j]) = (p[i] - c[i])*a[j]"),
    (r"s \odot (1 - s) = c / p", "s[i]*(1 - s[i]) = c[i]/p[i]"),
    (r"E = -c \log p", "E = -sum(c[k]*log(p[k]), k)"),
    (r"E = \frac{1}{2} (s - c)^2", "E = 1/2*sum((s[k] - c[k])^2, k)"),
    (r"\nabla_s E = 0", "D(E, s[i]) = 0"),
    (
        r"\nabla_{\mathbf{s}} E = \frac{1}{T}\left(\mathbf{p} - \mathbf{c}\right)",
        "D(E, s[i]) = 1/T*(p[i] - c[i])",
    ),
]


@pytest.mark.parametrize(("latex", "meaning"), MEANINGS)
def test_a_fragment_means(latex: str, meaning: str) -> None:
    found = read_term(latex, CONTEXT)
    assert same(found, text.read_term(meaning, CONTEXT)), f"read as {found}"


@pytest.mark.parametrize(("latex", "meaning"), EQUATIONS)
def test_an_equation_means(latex: str, meaning: str) -> None:
    found, meant = read_equation(latex, CONTEXT), text.read_equation(meaning, CONTEXT)
    assert same(found.left, meant.left), f"read as {found}"
    assert same(found.right, meant.right), f"read as {found}"
    assert found.when == meant.when


def test_sigma_declared_is_no_sigmoid() -> None:
    context = text.read("size n\nreal x[n], sigma[n], sigma_bar\nlabel t: n\nshow sigma_bar")[0].context
    assert str(read_term(r"\sigma(t) \sigma_i", context)) == "sigma[t]*sigma[i]"
