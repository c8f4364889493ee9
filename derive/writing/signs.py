"""Formulas for a terminal: the text form with mathematical signs, Σⱼ cⱼ·log(pⱼ). Where a sign is not exact, text stays.

It rewrites signs and brackets of text that this package wrote or accepted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.terms import Relation
from derive.terms.greek import COMMON

_TOKEN = re.compile(r"\s+|[^\W\d]\w*'*|\d+(?:\.\d+)?|\*\*|[<>!]=|.")
_NAME = re.compile(r"[^\W\d]\w*'*\Z")
_SUBSCRIPTS = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNS = {"*": "·", "-": "−", "**": "^"} | {one.value: one.unicode for one in Relation}
_BIG = {"sum": "Σ", "prod": "Π"}
_CLOSING = {"(": ")", "[": "]"}
_LOOSE = re.compile(r"[-+=<>≠≤≥−]")


def with_signs(text: str) -> str:
    """Return a formula with signs for sums, derivatives, subscripts and powers; text that is none as it is.

    Two different formulas never become the same.
    """
    tokens = _TOKEN.findall(text)
    try:
        written, rest = _run(tokens, 0, "")
    except ValueError:
        return text
    return written if rest == len(tokens) else text


def _run(tokens: Sequence[str], at: int, closing: str) -> tuple[str, int]:
    """Return what stands up to a closing bracket (or the end, for none), and where it stands."""
    out = ""
    while at < len(tokens) and tokens[at] != closing:
        piece, at = _piece(tokens, at, out)
        out += piece
    if closing and at == len(tokens):
        raise ValueError("a bracket is open")
    return out, at


def _piece(tokens: Sequence[str], at: int, before: str) -> tuple[str, int]:
    token, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in (")", "]"):
        raise ValueError("a bracket is closed that was not opened")
    if token in _CLOSING:
        inside, end = _run(tokens, at + 1, _CLOSING[token])
        return f"{token}{inside}{_CLOSING[token]}", end + 1
    if token == "^" and following.isdigit() and tokens[at + 2 : at + 3] not in (["^"], ["**"], ["["]):  # noqa: S105 - a sign
        return following.translate(_POWERS), at + 2
    if not _NAME.match(token):
        return _SIGNS.get(token, token), at + 1
    if following == "(":
        parts, end = _arguments(tokens, at + 2)
        tight = before.rstrip().endswith(("/", "^", "·")) or (tokens[end : end + 1] or [""])[0] in {
            "*",
            "/",
            "^",
            "**",
        }
        return _call(token, parts, tight), end
    if following == "[":
        inside, end = _run(tokens, at + 2, "]")
        return f"{COMMON.get(token, token)}{_subscript(inside) or f'[{inside}]'}", end + 1
    return COMMON.get(token, token), at + 1


def _arguments(tokens: Sequence[str], at: int) -> tuple[list[str], int]:
    """Return the arguments of a call, and the place after its bracket."""
    parts, part = [], ""
    while at < len(tokens) and tokens[at] != ")":
        if tokens[at] == ",":
            parts.append(part)
            part, at = "", at + 1
            continue
        piece, at = _piece(tokens, at, part)
        part += piece
    if at == len(tokens):
        raise ValueError("a bracket is open")
    return [*(one.strip() for one in parts), part.strip()], at + 1


def _call(name: str, parts: list[str], tight: bool) -> str:
    """Return a call with signs where they are exact; `tight` asks for brackets around what reaches far."""
    written = ""
    first, rest = parts[0], parts[1:]
    if name in _BIG and rest:
        under = _subscript(",".join(rest))
        body = f"({first})" if _LOOSE.search(_outside(first)) else first
        written = f"{_BIG[name]}{under} {body}" if under else ""
    elif name == "D" and rest:
        order = str(len(rest)).translate(_POWERS) if len(rest) > 1 else ""
        body = first if re.fullmatch(r"\w+", first) else f"({first})"
        written = f"∂{order}{body}/{' '.join(f'∂{one}' for one in rest)}"
    elif name == "delta" and len(parts) == 2:
        under = _subscript(",".join(parts))
        return f"δ{under}" if under else f"delta({', '.join(parts)})"
    if written:
        return f"({written})" if tight else written
    return f"{name}({', '.join(parts)})"


def _outside(text: str) -> str:
    """Return a formula without what stands in brackets."""
    while (bare := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)) != text:
        text = bare
    return text.lstrip("−")


def _subscript(inside: str) -> str:
    """Return indices as a subscript, empty unless each is one letter or digit that has such a sign."""
    names = [one.strip() for one in inside.split(",")]
    letters = len(names) == 1 or all(one.isalpha() for one in names)
    if letters and all(len(one) == 1 and one in _SUBSCRIPTS for one in names):
        return "".join(_SUBSCRIPTS[one] for one in names)
    return ""
