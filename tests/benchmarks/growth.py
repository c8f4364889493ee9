"""How the cost of a proof grows: with depth, the number of terms and of nested sums, and the rank of arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import warm

LETTERS = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Series:
    """Claims of one kind, of growing size, that are all true."""

    name: str
    sizes: tuple[int, ...]
    problem: Callable[[int], str]


def network(depth: int) -> str:
    """The gradient by the input of a network of single units, each the tanh of the one below."""
    lines = ["real x", "let h0 = x"]
    for layer in range(1, depth + 1):
        lines += [f"real w{layer}", f"let h{layer} = tanh(w{layer}*h{layer - 1})"]
    factors = "*".join(f"(1 - h{layer}^2)*w{layer}" for layer in range(1, depth + 1))
    return "\n".join([*lines, f"claim D(h{depth}, x) = {factors}"])


def layers(depth: int, unit: str = "", slope: str = "") -> str:
    """The gradient by the input of layers of any width, each with the same function of one variable."""
    lines = [f"size {', '.join(f'n{layer}' for layer in range(depth + 1))}", "real x[n0]", "let h0[i] = x[i]"]
    for layer in range(1, depth + 1):
        lines += [
            f"real W{layer}[n{layer},n{layer - 1}]",
            f"let h{layer}[i] = {unit}(sum(W{layer}[i,j]*h{layer - 1}[j], j))",
        ]
    product = "*".join(
        f"{slope.format(f'h{layer}[i{layer}]')}W{layer}[i{layer},i{layer - 1}]"
        for layer in range(depth, 0, -1)
    )
    inner = ", ".join(f"i{layer}" for layer in range(1, depth))
    right = f"sum({product}, {inner})" if inner else product
    return "\n".join([*lines, f"claim D(h{depth}[i{depth}], x[i0]) = {right}"])


def tanh_layers(depth: int) -> str:
    """The same with tanh."""
    return layers(depth, "tanh", "(1 - {0}^2)*")


def sigmoid_layers(depth: int) -> str:
    """The same with the sigmoid."""
    return layers(depth, "sigmoid", "{0}*(1 - {0})*")


def terms(count: int) -> str:
    """A loss of many terms, each with an array of its own."""
    names = [f"a{k}" for k in range(count)]
    loss = " + ".join(f"sum({a}[j]*s[j]^{k % 3 + 1}, j)" for k, a in enumerate(names))
    right = " + ".join(f"{k % 3 + 1}*{a}[i]*s[i]^{k % 3}" for k, a in enumerate(names))
    return f"size n\nreal s[n], {', '.join(f'{a}[n]' for a in names)}\nlet E = {loss}\nclaim D(E, s[i]) = {right}"


def nested(count: int) -> str:
    """Sums one inside the other, each over an exponential of its own."""
    loss = "0*s[1]"
    for letter in reversed(LETTERS[:count]):
        loss = f"sum(exp(s[{letter}])*(1 + {loss}), {letter})"
    total = " + ".join(f"Z^{k}" for k in range(1, count + 1))
    return f"size n\nreal s[n]\nlet Z = sum(exp(s[k]), k)\nclaim {loss} = {total}"


def rank(count: int) -> str:
    """The derivative of a sum of squares by an entry of an array of many indices."""
    bound, free = LETTERS[:count], [f"i{k}" for k in range(count)]
    sizes = [f"n{k}" for k in range(count)]
    array = f"A[{','.join(bound)}]"
    return (
        f"size {', '.join(sizes)}\nreal A[{','.join(sizes)}]\n"
        f"claim D(sum({array}^2, {', '.join(bound)}), A[{','.join(free)}]) = 2*A[{','.join(free)}]"
    )


SERIES = (
    Series("depth of a network of units", (1, 2, 4, 8, 16, 32), network),
    Series("depth of linear layers", (1, 2, 4, 8, 16), layers),
    Series("depth of layers of tanh", (1, 2, 4, 8, 16), tanh_layers),
    Series("depth of layers of sigmoids", (1, 2, 4, 8, 16), sigmoid_layers),
    Series("terms of a loss", (1, 2, 4, 8, 16, 32, 64), terms),
    Series("sums one in another", (1, 2, 3, 4), nested),
    Series("rank of an array", (1, 2, 4, 8), rank),
)


def measure(series: Series) -> list[tuple[int, float]]:
    """Return each size with the median seconds of its proof."""
    return [(size, warm.measure(series.problem(size), rounds=5)) for size in series.sizes]
