"""A Jacobian as a picture: which of its entries a formula used, and which it dropped. The numbers come ready."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.report import Jacobian

_HEIGHT, _LETTER, _LEAST = 44, 8.6, 64  # of a cell, of a letter, and the least width of a cell


def jacobian_figure(found: Jacobian) -> str:
    """Return the Jacobian as a figure: a drawing in SVG that needs no colour, and the sum in numbers below it."""
    dropped = [name for name, used in zip(found.rows, _column(found), strict=True) if not used]
    caption = (
        "The Jacobian at this point: each row an entry, each column what it is differentiated by. "
        "Filled: used by the claim. Hatched: dropped. "
        f"Outlined: the column over which the derivative by {found.columns[found.column]} sums."
    )
    heads = (
        "entry",
        f"D({found.body}, entry)",
        f"D(entry, {found.columns[found.column]})",
        "product",
        "in the claim",
    )
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    numbers = (
        '<div class="scroll" tabindex="0" role="group" aria-label="the sum in numbers">'
        f"<table><tr>{head}</tr>{''.join(_rows(found))}</table></div>"
    )
    say = f"The claim leaves out {', '.join(dropped)}." if dropped else ""
    return (
        f'<figure class="jacobian">{_svg(found)}<figcaption>{escape(caption)}</figcaption></figure>\n'
        f"<p>The chain rule adds the products of all rows. {escape(say)}</p>\n{numbers}\n"
    )


def _column(found: Jacobian) -> list[bool]:
    return [row[found.column] for row in found.used]


def _rows(found: Jacobian) -> Iterator[str]:
    for k, (name, used) in enumerate(zip(found.rows, _column(found), strict=True)):
        cells = (found.outer[k], found.values[k][found.column], found.products[k])
        inside = "".join(f"<td>{escape(one)}</td>" for one in cells)
        word = "used" if used else "dropped"
        yield f'<tr class="{word}"><th scope="row">{escape(name)}</th>{inside}<td>{word}</td></tr>'


def _svg(found: Jacobian) -> str:
    longest = max(len(one) for row in (*found.values, found.columns) for one in row)
    wide = max(_LEAST, longest * _LETTER + 16)
    left = max(len(name) for name in found.rows) * _LETTER + 16
    width, height = left + wide * len(found.columns) + 4, _HEIGHT * (len(found.rows) + 1)
    pattern = f"dropped-{zlib.crc32(_told(found).encode()):08x}"  # one of its own for each drawing on a page
    parts = [
        f'<defs><pattern id="{pattern}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>'
    ]
    for m, name in enumerate(found.columns):
        parts.append(_text(left + wide * (m + 0.5), _HEIGHT / 2, name, "head"))
    for k, name in enumerate(found.rows):
        top = _HEIGHT * (k + 1)
        parts.append(_text(left / 2, top + _HEIGHT / 2, name, "head"))
        for m, (value, used) in enumerate(zip(found.values[k], found.used[k], strict=True)):
            kind = "used" if used else "dropped"
            at = f'x="{left + wide * m + 3:g}" y="{top + 3:g}" width="{wide - 6:g}" height="{_HEIGHT - 6}"'
            filled = "" if used else f' fill="url(#{pattern})"'
            parts.append(f'<rect class="{kind}" {at} rx="4"{filled}/>')
            parts.append(_text(left + wide * (m + 0.5), top + _HEIGHT / 2, value, kind))
    parts.append(
        f'<rect class="here" x="{left + wide * found.column:g}" y="{_HEIGHT}" width="{wide:g}" '
        f'height="{_HEIGHT * len(found.rows) - 1}" rx="6"/>'
    )
    title = f"Jacobian of {len(found.rows)} by {len(found.columns)} entries: {_told(found)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _told(found: Jacobian) -> str:
    """Return the whole picture in words, for those who do not see it."""
    return "; ".join(
        f"D({row}, {column}) = {value}, {'used' if used else 'dropped'}"
        for row, values, marks in zip(found.rows, found.values, found.used, strict=True)
        for column, value, used in zip(found.columns, values, marks, strict=True)
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


__all__ = ["jacobian_figure"]
