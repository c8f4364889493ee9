"""What the rules of a derivation do, in a sentence each, for readers who unfold a step. It applies none of them."""

from __future__ import annotations

import re

# By the name of the rule, or by its beginning where a name follows. Between dollars stands LaTeX.
_SAID = {
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
    "exponential": "The derivative of $e^{u}$ is $e^{u}$ times the derivative of $u$.",
    "quotient rule": r"$\left(\frac{u}{v} \right)' = \frac{u' v - u v'}{v^{2}}$.",
    "logarithm": r"The derivative of $\log u$ is the derivative of $u$ divided by $u$.",
    "chain rule": "The derivative through an array adds, over all its entries, one factor by the entry and one of the "
    "entry by the variable.",
    "power rule": "The derivative of $u^{k}$ is $k u^{k - 1}$ times the derivative of $u$.",
    "product rule": r"$\left(u v \right)' = u' v + u v'$.",
    "variable exponent": r"$\left(u^{v} \right)' = u^{v} v' \log u + v u^{v - 1} u'$.",
    "differentiate": "The derivative is taken at once, by all the rules of differentiation.",
    "by cases": "The equation is settled for each case of its indices or conditions.",
    "derivative of": "The known derivative of the function, times the derivative of its argument.",
    "take factors out": "Factors that do not hold the index of the sum are moved in front of it.",
    "differentiate the gradient": "The second derivative is the derivative of the first.",
    "use the hypotheses": "An assumption of the problem is applied.",
    "write out the sum": "The sum is written out for the concrete size.",
    "meaning of": "The function is replaced by what it stands for.",
    "gradient": "All the entries are set side by side.",
    "Jacobian": "All the entries are set side by side as a matrix.",
}
_EVERY = re.compile(", (?!of )")


Sentence = list[tuple[bool, str]]
"""A sentence in pieces, each with whether it is LaTeX."""


def explained(rule: str) -> list[Sentence]:
    """Return a sentence for each of the rules that a step names; for one without a sentence its name."""
    return [_one(name.strip()) for name in _EVERY.split(rule) if name.strip()]


def _one(name: str) -> Sentence:
    start = name if name in _SAID else next((one for one in _SAID if name.startswith(f"{one} ")), None)
    if start is None:
        return [(False, f"{name[:1].upper()}{name[1:]}.")]
    return [(number % 2 == 1, piece) for number, piece in enumerate(_SAID[start].split("$")) if piece]


__all__ = ["Sentence", "explained"]
