"""PyTorch's programs as formulas: graphs that `torch.export` makes over symbolic sizes, run by a table of operators.

A row says of a core operator what PyTorch documents of it, in real arithmetic, mostly by what NumPy's function does to
the same symbolic arrays. An operator without a row is an error that names it and its line of the code.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

import sympy
import torch
from torch.export import Dim, export
from torch.utils import _pytree as pytree

from derive.errors import DeriveError, IllPosedError, Position
from derive.terms import ZERO, Context
from derive.tracing.operators.table import HARMLESS, OPERATORS, OWN
from derive.tracing.places import is_library, line_at, raised_at
from derive.tracing.proxies.arrays import TracedArray
from derive.tracing.proxies.labels import TracedLabels
from derive.tracing.proxies.lengths import Length
from derive.tracing.replaced import namespaces
from derive.tracing.traces import Trace, noted, remember

_FILE = re.compile(r'File "(.+?)", line (\d+)')
_PRIMES = (5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)

TorchValue: TypeAlias = Any


def run(
    trace: Trace, function: Callable[..., Any], before: Sequence[Any], arguments: Mapping[str, Any]
) -> Any:
    """Return what a function written in PyTorch returns for symbolic arguments: its tree, with traced arrays as leaves.

    Raises:
        IllPosedError: PyTorch cannot export it for all sizes, or an operator has no row.
    """
    bound = inspect.signature(function).bind(*before, **arguments)
    leaves, tree = pytree.tree_flatten((bound.args, bound.kwargs))
    given = [leaf for leaf in leaves if isinstance(leaf, TracedArray | TracedLabels)]
    numbers = {name: _number_for(trace, place, name) for place, name in enumerate(trace.context.sizes)}

    def positional(*tensors: torch.Tensor) -> Any:
        waiting, lengths = iter(tensors), _lengths(given, tensors)
        filled = [_filled(leaf, waiting, lengths) for leaf in leaves]
        args, keywords = pytree.tree_unflatten(filled, tree)
        return function(*args, **keywords)

    examples = tuple(_example(one, numbers) for one in given)
    dims = {name: Dim(name, min=size.minimum) for name, size in trace.context.sizes.items()}
    free = {name for name, size in trace.context.sizes.items() if size.fixed is None}
    shapes = tuple(
        {k: dims[d[0]] for k, d in enumerate(one.dims) if free.issuperset(d) and d} for one in given
    )
    try:
        with _builtins_of(function), _all_frames(), warnings.catch_warnings():
            # PyTorch warns of its own calls of what it has deprecated.
            warnings.simplefilter("ignore", FutureWarning)
            exported = export(_Module(positional), examples, dynamic_shapes=(shapes,))
            exported = exported.run_decompositions(dict(_decompositions()))
    except Exception as wrong:  # PyTorch's errors of this kind have no common class
        raise _refused(wrong) from wrong
    _require_unconditional(exported, given, trace.context)
    outputs = _evaluated(exported, given)
    return pytree.tree_unflatten(outputs, exported.call_spec.out_spec)


def as_function(function: Any) -> Any:
    """Return a module as a function of what it is called with and of its parameters; a function stays what it is.

    The parameters have the names that they have in the module, with `_` for the points: `norm.weight` is
    `norm_weight`. Those that are not asked for keep their numbers.
    """
    if not isinstance(function, torch.nn.Module):
        return function
    module, own = function, {name.replace(".", "_"): name for name, _ in function.named_parameters()}
    inputs = list(inspect.signature(module.forward).parameters.values())

    def call(*args: Any, **keywords: Any) -> Any:
        held = {own[name]: keywords.pop(name) for name in own if name in keywords}
        return torch.func.functional_call(module, held, args, keywords)

    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # by which it is called
        [
            *inputs,
            *(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=module.get_parameter(path))
                for name, path in own.items()
                if name not in {one.name for one in inputs}
            ),
        ]
    )
    call.__name__ = type(module).__name__
    return call


def _refused(wrong: Exception) -> Exception:
    """Return what PyTorch's error says as a refusal; an error of the code's own stays what it is."""
    if not type(wrong).__module__.startswith("torch") and not isinstance(
        wrong, RuntimeError | NotImplementedError
    ):
        return wrong
    told = next((line for line in str(wrong).splitlines() if line.strip()), type(wrong).__name__)
    sizes = re.match(r"Constraints violated \((.+?)\)", told)
    if sizes is not None:
        told = f"what the code does hangs on whether {sizes[1]} has one value or another"
    at = raised_at(wrong.__traceback__)
    return noted(IllPosedError(f"PyTorch cannot export it for all sizes: {told}", at))


class _Module(torch.nn.Module):  # type: ignore[misc]  # PyTorch's types are not looked at
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *tensors: torch.Tensor) -> Any:
        return self.function(*tensors)


# ---- what the function is given


def _number_for(trace: Trace, place: int, name: str) -> int:
    size = trace.context.sizes[name]
    return size.fixed or next(prime for prime in _PRIMES[place:] if prime >= size.minimum)


def _example(one: TracedArray | TracedLabels, numbers: Mapping[str, int]) -> torch.Tensor:
    shape = [math.prod(numbers[name] for name in dims) for dims in one.dims]
    return torch.zeros(shape, dtype=torch.int64 if isinstance(one, TracedLabels) else torch.float32)


def _lengths(given: Sequence[TracedArray | TracedLabels], tensors: Sequence[torch.Tensor]) -> dict[str, Any]:
    return {
        dims[0]: tensor.shape[place]
        for one, tensor in zip(given, tensors, strict=True)
        for place, dims in enumerate(one.dims)
        if len(dims) == 1
    }


def _filled(leaf: Any, waiting: Iterator[torch.Tensor], lengths: Mapping[str, Any]) -> Any:
    if isinstance(leaf, Length):
        if any(name not in lengths for name in leaf.dims):
            raise IllPosedError(f"the size {leaf} is the length of no array that is given")
        return math.prod((lengths[name] for name in leaf.dims), start=1)
    return next(waiting) if isinstance(leaf, TracedArray | TracedLabels) else leaf


@contextmanager
def _builtins_of(function: Callable[..., Any]) -> Iterator[None]:
    """Have `len`, `float` and `math.sqrt` leave a symbolic size what it is, in the code that is exported."""
    places = [space for space in namespaces([function]) if "len" not in space and "float" not in space]
    root = math.sqrt
    for space in places:
        space |= {"len": _len, "float": _float}
    math.sqrt = lambda x, /: torch._sym_sqrt(x) if isinstance(x, torch.SymInt | torch.SymFloat) else root(x)
    try:
        yield
    finally:
        math.sqrt = root
        for space in places:
            del space["len"], space["float"]


def _len(value: Any, /) -> Any:
    return value.shape[0] if isinstance(value, torch.Tensor) and value.ndim else builtins.len(value)


def _float(value: Any = 0.0, /) -> Any:
    return (
        torch.sym_float(value) if isinstance(value, torch.SymInt | torch.SymFloat) else builtins.float(value)
    )


@contextmanager
def _all_frames() -> Iterator[None]:
    """Have nodes of a graph remember all lines that they come from, and not those of `forward` alone."""
    tracer = torch.fx.proxy.TracerBase
    before = tracer._filter_traceback_frames
    tracer._filter_traceback_frames = lambda self, frames: frames
    try:
        yield
    finally:
        tracer._filter_traceback_frames = before


# ---- what PyTorch found to hold for the sizes of the example, and asked no more


def _require_unconditional(
    exported: Any, given: Sequence[TracedArray | TracedLabels], context: Context
) -> None:
    """Raise `IllPosedError` unless all that the graph was specialised by holds for all sizes."""
    for guard in exported._guards_code:
        if not _holds(guard, given, context):
            told = _LENGTH.sub(lambda found: _length_named(found, given), guard)
            raise noted(IllPosedError(f"Python asks whether {told}, and it may be or not"))


_LENGTH = re.compile(r"L\['tensors'\]\[(\d+)\]\.size\(\)\[(\d+)\]")


def _length_named(found: re.Match[str], given: Sequence[TracedArray | TracedLabels]) -> str:
    return "*".join(given[int(found[1])].dims[int(found[2])]) or "1"


def _holds(guard: str, given: Sequence[TracedArray | TracedLabels], context: Context) -> bool:
    """Return whether a comparison of polynomials in sizes holds for all of them, as far as its coefficients show."""
    text = _LENGTH.sub(lambda found: f"({_length_named(found, given)})", guard)
    try:
        parsed = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(parsed, ast.Compare) or len(parsed.ops) != 1:
        return False
    above = {
        name: sympy.Integer(size.fixed)
        if size.fixed is not None
        else size.minimum + sympy.Symbol(name, nonnegative=True)
        for name, size in context.sizes.items()
    }
    symbols = [sympy.Symbol(name, nonnegative=True) for name in above]
    try:
        left, right = (_polynomial(side, above) for side in (parsed.left, parsed.comparators[0]))
    except KeyError:
        return False
    more = sympy.Poly(left - right, *symbols, domain="ZZ")
    return _HOLDS[type(parsed.ops[0])](more) if type(parsed.ops[0]) in _HOLDS else False


def _polynomial(node: ast.expr, sizes: Mapping[str, Any]) -> Any:
    """Return a polynomial in sizes. Raises `KeyError` for what is none."""
    match node:
        case ast.Constant(int() as value):
            return sympy.Integer(value)
        case ast.Name(name):
            return sizes[name]
        case ast.BinOp(left, by, right):
            return _BETWEEN[type(by)](_polynomial(left, sizes), _polynomial(right, sizes))
        case ast.UnaryOp(ast.USub(), inner):
            return -_polynomial(inner, sizes)
    raise KeyError(ast.unparse(node))


_BETWEEN: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def _never_negative(poly: Any) -> bool:
    return all(one >= 0 for one in poly.coeffs())


def _positive(poly: Any) -> bool:
    return _never_negative(poly) and poly.nth(*([0] * len(poly.gens))) > 0


_HOLDS: dict[type, Callable[[Any], bool]] = {
    ast.Eq: lambda more: more.is_zero,
    ast.GtE: _never_negative,
    ast.Gt: _positive,
    ast.LtE: lambda more: _never_negative(-more),
    ast.Lt: lambda more: _positive(-more),
    ast.NotEq: lambda more: _positive(more) or _positive(-more),
}


# ---- running a graph


@cache
def _decompositions() -> Any:
    table = torch.export.default_decompositions()
    for name in OWN:
        for overload in getattr(torch.ops.aten, name).overloads():
            table.pop(getattr(getattr(torch.ops.aten, name), overload), None)
    return table


def _evaluated(exported: Any, given: Sequence[TorchValue]) -> list[TorchValue]:
    graph = exported.graph
    specs = {spec.arg.name: spec for spec in exported.graph_signature.input_specs}
    if any(spec.kind.name != "USER_OUTPUT" for spec in exported.graph_signature.output_specs):
        raise IllPosedError("an argument is changed in place: take a copy")
    waiting = iter(given)
    known: dict[Any, TorchValue] = {}
    for node in graph.nodes:
        if node.op == "placeholder":
            spec = specs[node.name]
            user = spec.kind.name == "USER_INPUT"
            known[node] = next(waiting) if user else _constant(_tensor(exported, spec.target))
        elif node.op == "get_attr":
            known[node] = _constant(getattr(exported.graph_module, node.target))
        elif node.op == "call_function":
            try:
                known[node] = _applied(node, known)
            except DeriveError as wrong:
                wrong.position = _position(node) or wrong.position
                raise noted(wrong) from None
            if isinstance(known[node], TracedArray):
                known[node].made = _position(node)
                remember(known[node].value.entry if known[node].hidden is None else ZERO, known[node].made)
        elif node.op == "output":
            return [_looked_up(one, known) for one in node.args[0]]
    raise IllPosedError("nothing is returned")


def _tensor(exported: Any, name: str) -> torch.Tensor:
    return exported.constants[name] if name in exported.constants else exported.state_dict[name]


def _constant(value: Any) -> TorchValue:
    """Return a tensor of one number as that number."""
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        shape = tuple(getattr(value, "shape", ()))
        raise IllPosedError(
            f"a tensor of numbers of shape {shape} is a constant; derive knows arrays of declared sizes"
        )
    return value.item()


def _looked_up(argument: Any, known: Mapping[Any, TorchValue]) -> TorchValue:
    return torch.fx.node.map_arg(argument, lambda node: known[node])


def _applied(node: Any, known: Mapping[Any, TorchValue]) -> TorchValue:
    name = str(node.target).split(".")[1] if str(node.target).startswith("aten.") else node.target.__name__
    if name == "_assert_tensor_metadata":
        return None  # of which type a tensor is
    if name not in OPERATORS:
        raise IllPosedError(f"derive does not know the operator {node.target} of PyTorch")
    keywords = {key: one for key, one in node.kwargs.items() if key not in HARMLESS}
    args = [
        list(one) if isinstance(one, list | tuple) else one for one in _looked_up(tuple(node.args), known)
    ]
    try:
        return OPERATORS[name](*args, **_looked_up(keywords, known))
    except TypeError as wrong:
        if "argument" not in str(wrong):
            raise
        raise IllPosedError(f"derive does not know these options of {node.target}") from None


def _position(node: Any) -> Position | None:
    """Return the innermost line of the user's that a node of the graph comes from."""
    frames = _FILE.findall(node.meta.get("stack_trace") or "")
    for file, line in reversed(frames):
        if not is_library(file):
            return line_at(file, int(line))
    return None
