"""What hypotheses rewrite: rules by what they rewrite, none of them before a hypothesis is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from derive.kernel.normal_form.polynomials import Atom, Idx, Monomial, Poly

EntryRule: TypeAlias = Callable[[tuple[Idx, ...]], Poly | None]
MonomialRule: TypeAlias = Callable[[Monomial, Atom], Poly | None]
SumRule: TypeAlias = Callable[[Atom], Poly | None]
ValueRule: TypeAlias = Callable[[Poly, Callable[[Poly], Poly]], Poly | None]


@dataclass(slots=True)
class Rewrites:
    """The rules in force. One that does not apply returns `None`.

    `atoms` are replaced wherever they stand. `entries` say by the name of an array what an entry of it equals,
    `symmetries` which orders of its indices name the same entry, with the sign that they bring (a symmetric matrix:
    (0, 1), (1, 0)), and `monomials` what a product with an entry of it reduces to (y^2 = 1). `sums` say what a sum
    equals, `rows` what products of sums over a one-hot row do, and `values` what a function of entries with finitely
    many values does (see `finite`). `equations` are polynomials that are 0, for what no rule rewrites.
    """

    atoms: dict[Atom, Poly] = field(default_factory=dict)
    entries: dict[str, list[EntryRule]] = field(default_factory=dict)
    symmetries: dict[str, tuple[tuple[tuple[int, ...], int], ...]] = field(default_factory=dict)
    monomials: dict[str, list[MonomialRule]] = field(default_factory=dict)
    sums: list[SumRule] = field(default_factory=list)
    rows: list[MonomialRule] = field(default_factory=list)
    values: list[ValueRule] = field(default_factory=list)
    equations: list[Poly] = field(default_factory=list)
    equation_names: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)  # the hypotheses that a rule has used
