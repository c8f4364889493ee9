"""What SymPy and the language call the same functions and relations. Data alone."""

from __future__ import annotations

from derive.notation.terms import RelationName

# SymPy's class name, and the language's name for it where it is another one.
FUNCTIONS = {
    name: name
    for name in (
        "exp log sin cos tan sec csc cot asin acos atan asec acsc acot sinh cosh tanh coth sech csch asinh acosh "
        "atanh acoth asech acsch erf erfc erfi erfinv gamma loggamma digamma polygamma beta zeta atan2 besselj "
        "bessely besseli besselk airyai airybi airyaiprime airybiprime Si Ci lowergamma uppergamma sign"
    ).split()
} | {
    "Abs": "abs",
    "Max": "max",
    "Min": "min",
    "expint": "expint",
    "elliptic_k": "ellipk",
    "elliptic_e": "ellipe",
}

RELATIONS: dict[str, RelationName] = {
    "Equality": "=",
    "Unequality": "!=",
    "StrictGreaterThan": ">",
    "GreaterThan": ">=",
    "StrictLessThan": "<",
    "LessThan": "<=",
}
