"""The oracle: rigorous values at points, and the search for a point at which two sides differ.

It shares no mathematics with the kernel and is the only code that may say "different"; it never says "equal".
"""

from derive.oracle.asking import evaluate, format_value, holds
from derive.oracle.examination import Examination, Refutation, SearchBudget, Untried, Witness
from derive.oracle.points import Chosen, Enclosed, Logarithm, Point, Rational, Surd, Value
from derive.oracle.search import examine

__all__ = [
    "Chosen",
    "Enclosed",
    "Examination",
    "Logarithm",
    "Point",
    "Rational",
    "Refutation",
    "SearchBudget",
    "Surd",
    "Untried",
    "Value",
    "Witness",
    "evaluate",
    "examine",
    "format_value",
    "holds",
]
