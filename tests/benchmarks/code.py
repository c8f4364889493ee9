"""Wrong backward passes in PyTorch put to numeric checkers and to derive; writes docs/numeric-checkers.md.

    pip install '.[dev,torch]'
    python tests/benchmarks/code.py

Each backward pass in `tests/torch` is that of a `torch.autograd.Function`, which `torch.autograd.gradcheck` is asked
about at its default settings; `scipy.optimize.check_grad` measures its error. The points are normal ones by a fixed
seed, in double precision. What is compared runs in turns in one run.
"""

from __future__ import annotations

import datetime
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from derive import prove_gradient, prove_vjp
from derive.terms import Context
from derive.tracing.inputs import declared, taken_by
from tests.torch.small_slips import SMALL
from tests.torch.torch_programs import TORCH_PROGRAMS
from tests.tracing.programs import Program

PAGE = Path(__file__).parents[2] / "docs" / "numeric-checkers.md"
SIZES = (3, 4, 5, 6)
SEED = 0
THRESHOLD = 1e-4  # of check_grad's error beside the gradient: it gives no verdict itself

Asked = tuple[str, float]
"""What is said of one backward pass, and the seconds that it took to say so."""


def timed(check: Callable[[], str]) -> Asked:
    """Return an answer and its seconds; the first run, in which much is loaded, is not counted."""
    check()
    start = time.perf_counter()
    found = check()
    return found, time.perf_counter() - start


def values_of(program: Program, context: Context) -> dict[str, Any]:
    """Return a tensor for each parameter of a program that is declared."""
    generator = torch.Generator().manual_seed(SEED)
    sizes = {name: one.fixed or SIZES[k] for k, (name, one) in enumerate(context.sizes.items())}
    found: dict[str, Any] = {}
    for parameter in taken_by(program.forward):
        variable = context.variables.get(parameter.name)
        if variable is None:
            continue
        if variable.kind == "label":
            shape = [sizes[dim] for dim in variable.dims[:-1]]
            found[parameter.name] = torch.randint(0, sizes[variable.dims[-1]], shape, generator=generator)
            continue
        value = torch.randn([sizes[dim] for dim in variable.dims], generator=generator, dtype=torch.float64)
        found[parameter.name] = value.exp() if variable.bounds else value
    return found


def function_of(program: Program, backward: Any, values: dict[str, Any], by: list[str]) -> Any:
    """Return a function of the arrays that are differentiated by, with this backward pass."""

    class Written(torch.autograd.Function):  # type: ignore[misc]  # PyTorch's types are not looked at
        @staticmethod
        def forward(ctx: Any, *arrays: Any) -> Any:
            ctx.arrays = {**values, **dict(zip(by, arrays, strict=True))}
            return program.forward(**ctx.arrays)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            given = [
                ctx.arrays[one.name] for one in taken_by(backward)[program.vjp :] if one.name in ctx.arrays
            ]
            found = backward(g, *given) if program.vjp else backward(*given)
            several = found if isinstance(found, tuple) else (found,)
            return tuple(several) if program.vjp else tuple(g * one for one in several)

    return Written.apply


def by_gradcheck(program: Program, backward: Any) -> str:
    """Return whether torch.autograd.gradcheck passes a backward pass at one point."""
    context = declared(program.declare)
    values = values_of(program, context)
    by = differentiated(program, context, backward, values)
    arrays = [values[name].clone().requires_grad_() for name in by]
    function = function_of(program, backward, values, by)
    return "passes" if torch.autograd.gradcheck(function, arrays, raise_exception=False) else "caught"


def differentiated(program: Program, context: Context, backward: Any, values: dict[str, Any]) -> list[str]:
    """Return the arrays that the gradients belong to."""
    if "wrt" in program.options:
        return [program.options["wrt"]]
    real = [
        name for name in values if context.variables[name].kind == "real" and context.variables[name].dims
    ]
    given = [values[one.name] for one in taken_by(backward)[program.vjp :] if one.name in values]
    found = backward(torch.zeros_like(program.forward(**values)), *given) if program.vjp else backward(*given)
    return real[: len(found)] if isinstance(found, tuple) else real[:1]


def by_check_grad(program: Program, backward: Any) -> str:
    """Return whether the error that scipy.optimize.check_grad finds is small beside the gradient."""
    context = declared(program.declare)
    values = values_of(program, context)
    by = differentiated(program, context, backward, values)
    generator = torch.Generator().manual_seed(SEED + 1)
    output = program.forward(**values)
    weight = (
        torch.randn(output.shape, generator=generator, dtype=torch.float64) if program.vjp else torch.ones(())
    )
    shapes = [values[name].shape for name in by]
    ends = np.cumsum([0, *(shape.numel() for shape in shapes)])

    def placed(flat: Any) -> dict[str, Any]:
        cut = (
            torch.as_tensor(flat[a:b]).reshape(shape)
            for a, b, shape in zip(ends, ends[1:], shapes, strict=False)
        )
        return {**values, **dict(zip(by, cut, strict=True))}

    def loss(flat: Any) -> float:
        return float((program.forward(**placed(flat)) * weight).sum())

    def gradient(flat: Any) -> Any:
        here = placed(flat)
        given = [here[one.name] for one in taken_by(backward)[program.vjp :] if one.name in here]
        found = backward(weight, *given) if program.vjp else backward(*given)
        several = found if isinstance(found, tuple) else (found,)
        return np.concatenate([one.detach().numpy().ravel() for one in several])

    start = np.concatenate([values[name].numpy().ravel() for name in by])
    error = scipy.optimize.check_grad(loss, gradient, start)
    return "passes" if error <= THRESHOLD * np.linalg.norm(gradient(start)) else "caught"


def by_derive(program: Program, backward: Any) -> str:
    """Return what derive says: `refuted` if one of the gradients is."""
    prove = prove_vjp if program.vjp else prove_gradient
    report = prove(
        program.forward, backward, program.declare, framework="torch", explain=0, **program.options
    )
    verdicts = {str(one.verdict) for one in report.results}
    return "refuted" if "refuted" in verdicts else "proved" if verdicts == {"proved"} else "not decided"


CHECKERS = {"gradcheck": by_gradcheck, "check_grad": by_check_grad, "derive": by_derive}


def asked_of(program: Program, backward: Any) -> dict[str, Asked]:
    """Return what each checker says of a backward pass."""
    return {name: timed(partial(checker, program, backward)) for name, checker in CHECKERS.items()}


def rows() -> Iterator[tuple[str, str, dict[str, Asked]]]:
    """Yield each backward pass: of which kind it is, what it is, and what each checker says."""
    for program in TORCH_PROGRAMS:
        yield "right", program.name, asked_of(program, program.backward)
        for number, wrong in enumerate(program.wrong, 1):
            yield "plain", f"{program.name} {number}", asked_of(program, wrong)
    for what, program in SMALL:
        yield "small", what, asked_of(program, program.backward)


KINDS = {
    "right": "right",
    "plain": "with a plain mistake",
    "small": "wrong by little, or for other shapes and points",
}


def _word(kind: str, checker: str) -> str:
    """Return what a checker is to say of backward passes of a kind."""
    if kind == "right":
        return "proved" if checker == "derive" else "passes"
    return "refuted" if checker == "derive" else "caught"


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    found = []
    for kind, name, asked in rows():
        print(
            kind, name, {key: f"{said} {seconds:.3f}" for key, (said, seconds) in asked.items()}, flush=True
        )
        found.append((kind, name, asked))
    day = datetime.datetime.now(tz=datetime.UTC).date()
    medians = {key: statistics.median(asked[key][1] for _, _, asked in found) for key in CHECKERS}
    worst = {key: max(asked[key][1] for _, _, asked in found) for key in CHECKERS}
    yield from (
        "# What numeric checkers pass",
        "",
        "Backward passes written in PyTorch, right ones and wrong ones, put to "
        f"`torch.autograd.gradcheck` {torch.__version__}, to `scipy.optimize.check_grad` {scipy.__version__} and "
        f"to `derive` in one run of `tests/benchmarks/code.py` on {day}: 2 cores, Python "
        f"{platform.python_version()}. The checkers are at their default settings, at one point of normal numbers "
        f"in double precision, with sizes {', '.join(map(str, SIZES))}. `check_grad` returns an error and no "
        f"verdict; it counts as caught above {THRESHOLD:g} of the gradient.",
        "",
        "| backward passes | number | gradcheck | check_grad | derive |",
        "|---|---:|---:|---:|---:|",
    )
    for kind, told in KINDS.items():
        own = [asked for one, _, asked in found if one == kind]
        words = {key: _word(kind, key) for key in CHECKERS}
        cells = [f"{sum(asked[key][0] == words[key] for asked in own)} {words[key]}" for key in CHECKERS]
        yield f"| {told} | {len(own)} | {' | '.join(cells)} |"
    yield f"| median seconds | {len(found)} | {' | '.join(f'{medians[key]:.3f}' for key in CHECKERS)} |"
    yield f"| greatest | {len(found)} | {' | '.join(f'{worst[key]:.3f}' for key in CHECKERS)} |"
    yield from (
        "",
        f"`derive` takes {medians['derive'] / medians['gradcheck']:.1f} times as long as one `gradcheck` here: most "
        "of it is `torch.export`, twice for each program. It speaks of all sizes from 2 on, and of all points.",
        "",
        "The mistakes of the last kind, one by one:",
        "",
        "| what is wrong | gradcheck | check_grad | derive |",
        "|---|---|---|---|",
    )
    for kind, name, asked in found:
        if kind == "small":
            yield f"| {name} | {' | '.join(asked[key][0] for key in CHECKERS)} |"


if __name__ == "__main__":
    PAGE.write_text("\n".join(page()) + "\n", encoding="utf-8")
