"""What a certificate of an inequality consists of: parts that are not negative, as data that nobody has to believe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from flint import fmpq

from derive.kernel.normal_form.polynomials import Idx, Poly

Lemma: TypeAlias = Literal[
    "square", "exponential", "logarithm", "absolute", "means", "rest", "product", "bernoulli"
]


@dataclass(frozen=True, slots=True)
class Summand:
    """`Σ over indices of weight * core`, where the core is not negative by a lemma, and no factor of the weight is.

    The lemmas, by their arguments u, v, ...:
    `product` 1; `square` u^2; `exponential` e^u - 1 - u; `logarithm` u - 1 - log u for u > 0; `absolute` |u| - u;
    `means` a u + b v + ... - w, with w^2 at most the square of u^a v^b ... (see `exponents`; the last argument is w);
    `bernoulli` u^v - 1 - v (u - 1) for u > 0 and v >= 1;
    `rest` the sum of u over the indices `bound`, less u at places that differ (`places`).
    """

    lemma: Lemma
    arguments: tuple[Poly, ...] = ()
    weight: tuple[Poly, ...] = ()
    indices: tuple[Idx, ...] = ()
    exponents: tuple[fmpq, ...] = ()
    bound: Idx | None = None
    places: tuple[Idx, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """`multiplier * p` is the sum of the parts, each so many times, and a rest of which the sign is seen."""

    multiplier: tuple[Poly, ...]
    parts: tuple[tuple[fmpq, Summand], ...]
