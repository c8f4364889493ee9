"""Reports as a LaTeX document, or as a fragment to paste: statements, numbered steps, verdicts. It decides nothing.

Needs amsmath and amssymb alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derive.notation import Context, Definition, Entry, Variable
from derive.writing.latex import condition_to_latex, entry_to_latex, equation_to_latex, to_latex
from derive.writing.latex_names import name_to_latex
from derive.writing.latex_prose import code, escaped, prose
from derive.writing.latex_steps import equation_display, steps_to_latex

if TYPE_CHECKING:
    from derive.report import Counterexample, Report, Result, StepShown

PREAMBLE = r"""\documentclass[10pt,a4paper]{article}
\usepackage{amsmath,amssymb}
\setlength{\oddsidemargin}{0pt}
\setlength{\textwidth}{455pt}
\setlength{\topmargin}{-20pt}
\setlength{\textheight}{680pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\setlength{\emergencystretch}{8em}
\raggedbottom
\renewcommand{\arraystretch}{1.25}
\allowdisplaybreaks
\AtBeginDocument{\setlength{\abovedisplayskip}{5pt plus 3pt}\setlength{\belowdisplayskip}{5pt plus 3pt}}
"""


def report_document(report: Report, title: str = "Derivations") -> str:
    """Return a complete document with every claim, its derivation and its verdict."""
    return document(report_fragment(report), title)


def document(body: str, title: str) -> str:
    """Return a complete document around a body."""
    head = f"\\title{{{escaped(title)}}}\n\\author{{}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n"
    return f"{PREAMBLE}{head}\n{body}\\end{{document}}\n"


def report_fragment(report: Report) -> str:
    """Return the claims of a report without preamble, to be pasted into a document that loads amsmath and amssymb."""
    parts: list[str] = []
    seen: set[str] = set()
    last: tuple[str | None, str | None, int] | None = None
    for group in report.claims:
        first = group[0]
        place = (first.file, first.problem, id(first.context))
        if last is None or place[:2] != last[:2]:
            seen = set()
        if place != last and first.context is not None:
            if (last is None or place[:2] != last[:2]) and (first.problem or len(report.claims) > 1):
                parts.append(rf"\section*{{{prose(first.problem or _heading(first))}}}")
            parts += context_to_latex(first.context)
        last = place
        for result in group:
            parts += result_to_latex(result, seen)
    return "\n".join(parts) + "\n"


def _heading(result: Result) -> str:
    if not result.file or result.file == "-":
        return "Claims"
    stem = re.sub(r".*[/\\]|\.\w+$", "", result.file)
    return re.sub(r"[-_]+", " ", stem).capitalize() or "Claims"


# ---------------------------------------------------------------- the statement


def context_to_latex(context: Context) -> Iterator[str]:
    """Yield the declarations, definitions and hypotheses of a problem."""
    declared = [_variables(context.variables.values()), *_labels(context)]
    said = "; ".join(part for part in declared if part)
    if said:
        yield f"Let {said}."
    if context.definitions:
        yield "Define"
        yield equation_display(*map(_definition, context.definitions.values()))
    if context.hypotheses:
        yield "Assume"
        yield equation_display(*(condition_to_latex(one.condition) for one in context.hypotheses))


_KINDS = {"simplex": "entries nonnegative with sum 1", "onehot": "one entry 1 and the others 0"}


def _variables(variables: Iterable[Variable]) -> str:
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for variable in variables:
        limits = ", ".join(f"${_RELATION[b.relation]} {to_latex(b.value)}$" for b in variable.bounds)
        extra = _KINDS.get(variable.kind, "") or (
            f"each entry {limits}" if variable.dims and limits else limits
        )
        groups.setdefault((variable.dims, extra), []).append(name_to_latex(variable.name))
    return "; ".join(
        f"${', '.join(names)} \\in \\mathbb{{R}}{_shape(dims)}${f' ({extra})' if extra else ''}"
        for (dims, extra), names in groups.items()
    )


_RELATION = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "!=": r"\neq"}


def _shape(dims: tuple[str, ...]) -> str:
    product = r" \times ".join(map(name_to_latex, dims))
    return f"^{{{product}}}" if dims else ""


def _labels(context: Context) -> Iterator[str]:
    sizes = (f"${name_to_latex(s.name)} = {s.fixed}$" for s in context.sizes.values() if s.fixed is not None)
    yield from sizes
    for name, index in context.labels.items():
        yield rf"${name_to_latex(name)}$ a fixed index from $1$ to ${name_to_latex(index.dim)}$"


def _definition(definition: Definition) -> str:
    head = Entry(definition.name, definition.parameters)
    return f"{entry_to_latex(head)} = {to_latex(definition.body)}"


# ---------------------------------------------------------------- a claim


def result_to_latex(result: Result, seen: set[str] | None = None) -> Iterator[str]:
    """Yield a claim, the verdict on it with what supports it, and the derivation of its left side.

    Chains of steps among `seen` stand above already and are not repeated; `seen` grows.
    """
    if result.statement is not None:
        yield r"\par\medskip\textbf{Claim.}"
        yield equation_display(equation_to_latex(result.statement))
    elif result.claim:
        yield rf"\par\medskip\textbf{{Claim.}} {code(result.claim)}"
    yield " ".join(_verdict(result))
    if result.steps:
        yield from steps_with_hypotheses(result.steps, result, set() if seen is None else seen)


def steps_with_hypotheses(steps: Sequence[StepShown], result: Result, seen: set[str]) -> Iterator[str]:
    """Yield the numbered steps that are new, and after them which used which hypotheses."""
    displays = list(steps_to_latex(steps))
    new = [display for display in displays if display not in seen]
    if not new:
        yield "The left side is derived above."
        return
    seen.update(new)
    left_out = " (what stands above is not repeated)" if len(new) < len(displays) else ""
    yield f"Derivation of the left side, every line proved{left_out}:"
    yield from new
    used: dict[str, list[str]] = {}
    for step in steps:
        for hypothesis in step.hypotheses:
            used.setdefault(hypothesis, []).append(step.rule)
    for hypothesis, rules in used.items():
        names = ", ".join(dict.fromkeys(f"``{prose(rule)}''" for rule in rules))
        yield rf"Here {names} used {_hypothesis(hypothesis, result.context)}."


def _hypothesis(text: str, context: Context | None) -> str:
    for hypothesis in context.hypotheses if context is not None else ():
        if str(hypothesis) == text:
            return f"${condition_to_latex(hypothesis.condition)}$"
    return code(text)


def _verdict(result: Result) -> Iterator[str]:
    word = rf"\textbf{{{str(result.verdict).capitalize()}}}"
    yield f"{word} {prose(result.scope)}." if result.scope else f"{word}."
    for several, before in ((result.hypotheses, "Uses"), (result.conditions, "Holds where")):
        if several:
            yield f"{before} {', '.join(_hypothesis(one, result.context) for one in several)}."
    if result.marked:
        yield f"The right side has no value where the left has one unless {', '.join(map(code, result.marked))}."
    if result.counterexample is not None:
        yield from _counterexample(result.counterexample)
    if result.holds_at:
        yield f"It does hold at {', '.join(map(_sizes, result.holds_at))}."
    if result.diagnosis is not None:
        yield rf"\textbf{{The mistake:}} {_sentence(result.diagnosis.mistake)} {_sentence(result.diagnosis.text)}"
    if result.correct_term is not None and result.statement is not None:
        latex = f"{to_latex(result.statement.left)} = {to_latex(result.correct_term)}"
        yield f"Correct is\n{equation_display(latex)}"
    elif result.correct is not None:
        yield f"Correct is {code(result.correct)}."
    for text in (result.reason, result.message):
        if text:
            yield _sentence(text)


def _sentence(text: str) -> str:
    return prose(text.strip().rstrip(".")) + "."


def _counterexample(found: Counterexample) -> Iterator[str]:
    at = [_sizes(found.sizes)] if found.sizes else []
    at += [f"${name_to_latex(name)} = {value_to_latex(value)}$" for name, value in found.values.items()]
    at += [f"${name_to_latex(name)} = {value}$" for name, value in found.indices.items()]
    where = f"At {', '.join(at)}" if at else "Everywhere"
    yield f"{where} the left side is ${value_to_latex(found.left)}$ and the right side ${value_to_latex(found.right)}$."


def _sizes(sizes: Mapping[str, int]) -> str:
    return (
        ", ".join(f"${name_to_latex(name)} = {size}$" for name, size in sizes.items()) or "every point tried"
    )


_WORDS = re.compile(r"\b(?:log|exp|sqrt|pi)\b")
_QUOTIENT = re.compile(r"(-?)(\d+)/(\d+)")
_PLAIN = re.compile(r"[-+0-9a-z ()*/.,^]*")


def value_to_latex(value: Any) -> str:
    """Return a number of a counterexample, given as exact text, or an array of them, for math mode."""
    if isinstance(value, list | tuple):
        entries = r",\, ".join(map(value_to_latex, value))
        return f"({entries})"
    text = str(value)
    if quotient := _QUOTIENT.fullmatch(text):
        return rf"{quotient[1]}\tfrac{{{quotient[2]}}}{{{quotient[3]}}}"
    bare = _WORDS.sub("", text)
    if _PLAIN.fullmatch(text) and not re.search("[a-z^]", bare):
        words = _WORDS.sub(lambda word: rf"\{word[0]}" if word[0] != "sqrt" else r"\operatorname{sqrt}", text)
        return words.replace("*", r" \cdot ")
    return rf"\text{{{code(text)}}}"


__all__ = [
    "context_to_latex", "document", "report_document", "report_fragment", "result_to_latex", "steps_with_hypotheses",
    "value_to_latex",
]  # fmt: skip
