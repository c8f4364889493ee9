"""Whether a normal form is 0: clear denominators, apply identities, reduce by equations.

Every step is an equality at every point in question, or multiplies by what is not 0 where it matters: so "yes" is a
proof, and "no" only means not seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import LimitError
from derive.kernel.combinations import combination
from derive.kernel.multiples import PolynomialEquation, adds_up, made_again
from derive.kernel.normal_form.bridge import over
from derive.kernel.normal_form.complements import complementary_conditions
from derive.kernel.normal_form.ideals import cofactors
from derive.kernel.normal_form.identities import (
    common_angles,
    powers_of_products,
    powers_of_sizes,
    products,
    recurrences,
    shifts,
)
from derive.kernel.normal_form.polynomials import Atom, Exponent, Poly, merge
from derive.kernel.normal_form.powers import clears
from derive.kernel.normal_form.precedence import ordered_sums
from derive.kernel.normal_form.quotients import rational_sums, symmetric_sums, without_guards
from derive.kernel.normal_form.ring import Ring, clear_by
from derive.kernel.signs.analysis import sign_of_atom

MAX_ROUNDS = 6


def residual(ring: Ring, poly: Poly) -> Poly:
    """Return what is left of a polynomial that should be 0: nothing, if it is proved to be."""
    for step in (
        clear,
        products,
        shifts,
        powers_of_sizes,
        clear,
        common_angles,
        rational_sums,
        clear,
        ordered_sums,
        complementary_conditions,
        symmetric_sums,
        recurrences,
        powers_of_products,
        without_guards,
        by_equations,
    ):
        if not poly:
            return poly
        poly = step(ring, poly)
    return poly


def clear(ring: Ring, poly: Poly) -> Poly:
    """Multiply by denominators until none is left, or none by which it may be done (see `clears`)."""
    for _ in range(MAX_ROUNDS):
        least: dict[Atom, Exponent] = {}
        for monomial in poly:
            for atom, exponent in monomial:
                if exponent < least.get(atom, 0):
                    least[atom] = exponent
        factors = tuple((atom, -exponent) for atom, exponent in least.items() if clears(ring, poly, atom))
        if not factors:
            return poly
        poly = clear_by(ring, poly, factors)
    return poly


def by_equations(ring: Ring, poly: Poly) -> Poly:
    """Reduce by the ideal of the equations in force, without dividing by anything that may be 0."""
    if not ring.rewrites.equations:
        return poly
    poly = clear(ring, poly)
    cleared = (_without_fractions(ring, e) for e in ring.rewrites.equations)
    equations = [e for e in cleared if e and all(exponent > 0 for m in e for _, exponent in m)]
    atoms = sorted({a for p in (poly, *equations) for m in p for a, _ in m}, key=lambda a: a.uid)
    if not equations or any(e < 0 for m in poly for _, e in m):
        return poly
    # A factor that is not 0 does no harm: a*c = b*c and c != 0 give a = b.
    nonzero = tuple((a, 1) for a in atoms if 0 not in sign_of_atom(ring, a) and a.key[0] in ("entry", "sum"))
    target = {merge(m, nonzero): c for m, c in poly.items()}
    if not is_combination(target, equations, atoms):
        return poly
    ring.rewrites.used.update(name for name in ring.rewrites.equation_names if name)
    return {}


def is_combination(target: Poly, equations: Sequence[Poly], atoms: Sequence[Atom]) -> bool:
    """Return whether it is shown that a polynomial is a sum of multiples of equations, and so 0 where these are.

    By what to multiply them is searched for elsewhere, and multiplied out here.
    """
    variables = over(atoms, (target, *equations), "degrevlex")
    whole, *parts = (variables.into(poly) for poly in (target, *equations))
    if whole is None or None in parts:
        return False
    found = cofactors(whole, parts)
    if found is None:
        return False
    total = whole * 0
    for place, cofactor in found.items():
        total += cofactor * parts[place]
    return bool(total == whole)


def by_multiples(ring: Ring, rest: Poly, equations: Sequence[PolynomialEquation]) -> Poly:
    """Return nothing if a polynomial is shown to be a combination of multiples of equations, else the polynomial."""
    if not equations:
        return rest
    rules, ring.rewrites.sums = (
        ring.rewrites.sums,
        [],
    )  # a multiple rewritten by its own hypothesis would be 0 = 0
    try:
        poly = made_again(ring, rest)
        found = combination(ring, poly, equations)
        if found is None or not adds_up(ring, poly, equations, found):
            return rest
    except LimitError:
        return rest
    finally:
        ring.rewrites.sums = rules
    ring.rewrites.used.update(equations[multiple.place].name for multiple, _ in found)
    return {}


def _without_fractions(ring: Ring, equation: Poly) -> Poly:
    """Return an equation times its denominators, as far as they are not 0."""
    for _ in range(MAX_ROUNDS):
        least: dict[Atom, Exponent] = {}
        for atom, exponent in (pair for monomial in equation for pair in monomial):
            least[atom] = min(exponent, least.get(atom, 0))
        factor = tuple((atom, -e) for atom, e in least.items() if e < 0 and ring.is_nonzero(atom))
        if not factor:
            break
        equation = clear_by(ring, equation, factor)
    return equation
