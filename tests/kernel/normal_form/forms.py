"""Normal forms of terms that are given as text, for the tests of the normal form."""

from __future__ import annotations

from derive.kernel.differentiation import resolve
from derive.kernel.normal_form.polynomials import AtomKey, Poly, poly_key
from derive.kernel.normal_form.powers import PowerRing
from derive.kernel.normal_form.ring import Ring
from derive.kernel.normal_form.translate import Translator
from derive.reading.text import read, read_term
from derive.terms import Context, Term

DECLARED = """
size n, m
real x[n], y[n], W[n,n], A[n,m], u, v
positive a
function f
"""


def context_of(text: str = DECLARED) -> Context:
    """Return the context that declarations make."""
    (problem,) = read(text)
    return problem.context


CONTEXT = context_of()


def term(text: str, context: Context = CONTEXT) -> Term:
    """Return a term without derivatives and definitions."""
    return resolve(read_term(text, context), context)


def form(node: Term, ring: Ring | None = None) -> Poly:
    """Return the normal form of a term, without declarations."""
    return Translator(ring or PowerRing()).term(node)


def key(node: Term) -> AtomKey:
    """Return what names the normal form of a term, whatever the order in which its atoms were made."""
    return poly_key(form(node))


def same(left: str, right: str) -> bool:
    """Return whether two terms have the same normal form, in one ring and in two."""
    ring = PowerRing()
    here = form(term(left), ring) == form(term(right), ring)
    assert here == (key(term(left)) == key(term(right)))
    return here
