"""What SymPy and the language call the same functions and relations, by SymPy's classes."""

from __future__ import annotations

from typing import Any

import sympy

from derive.terms import Relation
from derive.terms.functions import TABLE

CLASSES_OF: dict[str, Any] = {
    row.name: getattr(sympy, row.sympy or row.name) for row in TABLE.values() if row.sympy != ""
}
"""SymPy's class for a function of the language, where it has one."""

# A class counts, never what it is called: a subclass is another one. Of two names for one the later is taken.
FUNCTIONS: dict[type, str] = {theirs: ours for ours, theirs in CLASSES_OF.items()}

RELATIONS: dict[type, Relation] = {getattr(sympy, one.sympy): one for one in Relation}
