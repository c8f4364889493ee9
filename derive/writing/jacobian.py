"""A Jacobian as a picture: which of its entries a formula used, dropped or replaced. The numbers come ready."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from derive.writing.signs import with_signs

if TYPE_CHECKING:
    from derive.report.results import Jacobian

_HEIGHT, _LETTER, _LEAST = 44, 8.6, 64  # of a cell, of a letter, and the least width of a cell


def jacobian_figure(found: Jacobian) -> str:
    """Return the Jacobian as a figure: a drawing in SVG that needs no colour, and the sum in numbers below it."""
    kinds = {kind for row in _kinds(found) for kind in row}
    legend = " ".join(text for kind, text in _LEGEND.items() if kind in kinds)
    caption = (
        "The Jacobian at this point: each row an entry, each column what it is differentiated by. "
        f"{legend} Outlined: the column over which the derivative by "
        f"{with_signs(str(found.columns[found.column]))} sums."
    )
    heads = (
        "entry",
        with_signs(f"D({found.body}, entry)"),
        with_signs(f"D(entry, {found.columns[found.column]})"),
        "product",
        "in the claim",
    )
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    numbers = (
        '<div class="scroll" tabindex="0" role="group" aria-label="the sum in numbers">'
        f"<table><tr>{head}</tr>{''.join(_rows(found))}</table></div>"
    )
    dropped = [
        with_signs(str(name)) for name, one in zip(found.rows, found.claimed, strict=True) if one is None
    ]
    say = f"The claim leaves out {', '.join(dropped)}." if dropped else ""
    return (
        f'<figure class="jacobian">{_svg(found)}<figcaption>{escape(caption)}</figcaption></figure>\n'
        f"<p>The chain rule adds the products of all rows. {escape(say)}</p>\n{numbers}\n"
    )


_LEGEND = {
    "used": "Filled: used by the claim.",
    "dropped": "Hatched: dropped.",
    "replaced": "Struck out: what belongs there, above what the claim has.",
}


def _kinds(found: Jacobian) -> list[list[str]]:
    """Return for each entry of the Jacobian whether the claim used it, dropped it, or has something else there."""
    return [
        [
            "dropped" if have is None else "used" if have == value else "replaced"
            for value, have in zip(values, taken, strict=True)
        ]
        for values, taken in zip(found.values, found.taken, strict=True)
    ]


def _rows(found: Jacobian) -> Iterator[str]:
    for k, (name, claimed) in enumerate(zip(found.rows, found.claimed, strict=True)):
        cells = (found.outer[k], found.values[k][found.column], found.products[k])
        inside = "".join(f"<td>{escape(with_signs(one))}</td>" for one in cells)
        word = "dropped" if claimed is None else "used" if claimed == found.products[k] else "replaced"
        said = with_signs(claimed) if word == "replaced" and claimed is not None else word
        yield (
            f'<tr class="{word}"><th scope="row">{escape(with_signs(str(name)))}</th>{inside}'
            f"<td>{escape(said)}</td></tr>"
        )


def _svg(found: Jacobian) -> str:
    told = [
        str(one) for row in (*found.values, *found.taken, found.columns) for one in row if one is not None
    ]
    wide = max(_LEAST, max(map(len, told)) * _LETTER + 16)
    left = max(len(str(name)) for name in found.rows) * _LETTER + 16
    width, height = left + wide * len(found.columns) + 4, _HEIGHT * (len(found.rows) + 1)
    pattern = f"dropped-{zlib.crc32(_told(found).encode()):08x}"  # one of its own for each drawing on a page
    parts = [
        f'<defs><pattern id="{pattern}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>'
    ]
    for m, name in enumerate(found.columns):
        parts.append(_text(left + wide * (m + 0.5), _HEIGHT / 2, str(name), "head"))
    for k, kinds in enumerate(_kinds(found)):
        top = _HEIGHT * (k + 1)
        parts.append(_text(left / 2, top + _HEIGHT / 2, str(found.rows[k]), "head"))
        for m, kind in enumerate(kinds):
            at = f'x="{left + wide * m + 3:g}" y="{top + 3:g}" width="{wide - 6:g}" height="{_HEIGHT - 6}"'
            filled = f' fill="url(#{pattern})"' if kind == "dropped" else ""
            parts.append(f'<rect class="{kind}" {at} rx="4"{filled}/>')
            parts += _inside(left + wide * (m + 0.5), top, kind, found.values[k][m], found.taken[k][m])
    parts.append(
        f'<rect class="here" x="{left + wide * found.column:g}" y="{_HEIGHT}" width="{wide:g}" '
        f'height="{_HEIGHT * len(found.rows) - 1}" rx="6"/>'
    )
    title = f"Jacobian of {len(found.rows)} by {len(found.columns)} entries: {_told(found)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _inside(x: float, top: float, kind: str, value: str, have: str | None) -> Iterator[str]:
    """Yield the text of a cell: its value, or struck out above what the claim has there."""
    if kind == "replaced" and have is not None:
        yield _text(x, top + _HEIGHT * 0.3, value, "struck")
        yield _text(x, top + _HEIGHT * 0.7, have, "instead")
    else:
        yield _text(x, top + _HEIGHT / 2, value, kind)


def _told(found: Jacobian) -> str:
    """Return the whole picture in words, for those who do not see it."""
    return "; ".join(
        f"D({row}, {column}) = {value}, {f'replaced by {have}' if kind == 'replaced' else kind}"
        for row, values, taken, kinds in zip(
            found.rows, found.values, found.taken, _kinds(found), strict=True
        )
        for column, value, have, kind in zip(found.columns, values, taken, kinds, strict=True)
    )


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(with_signs(text))}</text>'
