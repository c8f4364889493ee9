"""Every rule that the deriver can name has a sentence about it, for readers who unfold a step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import derive.deriver
from derive.deriver.rules import SHORTCUTS
from derive.terms.functions import TABLE
from derive.writing.boxes import show
from derive.writing.mathml import inline
from derive.writing.rules import explained

CODE = [
    ast.parse(one.read_text(encoding="utf-8")) for one in Path(derive.deriver.__file__).parent.glob("*.py")
]
NAMING = {"line", "_proved", "prove_step", "StepShown"}


def beginning(node: ast.expr) -> str | None:
    """Return a text in the code, of one with holes what stands before the first."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return f"{node.values[0].value!s}x"
    return None


def named() -> Iterator[str]:
    """Yield the rules that the code of the deriver names: where it writes a line, and where it yields one."""
    for tree in CODE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                texts = [node.args[0]] if name in NAMING else []
            elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                first = node.value.elts[0]
                texts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            elif isinstance(node, ast.Lambda):
                texts = (
                    [node.body.body, node.body.orelse] if isinstance(node.body, ast.IfExp) else [node.body]
                )
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp):
                target = node.targets[0]
                texts = [node.value.body, node.value.orelse] if getattr(target, "id", "") == "rule" else []
            else:
                continue
            yield from filter(None, map(beginning, texts))


RULES_NAMED = sorted(
    {
        *named(),
        *(name for rules in SHORTCUTS.values() for name, _ in rules),
        *(f"derivative of {name}" for name in TABLE),
        "exponential",
    }
)


def test_the_rules_are_found() -> None:
    assert {"chain rule", "substitute", "sift the delta", "write x", "the case x", "Jacobian"} <= {
        *RULES_NAMED
    }
    assert {"collect", "as claimed", "variable exponent", "differentiate", "cancel"} <= {*RULES_NAMED}


@pytest.mark.parametrize("rule", RULES_NAMED)
def test_a_rule_has_a_sentence(rule: str) -> None:
    for sentence in explained(rule):
        assert isinstance(sentence[-1], str)
        assert sentence[-1].endswith(".")
        assert sentence != (f"{rule[:1].upper()}{rule[1:]}.",)
        assert all("\\" not in inline(piece) for piece in sentence if not isinstance(piece, str))


def test_formulas_of_rules_are_set_as_terms_are() -> None:
    (power,), (exponent,) = explained("power rule"), explained("variable exponent")
    assert [show(one) for one in power if not isinstance(one, str)] == ["u^{k}", "k u^{k-1}", "u"]
    assert not isinstance(exponent[0], str)
    assert show(exponent[0]) == r"\left(u^{v} \right) ' = u^{v} v ' \log u + v u^{v-1} u '"


def test_a_rule_without_a_sentence_is_told_by_its_name() -> None:
    assert explained("integrate by $parts$") == [("Integrate by $parts$.",)]
