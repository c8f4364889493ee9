"""What the rules of a derivation do, in a sentence each, for readers who unfold a step. It applies none of them."""

from __future__ import annotations

import re
from typing import TypeAlias

from derive.terms import Apply, Entry, Term, multiply
from derive.writing.boxes import Fraction, HBox, Symbol, row
from derive.writing.latex import box, bracketed, equal

Explanation: TypeAlias = tuple[str | HBox, ...]
"""A sentence: words, and formulas between them."""

_U, _V, _K = map(Entry, "uvk")
_EXP, _LOG, _POWER = Apply("exp", (_U,)), Apply("log", (_U,)), _U**_K


def _prime(term: Term) -> HBox:
    """Return the derivative of a term by whatever it depends on."""
    return row(box(term) if isinstance(term, Entry) else bracketed(box(term)), Symbol("'"))


def _product(*factors: HBox | Term, sign: str = "+") -> HBox:
    first, second, third, fourth = (one if isinstance(one, HBox) else box(one) for one in factors)
    return row(first, second, Symbol(sign), third, fourth)


# By the name of the rule, or by its beginning where a name follows.
_FORMULAS: dict[str, Explanation] = {
    "exponential": (
        "The derivative of ",
        box(_EXP),
        " is ",
        box(_EXP),
        " times the derivative of ",
        box(_U),
        ".",
    ),
    "logarithm": (
        *("The derivative of ", box(_LOG), " is the derivative of ", box(_U)),
        *(" divided by ", box(_U), "."),
    ),
    "power rule": (
        *("The derivative of ", box(_POWER), " is ", box(multiply(_K, _U ** (_K - 1)))),
        *(" times the derivative of ", box(_U), "."),
    ),
    "product rule": (equal(_prime(_U * _V), _product(_prime(_U), _V, _U, _prime(_V))), "."),
    "quotient rule": (
        equal(_prime(_U / _V), Fraction(_product(_prime(_U), _V, _U, _prime(_V), sign="-"), box(_V**2))),
        ".",
    ),
    "variable exponent": (
        equal(
            _prime(_U**_V),
            _product(box(_U**_V), row(_prime(_V), box(_LOG)), _V, row(box(_U ** (_V - 1)), _prime(_U))),
        ),
        ".",
    ),
}
_WORDS = {
    "definition": "The name is replaced by what it was defined as.",
    "sum rule": "The derivative of a sum is the sum of the derivatives of its terms.",
    "sum of the entries": "Of a sum over entries only the entry that is differentiated by is left.",
    "constant factor": "What does not depend on the variable is moved in front of the derivative, or has derivative 0.",
    "distribute": "Products of sums are multiplied out, and sums are split into their terms.",
    "sift the delta": "A Kronecker delta is 1 where its indices agree and 0 elsewhere, so one term of the sum is left.",
    "substitute": "What was derived above is put in.",
    "as claimed": "The line is the right side of the claim.",
    "the case": "The indices are taken to be related as the line says.",
    "collect": "Terms are brought together and common factors taken out.",
    "write": "The expression is recognised as the definition of a name, and the name is written for it.",
    "cancel": "Common factors above and below the fraction line are cancelled.",
    "chain rule": "The derivative through an array adds, over all its entries, one factor by the entry and one of the "
    "entry by the variable.",
    "differentiate": "The derivative is taken at once, by all the rules of differentiation.",
    "by cases": "The equation is settled for each case of its indices or conditions.",
    "derivative of": "The known derivative of the function, times the derivative of its argument.",
    "take factors out": "Factors that do not hold the index of the sum are moved in front of it.",
    "differentiate the gradient": "The second derivative is the derivative of the first.",
    "use the hypotheses": "An assumption of the problem is applied.",
    "write out the sum": "The sum is written out for the concrete size.",
    "meaning of": "The function is replaced by what it stands for.",
    "a sum of what is not negative": "The difference of the sides is written as a sum of terms that are not negative.",
    "square": "A square is not negative; it is 0 where its root is.",
    "signs": "Each factor is not negative, by what is declared and supposed.",
    "tangent of the exponential": "exp(u) is at least 1 + u, and equal to it where u = 0.",
    "tangent of the logarithm": "log(u) is at most u - 1 for u > 0, and equal to it where u = 1.",
    "absolute value": "abs(u) is at least u, and equal to it where u is not negative.",
    "inequality of means": "A weighted arithmetic mean is at least the geometric one; they are equal where all the "
    "terms are.",
    "rest of a sum": "A sum of what is not negative is at least the sum of some of its terms.",
    "Bernoulli's inequality": "u^v is at least 1 + v (u - 1) for u > 0 and v >= 1, and equal to it where u = 1.",
    "Jensen's inequality": "A convex function of a mean is at most the mean of its values; they are equal where all "
    "the points with a positive weight are.",
    "convexity": "The function lies below its chords: by how it is composed, or by its second derivatives.",
    "mean value theorem": "The difference is not negative at one point, and grows away from it.",
    "logarithms of both sides": "Positive numbers compare as their logarithms do.",
    "term by term": "Sums compare as their terms do, one by one.",
    "absolute values": "Both sides are the same for the absolute values of some of the numbers.",
    "other inequalities": "Inequalities that together imply it are proved: at an index, at the ends of an interval, of "
    "logarithms, or for each order of the numbers.",
    "gradient": "All the entries are set side by side.",
    "Jacobian": "All the entries are set side by side as a matrix.",
}
_EVERY = re.compile(", (?!of )")


_SAID: dict[str, Explanation] = {**_FORMULAS, **{name: (words,) for name, words in _WORDS.items()}}


def explained(rule: str) -> list[Explanation]:
    """Return a sentence for each of the rules that a step names; for one without a sentence its name."""
    return [_one(name.strip()) for name in _EVERY.split(rule) if name.strip()]


def _one(name: str) -> Explanation:
    start = name if name in _SAID else next((one for one in _SAID if name.startswith(f"{one} ")), None)
    return (f"{name[:1].upper()}{name[1:]}.",) if start is None else _SAID[start]
