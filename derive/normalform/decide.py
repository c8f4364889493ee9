"""Whether a normal form is 0: clear denominators, apply identities, reduce by equations.

Every step is an equality wherever the formulas have a value, so "yes" is a proof; "no" only means not seen.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import flint

from derive.normalform.identities import common_angles, products, recurrences
from derive.normalform.quotients import rational_sums, symmetric_sums
from derive.normalform.ring import Atom, Exponent, Poly, Ring, merge

MAX_ROUNDS = 6


def residual(ring: Ring, poly: Poly) -> Poly:
    """Return what is left of a polynomial that should be 0: nothing, if it is proved to be."""
    for step in (
        products,
        clear,
        common_angles,
        rational_sums,
        clear,
        symmetric_sums,
        recurrences,
        by_equations,
    ):
        if not poly:
            return poly
        poly = step(ring, poly)
    return poly


def clear(ring: Ring, poly: Poly) -> Poly:
    """Multiply by the denominators, until none is left; none of them is 0 where the formula has a value."""
    for _ in range(MAX_ROUNDS):
        least: dict[Atom, Exponent] = {}
        for monomial in poly:
            for atom, exponent in monomial:
                if exponent < least.get(atom, 0):
                    least[atom] = exponent
        if not least:
            return poly
        factor = tuple((atom, -exponent) for atom, exponent in least.items())
        cleared: Poly = {}
        for monomial, coefficient in poly.items():
            ring.add_to(cleared, ring.reduced(merge(monomial, factor)), coefficient)
        poly = cleared
    return poly


def by_equations(ring: Ring, poly: Poly) -> Poly:
    """Reduce by the ideal of the equations in force, without dividing by anything that may be 0."""
    if not ring.equations:
        return poly
    poly = clear(ring, poly)
    equations = [e for e in (clear(ring, e) for e in ring.equations) if e]
    atoms = sorted({a for p in (poly, *equations) for m in p for a, _ in m}, key=lambda a: a.uid)
    if any(e < 0 for p in (poly, *equations) for m in p for _, e in m):
        return poly
    steps = [
        lcm(*(Fraction(dict(m).get(a, 0)).denominator for p in (poly, *equations) for m in p)) for a in atoms
    ]
    context = flint.fmpz_mpoly_ctx.get(("x", len(atoms)), "degrevlex")
    basis = flint.fmpz_mpoly_vec([_to_flint(e, atoms, steps, context) for e in equations], context)
    if len(equations) > 1:
        basis = basis.buchberger_naive()
    rest = _to_flint(poly, atoms, steps, context)
    for _ in range(MAX_ROUNDS):
        for element in basis:
            rest = _pseudo_reduce(rest, element)
        if rest == 0:
            ring.used.update(name for name in ring.equation_names if name)
            return {}
    return poly


def _pseudo_reduce(rest: flint.fmpz_mpoly, element: flint.fmpz_mpoly) -> flint.fmpz_mpoly:
    # Multiplying by the leading coefficient, a nonzero integer, keeps the division exact.
    if element == 0:
        return rest
    scale = element.leading_coefficient() ** max(1, int(rest.total_degree()) + 1) if rest != 0 else 1
    return divmod(rest * scale, element)[1]


def _to_flint(
    poly: Poly, atoms: list[Atom], steps: list[int], context: flint.fmpz_mpoly_ctx
) -> flint.fmpz_mpoly:
    places = {a: k for k, a in enumerate(atoms)}
    common = lcm(*(int(c.q) for c in poly.values())) if poly else 1
    terms: dict[tuple[int, ...], int] = {}
    for monomial, coefficient in poly.items():
        exponents = [0] * len(atoms)
        for atom, exponent in monomial:
            exponents[places[atom]] = int(exponent * steps[places[atom]])
        terms[tuple(exponents)] = int((coefficient * common).p)
    return context.from_dict(terms)
