"""Normal forms as text, for a person to see what is left of a difference. Nothing is read back from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.kernel.normal_form.polynomials import BOUND, FRESH, Atom, Exponent, Idx, Monomial, Poly

MAX_SHOWN = 6


def poly_text(poly: Poly) -> str:
    """Return a polynomial as text, cut after a few terms."""
    if not poly:
        return "0"
    parts = []
    for monomial, coefficient in list(poly.items())[:MAX_SHOWN]:
        body = monomial_text(monomial)
        size = abs(coefficient)
        text = body if size == 1 and body else f"{size}*{body}" if body else str(size)
        parts.append(("- " if coefficient < 0 else "+ ") + text)
    text = " ".join(parts)
    text = f"-{text[2:]}" if text.startswith("- ") else text[2:]
    return text if len(poly) <= MAX_SHOWN else f"{text} + ... ({len(poly) - MAX_SHOWN} more terms)"


def monomial_text(monomial: Monomial) -> str:
    """Return a monomial as text."""
    return "*".join(_power_text(atom, exponent) for atom, exponent in monomial)


def _power_text(atom: Atom, exponent: Exponent) -> str:
    text = atom_text(atom)
    if exponent == 1:
        return text
    shown = str(exponent) if isinstance(exponent, int) and exponent > 0 else f"({exponent})"
    return f"{text}^{shown}"


def atom_text(atom: Atom) -> str:
    """Return an atom as text, in the notation of the language where it has one."""
    return _TEXTS[atom.key[0]](atom)


def _index_text(index: Idx) -> str:
    if type(index[3]) is tuple:
        return f"{index[2]}[{','.join(map(_index_text, index[3]))}]"
    if index[0] in (BOUND, FRESH):
        return f"_{index[3]}"
    return index[2] or str(index[3])


def _entry(atom: Any) -> str:
    slots = ",".join(map(_index_text, atom.slots))
    return f"{atom.name}[{slots}]" if slots else str(atom.name)


def _pair(name: str, atom: Any) -> str:
    return f"{name}({_index_text(atom.left)},{_index_text(atom.right)})"


def _sum(atom: Any) -> str:
    bound = ", ".join(map(_index_text, atom.bound))
    return f"sum({monomial_text(atom.body)}, {bound})"


def _bound_text(atom: Any) -> str:
    return _index_text(atom.bound) + "".join(f" != {_index_text(i)}" for i in atom.excluded)


def _function(atom: Any) -> str:
    inside = ", ".join(map(poly_text, atom.arguments))
    return f"{atom.name}{chr(39) * atom.order}({inside})"


_TEXTS: dict[str, Callable[[Any], str]] = {
    "entry": _entry,
    "delta": lambda a: _pair("delta", a),
    "unknown": lambda a: (
        f"{a.name}{a.partials or ''}({', '.join(poly_text(body) for _, body in a.arguments)})"
    ),
    "det": lambda a: f"det({poly_text(a.body)}, {', '.join(map(_index_text, a.places))})",
    "before": lambda a: f"[{_index_text(a.left)} < {_index_text(a.right)}]",
    "distinct": lambda a: f"[{_index_text(a.left)} != {_index_text(a.right)}]",
    "size": lambda a: a.name,
    "pi": lambda a: "pi",
    "prime": lambda a: str(a.prime),
    "base": lambda a: f"({poly_text(a.poly)})",
    "abs": lambda a: f"abs({atom_text(a.inner)})",
    "exp": lambda a: f"exp({monomial_text(a.argument) or '1'})",
    "log": lambda a: f"log({atom_text(a.inner)})",
    "function": _function,
    "sum": _sum,
    "support": lambda a: f"[{atom_text(a.inner)} != 0]",
    "positive": lambda a: f"[{poly_text(a.poly)} > 0]",
    "nonpositive": lambda a: f"[{poly_text(a.positive.poly)} <= 0]",
    "prod": lambda a: f"prod({poly_text(a.body)}, {_bound_text(a)})",
    "max": lambda a: f"max({poly_text(a.body)}, {', '.join(map(_index_text, a.bound))})",
}
