"""The true claims of the main job, each as a problem in the language and as SymPy builds it.

`symbolic` builds the residue from `Sum` and `Indexed` for any n, `explicit` from n separate symbols.
Each returns what must simplify to 0, and the substitutions that the hypotheses allow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

n = sp.Symbol("n", integer=True, positive=True)
i, j, k, t = sp.symbols("i j k t", integer=True, positive=True)
s, c = sp.IndexedBase("s", real=True), sp.IndexedBase("c", real=True)
delta = sp.KroneckerDelta

HEAD = "size n\nreal s[n], c[n]\n"
ONE = "given sum(c[j], j) = 1\n"
SOFTMAX = "let p[i] = exp(s[i]) / sum(exp(s[k]), k)\n"


class Loss:
    """A loss over n classes: for symbolic n over `Sum`, for explicit n over n symbols."""

    def __init__(self, size: int | None) -> None:
        self.size = size
        if size is not None:
            self.scores = sp.symbols(f"s1:{size + 1}", real=True)
            # Σ c = 1 by solving it for the last entry: what a person does for explicit n
            free = sp.symbols(f"c1:{size}", real=True)
            self.targets = (*free, 1 - sum(free))
            self.free_targets = sp.symbols(f"c1:{size + 1}", real=True)

    def at(self, base: Any, index: Any) -> Any:
        """Return an entry of s or c."""
        if self.size is None:
            return base[index]
        return (self.scores if base is s else self.targets)[index]

    def sum(self, body: Callable[[Any], Any], index: Any) -> Any:
        """Return the sum of a body over an index."""
        if self.size is None:
            return sp.Sum(body(index), (index, 1, n))
        return sp.Add(*map(body, range(self.size)))

    def delta(self, a: Any, b: Any) -> Any:
        """Return the Kronecker delta."""
        return delta(a, b) if self.size is None else sp.Integer(a == b)

    def diff(self, body: Any, *indices: Any) -> Any:
        """Return the derivative by scores."""
        for index in indices:
            body = sp.diff(body, self.at(s, index))
        return body

    def p(self, a: Any) -> Any:
        """Return an entry of the softmax."""
        return sp.exp(self.at(s, a)) / self.sum(lambda b: sp.exp(self.at(s, b)), k)

    def c(self, a: Any) -> Any:
        """Return an entry of the target."""
        return self.at(c, a)

    def any_c(self, a: Any) -> Any:
        """Return an entry of a target that need not sum to 1."""
        return self.at(c, a) if self.size is None else self.free_targets[a]

    def cross_entropy(self) -> Any:
        """Return the loss of the main job."""
        return -self.sum(lambda a: self.c(a) * sp.log(self.p(a)), j)


@dataclass(frozen=True)
class Item:
    """A claim: its name, its problem, and its residue in SymPy over free indices."""

    name: str
    problem: str
    residue: Callable[[Loss, Any, Any], Any]
    fixed: bool = False


def _sums_to_one(x: Loss, a: Any, b: Any) -> Any:
    return x.sum(x.p, j) - 1


def _jacobian(x: Loss, a: Any, b: Any) -> Any:
    return x.diff(x.p(b), a) - x.p(b) * (x.delta(a, b) - x.p(a))


def _cross_entropy(x: Loss, a: Any, b: Any) -> Any:
    return x.diff(x.cross_entropy(), a) - x.p(a) + x.c(a)


def _unnormalised(x: Loss, a: Any, b: Any) -> Any:
    loss = -x.sum(lambda q: x.any_c(q) * sp.log(x.p(q)), j)
    return x.diff(loss, a) - x.p(a) * x.sum(x.any_c, j) + x.any_c(a)


def _by_probability(x: Loss, a: Any, b: Any) -> Any:
    loss = -x.sum(lambda q: x.c(q) * sp.log(x.at(s, q)) + (1 - x.c(q)) * sp.log(1 - x.at(s, q)), j)
    return x.diff(loss, a) + x.c(a) / x.at(s, a) - (1 - x.c(a)) / (1 - x.at(s, a))


def _plain_squared(x: Loss, a: Any, b: Any) -> Any:
    loss = x.sum(lambda q: (x.at(s, q) - x.any_c(q)) ** 2, j)
    return x.diff(loss, a) - 2 * (x.at(s, a) - x.any_c(a))


def _one_label(x: Loss, a: Any, b: Any) -> Any:
    return x.diff(-sp.log(x.p(b)), a) - x.p(a) + x.delta(a, b)


def _log_sum_exp(x: Loss, a: Any, b: Any) -> Any:
    loss = sp.log(x.sum(lambda q: sp.exp(x.at(s, q)), k)) - x.sum(lambda q: x.c(q) * x.at(s, q), j)
    return x.diff(loss, a) - x.p(a) + x.c(a)


def _hessian(x: Loss, a: Any, b: Any) -> Any:
    return x.diff(x.cross_entropy(), a, b) - x.p(a) * (x.delta(a, b) - x.p(b))


def _sigmoids(x: Loss, a: Any, b: Any) -> Any:
    def p(q: Any) -> Any:
        return 1 / (1 + sp.exp(-x.at(s, q)))

    loss = -x.sum(lambda q: x.c(q) * sp.log(p(q)) + (1 - x.c(q)) * sp.log(1 - p(q)), j)
    return x.diff(loss, a) - p(a) + x.c(a)


def _squared(x: Loss, a: Any, b: Any) -> Any:
    loss = x.sum(lambda q: (x.p(q) - x.c(q)) ** 2, j)
    inner = x.sum(lambda q: (x.p(q) - x.c(q)) * x.p(q), j)
    return x.diff(loss, a) - 2 * x.p(a) * (x.p(a) - x.c(a) - inner)


def _binary(x: Loss, a: Any, b: Any) -> Any:
    loss = -x.sum(lambda q: x.c(q) * sp.log(x.p(q)) + (1 - x.c(q)) * sp.log(1 - x.p(q)), j)
    return x.diff(loss, a) - 2 * (x.p(a) - x.c(a))


ITEMS = (
    Item("softmax entries sum to 1", f"{HEAD}{SOFTMAX}claim sum(p[j], j) = 1", _sums_to_one),
    Item("softmax Jacobian", f"{HEAD}{SOFTMAX}claim D(p[j], s[i]) = p[j]*(delta(i,j) - p[i])", _jacobian),
    Item(
        "cross-entropy: p - c",
        f"{HEAD}{ONE}{SOFTMAX}let E = -sum(c[j]*log(p[j]), j)\nclaim D(E, s[i]) = p[i] - c[i]",
        _cross_entropy,
    ),
    Item(
        "without Σ c = 1: p Σ c - c",
        f"{HEAD}{SOFTMAX}let E = -sum(c[j]*log(p[j]), j)\nclaim D(E, s[i]) = p[i]*sum(c[j], j) - c[i]",
        _unnormalised,
    ),
    Item(
        "one label: p - delta",
        f"{HEAD}{SOFTMAX}label t: n\nclaim D(-log(p[t]), s[i]) = p[i] - delta(i,t)",
        _one_label,
    ),
    Item(
        "log-sum-exp form: p - c",
        f"{HEAD}{ONE}{SOFTMAX}let E = log(sum(exp(s[k]), k)) - sum(c[j]*s[j], j)\n"
        "claim D(E, s[i]) = p[i] - c[i]",
        _log_sum_exp,
    ),
    Item(
        "Hessian: p (delta - p)",
        f"{HEAD}{ONE}{SOFTMAX}let E = -sum(c[j]*log(p[j]), j)\n"
        "claim D(E, s[i], s[j]) = p[i]*(delta(i,j) - p[j])",
        _hessian,
    ),
    Item(
        "binary form, sigmoids: p - c",
        f"{HEAD}let p[i] = 1/(1 + exp(-s[i]))\nlet E = -sum(c[j]*log(p[j]) + (1 - c[j])*log(1 - p[j]), j)\n"
        "claim D(E, s[i]) = p[i] - c[i]",
        _sigmoids,
    ),
    Item(
        "binary form, by its probabilities",
        f"{HEAD}let E = -sum(c[j]*log(s[j]) + (1 - c[j])*log(1 - s[j]), j)\n"
        "claim D(E, s[i]) = -c[i]/s[i] + (1 - c[i])/(1 - s[i])",
        _by_probability,
    ),
    Item(
        "squared error",
        f"{HEAD}let E = sum((s[j] - c[j])^2, j)\nclaim D(E, s[i]) = 2*(s[i] - c[i])",
        _plain_squared,
    ),
    Item(
        "squared error through softmax",
        f"{HEAD}{SOFTMAX}let E = sum((p[j] - c[j])^2, j)\n"
        "claim D(E, s[i]) = 2*p[i]*(p[i] - c[i] - sum((p[j] - c[j])*p[j], j))",
        _squared,
    ),
    Item(
        "binary form, softmax, n = 2: 2 (p - c)",
        f"size n = 2\nreal s[n], c[n]\n{ONE}{SOFTMAX}"
        "let E = -sum(c[j]*log(p[j]) + (1 - c[j])*log(1 - p[j]), j)\nclaim D(E, s[i]) = 2*(p[i] - c[i])",
        _binary,
        fixed=True,
    ),
)  # fmt: skip
