"""The end of a proof: both sides in normal form are equal, by `field`, or by multiples of hypotheses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.certificates.expressions import ONE, Real, free, inv, minus, mul, renamed, walk
from derive.certificates.laurent import laurent, summed
from derive.certificates.normaliser import Normaliser
from derive.certificates.printing import NOWHERE
from derive.certificates.rules import CoqLines, IndexBinders
from derive.certificates.symbols import Symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

# Imported inside functions: SymPy, of which only the division of polynomials is used, and only with hypotheses.

CLOSE = ["close."]


@dataclass(frozen=True, slots=True)
class EquationGiven:
    """An equation that holds by a hypothesis, for all values of its indices."""

    name: str
    binders: IndexBinders
    left: Real
    right: Real


@dataclass(frozen=True, slots=True)
class _Vanishing:
    """An expression that is 0 by a hypothesis, and the lines that assert so under a name."""

    name: str
    expression: Real
    lines: CoqLines


def closed(
    search: Normaliser,
    left: Real,
    right: Real,
    equations: Iterable[EquationGiven],
    indices: dict[str, str],
    apart: set[frozenset[str]],
) -> CoqLines:
    """Return the lines that prove two normal expressions equal. `apart` are indices known to differ."""
    difference = laurent(minus(left, right))
    zero = {("delta", *sorted(pair)) for pair in apart}
    if not any(not any(a in zero for a, _ in m) for m in difference):
        return CLOSE
    vanishing = [*_instances(search, minus(left, right), equations, indices), *_roots(search, indices)]
    if not vanishing:
        return CLOSE
    return _combined(search, left, right, vanishing, zero) or CLOSE


def _instances(
    search: Normaliser,
    difference: Real,
    equations: Iterable[EquationGiven],
    indices: dict[str, str],
) -> list[_Vanishing]:
    """Return what vanishes by equations, at the free indices that occur."""
    at = sorted({i for part in walk(difference) if part[0] == "ent" for i in part[2] if i in indices})
    found = []
    for equation in equations:
        puts: list[tuple[dict[str, str], str]] = [({}, equation.name)]
        for b, d in equation.binders:
            puts = [
                ({**put, b: i}, f"{name} {search.index(i)} ltac:(idx)")
                for put, name in puts
                for i in at
                if indices[i] == d
            ]
        for put, name in puts[:12]:
            l, r = renamed(equation.left, put), renamed(equation.right, put)
            (l2, first), (r2, second) = search.normal(l, NOWHERE), search.normal(r, NOWHERE)
            h, e = search.fresh("Hr"), minus(l2, r2)
            found.append(
                _Vanishing(h, e, [
                    f"assert ({h} : {search.show(e)} = 0).",
                    f"{{ assert (HH : {search.show(l)} = {search.show(r)}) by (exact ({name})).",
                    f"transitivity {search.show(minus(l, r))}; [symmetry|lra].", *first, *second, "alg. }",
                ])
            )  # fmt: skip
    return found


def _roots(search: Normaliser, indices: dict[str, str]) -> list[_Vanishing]:
    found = []
    for root, radicand in search.roots.items():
        if free(root) <= set(indices):
            h, e = search.fresh("Hr"), minus(("pow", root, 2), radicand)
            proof = "{ apply sqrt_rel. first [apply Rlt_le; pos | nneg | nra]. }"
            found.append(_Vanishing(h, e, [f"assert ({h} : {search.show(e)} = 0).", proof]))
    return found


def _combined(
    search: Normaliser,
    left: Real,
    right: Real,
    vanishing: list[_Vanishing],
    zero: set[Real],
) -> CoqLines | None:
    """Return the proof that the difference is a combination of what vanishes, if one is found."""
    import sympy

    symbols = Symbols()
    above, below = symbols.numerator(minus(left, right))
    nothing = {symbols.of[z]: 0 for z in zero if z in symbols.of}
    above = sympy.expand(above.subs(nothing))
    if above == 0:
        return None
    divisors = [(v, symbols.numerator(v.expression)) for v in vanishing]
    divisors = [(v, (p, q)) for v, (p, q) in divisors if p != 0]
    heads = sorted(symbols.of.items(), key=lambda pair: {"sqrt": 0, "sum": 1}.get(pair[0][0], 2))
    used = above.free_symbols.union(*(p.free_symbols for _, (p, _) in divisors))
    gens = [s for _, s in heads if s in used]
    if not gens or not divisors:
        return None
    for order in ("lex", "grevlex"):
        quotients, rest = sympy.reduced(above, [p for _, (p, _) in divisors], *gens, order=order)
        if rest == 0:
            break
    else:
        return None
    parts = [
        mul(mul(symbols.expression(q), symbols.expression(d)), v.expression)
        for q, (v, (_, d)) in zip(quotients, divisors, strict=True)
        if q != 0
    ]
    whole = search.show(mul(summed(parts), inv(symbols.expression(below)) if below != 1 else ONE))
    rewriting = ", ".join("?" + v.name for v, _ in divisors)
    cases = "solve [dcases; try (exfalso; congruence); alg]"
    combined = f"transitivity {whole}; [ first [alg | {cases}] | rewrite {rewriting}; ring ]"
    end = f"first [ solve [sqf] | apply Rminus_diag_uniq; {combined} | close ]."
    return [*(line for v, _ in divisors for line in v.lines), end]
