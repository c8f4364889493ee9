"""The claims put to derive, to SymPy and to tensorgrad alike: four identities, three gradients, and a false one."""

from __future__ import annotations

from typing import Any

import sympy as sp
from items import HEAD, ITEMS, ONE, SOFTMAX, Item, Loss, j, k, s

z = sp.Symbol("z", real=True)
BINARY = "let E = -sum(c[j]*log(p[j]) + (1 - c[j])*log(1 - p[j]), j)\n"


def gradient(kind: str, factor: float, size: int) -> str:
    """Return the claim of a row of numeric_peer.py in the language, for every n."""
    loss = BINARY if kind == "binary" else "let E = -sum(c[j]*log(p[j]), j)\n"
    return f"{HEAD}{ONE}{SOFTMAX}{loss}claim D(E, s[i]) = {factor}*(p[i] - c[i])"


def _log_softmax(x: Loss, a: Any, b: Any) -> Any:
    return sp.log(x.p(a)) - x.at(s, a) + sp.log(x.sum(lambda q: sp.exp(x.at(s, q)), k))


def _binary(x: Loss) -> Any:
    return -x.sum(lambda q: x.any_c(q) * sp.log(x.p(q)) + (1 - x.any_c(q)) * sp.log(1 - x.p(q)), j)


def _binary_true(x: Loss, a: Any, b: Any) -> Any:
    def ratio(q: Any) -> Any:
        return (1 - x.any_c(q)) / (1 - x.p(q))

    inner = x.sum(lambda q: x.p(q) * ratio(q), j)
    right = x.p(a) * x.sum(x.any_c, j) - x.any_c(a) + x.p(a) * (ratio(a) - inner)
    return x.diff(_binary(x), a) - right


def _binary_false(x: Loss, a: Any, b: Any) -> Any:
    return x.diff(_binary(x), a) - x.p(a) + x.any_c(a)


def _named(name: str) -> Item:
    (found,) = (item for item in ITEMS if item.name == name)
    return found


# tensorgrad's programs for them are in tensorgrad_peer.py, under the same names.
SHARED = (
    Item(
        "log p = z - logsumexp(z)",
        f"{HEAD}{SOFTMAX}claim log(p[i]) = s[i] - log(sum(exp(s[k]), k))",
        _log_softmax,
    ),
    Item("e^z e^-z = 1", "real z\nclaim exp(z)*exp(-z) = 1", lambda x, a, b: sp.exp(z) * sp.exp(-z) - 1),
    Item(
        "e^(2z) = (e^z)^2",
        "real z\nclaim exp(2*z) = exp(z)^2",
        lambda x, a, b: sp.exp(2 * z) - sp.exp(z) ** 2,
    ),
    Item(
        "tanh z = 2σ(2z) - 1",
        "real z\nclaim tanh(z) = 2*sigmoid(2*z) - 1",
        lambda x, a, b: sp.tanh(z) - 2 / (1 + sp.exp(-2 * z)) + 1,
    ),
    _named("softmax Jacobian"),
    _named("cross-entropy: p - c"),
    Item(
        "binary form, softmax: its gradient",
        f"{HEAD}{SOFTMAX}{BINARY}claim D(E, s[i]) = p[i]*sum(c[j], j) - c[i] "
        "+ p[i]*((1 - c[i])/(1 - p[i]) - sum(p[j]*(1 - c[j])/(1 - p[j]), j))",
        _binary_true,
    ),
    Item(
        "binary form, softmax: p - c (false)",
        f"{HEAD}{ONE}{SOFTMAX}{BINARY}claim D(E, s[i]) = p[i] - c[i]",
        _binary_false,
    ),
)
