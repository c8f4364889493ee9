"""How the HTML pages look: light and dark, on phones and on paper. Nothing in it is loaded from elsewhere.

The style sheets and scripts themselves are files beside this module, in `resources`.
"""

from __future__ import annotations

from importlib.resources import files


def resource(name: str) -> str:
    """Return a style sheet or a script of the package. Raises `FileNotFoundError` if there is none of this name."""
    return "\n" + (files("derive.writing") / "resources" / name).read_text(encoding="utf-8")


def _colours(name: str) -> str:
    """Return the declarations of a sheet of colours, without what they apply to."""
    return resource(name).partition("{")[2].rpartition("}")[0].strip()


LIGHT, DARK = _colours("light.css"), _colours("dark.css")
_DARKENED = f"@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}"
STYLE = f":root {{ color-scheme: light dark; {LIGHT} }}\n{_DARKENED}{resource('page.css')}"
NESTED = ".derive {" + STYLE.replace(":root", ".sheet").replace("body {", ".sheet {") + "}"
"""The same for a piece of another page, a `sheet` within an element of class `derive`: it reaches no further."""
