"""What SymPy and the language call the same functions and relations, by SymPy's classes. Data alone."""

from __future__ import annotations

import sympy

from derive.terms import ONE, Term
from derive.terms.nodes import RelationName

_ALIKE = (
    "exp log sin cos tan sec csc cot asin acos atan asec acsc acot sinh cosh tanh coth sech csch asinh acosh "
    "atanh acoth asech acsch erf erfc erfi erfinv gamma loggamma digamma polygamma beta zeta atan2 besselj "
    "bessely besseli besselk airyai airybi airyaiprime airybiprime Si Ci lowergamma uppergamma sign floor expint"
).split()

# SymPy's class, and the language's name for it. A class counts, never what it is called: a subclass is another one.
FUNCTIONS: dict[type, str] = {getattr(sympy, name): name for name in _ALIKE} | {
    sympy.Abs: "abs",
    sympy.Max: "max",
    sympy.Min: "min",
    sympy.elliptic_k: "ellipk",
    sympy.elliptic_e: "ellipe",
}

# Last arguments that SymPy leaves out.
DEFAULTS: dict[str, tuple[Term, ...]] = {"zeta": (ONE,)}

RELATIONS: dict[type, RelationName] = {
    sympy.Eq: "=",
    sympy.Ne: "!=",
    sympy.Gt: ">",
    sympy.Ge: ">=",
    sympy.Lt: "<",
    sympy.Le: "<=",
}
