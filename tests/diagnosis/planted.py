"""The known mistakes, planted into lines of derivations that are right: what a plant is, and which names it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from derive import catalogue
from derive.deriver import derive_steps, simplify
from derive.deriver.letters import Letters
from derive.diagnosis.candidate import parts, replace_term, set_deltas, varies, with_part
from derive.errors import DeriveError
from derive.kernel import prover
from derive.kernel.differentiation import differentiate, resolve
from derive.problem.problems import Claim
from derive.reading.text import read
from derive.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Big,
    Context,
    Delta,
    Derivative,
    Entry,
    Equation,
    Index,
    IndexRelation,
    Multiply,
    Number,
    Power,
    SizeNumber,
    Term,
    Where,
    add,
    arrays,
    divide,
    free_indices,
    has_derivative,
    instantiate,
    multiply,
    negate,
    rebuild,
    rename,
    term,
    walk,
)
from derive.terms.functions import log


@dataclass(frozen=True, slots=True)
class Line:
    """A line that follows: a step of the derivation of a catalogue entry's claim."""

    entry: str
    before: Term
    after: Term
    when: tuple[IndexRelation, ...]
    context: Context
    hypotheses: tuple[str, ...]


def lines(names: list[str]) -> Iterator[Line]:
    """Yield the lines of the derivations of catalogue entries."""
    for name in names:
        for problem in read(catalogue.load(name).problem, name):
            for claim in problem.claims:
                if claim.expect is None and isinstance(claim.sides[0].term, Derivative):
                    yield from _of_claim(name, claim)


def _of_claim(name: str, claim: Claim) -> Iterator[Line]:
    target = None if claim.when else claim.sides[-1].term
    try:
        found = derive_steps(claim.sides[0].term, claim.context, target)
    except DeriveError:
        return
    for step in found.steps:
        yield Line(name, step.before, step.after, step.when, claim.context, step.hypotheses)


@dataclass(frozen=True, slots=True)
class Plant:
    """A known mistake: its name here, all that it makes of a line, and the diagnoses that say just this."""

    name: str
    make: Callable[[Line], list[Line]]
    says: frozenset[str]


def is_right_name(mistake: str, plant: Plant, line: Line, wrong: Line) -> bool:
    """Tell whether a diagnosis names what was planted, or another mistake that makes the very same line of this one.

    The other mistake is made here, by its own plant, and the kernel has to prove the two outcomes equal.
    """
    if mistake in plant.says:
        return True
    line = replace(line, context=wrong.context)
    others = [other for other in (*PLANTS, *OTHERS) if mistake in other.says]
    return any(
        _same_line(wrong, made) for one in _forms(line) for other in others for made in outcomes(other, one)
    )


def _forms(line: Line) -> Iterator[Line]:
    """Yield the line, with the derivatives of either side taken, and in a short form."""
    yield line
    yield replace(line, after=line.before)
    for side in (line.after, line.before):
        with suppress(DeriveError):
            yield replace(line, after=resolve(side, line.context))
    with suppress(DeriveError):
        yield replace(line, after=simplify(resolve(line.after, line.context), line.context))


def outcomes(plant: Plant, line: Line) -> list[Line]:
    """Return all that a mistake can make of a line; nothing where it would leave the line as it is."""
    try:
        made = [one for one in plant.make(line) if one != line]
        return list({(one.after, one.context.hypotheses): one for one in made}.values())
    except DeriveError:
        return []


def _same_line(one: Line, other: Line) -> bool:
    if one.context != other.context:
        return False
    try:
        found = prover.prove(Equation(one.after, other.after, one.when), one.context)
    except DeriveError:
        return False
    return isinstance(found, prover.Theorem)


def each_place(node: Term, edit: Callable[[Term], list[Term]]) -> list[tuple[Term, Term, Term]]:
    """Return (term with one place edited, the place before, the place after), for each place and edit."""
    found = [(new, node, new) for new in edit(node)]
    if isinstance(node, Derivative):
        return found
    for number, child in enumerate(parts(node)):
        for changed, before, after in each_place(child, edit):
            found.append((with_part(node, number, changed), before, after))
    return found


def _afters(edit: Callable[[Line], list[Term]]) -> Callable[[Line], list[Line]]:
    """Return a plant that changes the right side."""
    return lambda line: [replace(line, after=one) for one in edit(line)]


def _places(edit: Callable[[Term], list[Term]]) -> Callable[[Line], list[Line]]:
    return _afters(lambda line: [changed for changed, _, _ in each_place(line.after, edit)])


# sums and products


def _each_summand(change: Callable[[Term], list[Term]]) -> Callable[[Term], list[Term]]:
    """Return an edit of one summand: what stands in its place, nothing or one term."""

    def edit(node: Term) -> list[Term]:
        if not isinstance(node, Add):
            return []
        parts = node.terms
        return [add(*parts[:k], *change(one), *parts[k + 1 :]) for k, one in enumerate(parts)]

    return edit


def _without_factor(is_one: Callable[[Term], bool]) -> Callable[[Term], list[Term]]:
    def edit(node: Term) -> list[Term]:
        if not isinstance(node, Multiply):
            return []
        found = [k for k, one in enumerate(node.factors) if is_one(one)]
        return [multiply(*node.factors[:k], *node.factors[k + 1 :]) for k in found]

    return edit


def _one_branch(node: Term) -> list[Term]:
    match node:
        case Where(_, then, otherwise):
            return [then, otherwise]
        case Apply("sign", _):
            return [ONE, MINUS_ONE]
    return []


def _scales(line: Line) -> list[Term]:
    """Return 2, the sizes, and what else has no index and is not differentiated by, such as a temperature."""
    moving = {v.name for part in walk(line.before) if isinstance(part, Derivative) for v in part.variables}
    scalars = [one.name for one in line.context.variables.values() if not one.dims and one.name not in moving]
    return [term(2), *map(SizeNumber, line.context.sizes), *map(Entry, scalars)]


def _factor_added(line: Line) -> list[Term]:
    def scaled(node: Term) -> list[Term]:
        return [made for one in _scales(line) for made in (multiply(one, node), divide(node, one))]

    return [*scaled(line.after), *(made for one in scaled(ONE) for made in _one_summand(line.after, one))]


def _one_summand(node: Term, scale: Term) -> list[Term]:
    edit = _each_summand(lambda one: [multiply(scale, one)])
    return [changed for changed, _, _ in each_place(node, edit)]


def _factor_lost(line: Line) -> list[Term]:
    scales = _scales(line)

    def is_scale(factor: Term) -> bool:
        base = factor.base if isinstance(factor, Power) else factor
        return base in scales or (isinstance(base, Number) and base not in (MINUS_ONE, ONE))

    return [changed for changed, _, _ in each_place(line.after, _without_factor(is_scale))]


# names and indices


def _shapes(context: Context) -> dict[str, tuple[str, ...]]:
    shapes = {one.name: one.dims for one in context.variables.values()}
    return shapes | {
        one.name: tuple(index.dim for index in one.parameters) for one in context.definitions.values()
    }


def _named(node: Term, names: dict[str, str]) -> Term:
    if isinstance(node, Entry):
        return replace(node, name=names.get(node.name, node.name))
    return rebuild(node, lambda child: _named(child, names))


def _swapped(line: Line) -> list[Term]:
    shapes = _shapes(line.context)
    here = [name for name in shapes if name in arrays(line.after) and shapes[name]]
    if has_derivative(line.after):
        return []
    pairs = [(a, b) for k, a in enumerate(here) for b in here[k + 1 :] if shapes[a] == shapes[b]]
    exchanged = [_named(line.after, {a: b, b: a}) for a, b in pairs]
    return [one for one in exchanged if not _divides_by_a_target(one, line.context)]


def _divides_by_a_target(node: Term, context: Context) -> bool:
    """Tell whether something is divided by a one-hot array: it has no value then, so it is not false either."""
    below = [part.base for part in walk(node) if isinstance(part, Power) and part.exponent == MINUS_ONE]
    targets = [one.name for one in context.variables.values() if one.kind == "onehot"]
    return any(name in arrays(one) for one in below for name in targets)


def _logits(line: Line) -> list[Term]:
    if has_derivative(line.after):
        return []
    shapes = _shapes(line.context)
    made = [(name, one.body) for name, one in line.context.definitions.items() if shapes[name]]
    sources = [(name, body, source) for name, body in made for source in line.context.variables]
    return [
        _named(line.after, {name: source})
        for name, body, source in sources
        if shapes[source] == shapes[name] and source in arrays(body)
    ]


def _free(node: Term) -> list[Index]:
    return [index for index in free_indices(node) if not isinstance(index.name, int)]


def _pairs(node: Term) -> list[tuple[Index, Index]]:
    free = _free(node)
    return [(a, b) for k, a in enumerate(free) for b in free[k + 1 :] if a.dim == b.dim]


def _transposed(line: Line) -> list[Term]:
    def turned(node: Term) -> list[Term]:
        match node:
            case Entry(_, (a, b)) if a.dim == b.dim:
                return [replace(node, indices=(b, a))]
        return []

    exchanged = [rename(line.after, {a: b, b: a}) for a, b in _pairs(line.after)]
    return [*exchanged, *(changed for changed, _, _ in each_place(line.after, turned))]


def _reused(node: Term) -> list[Term]:
    """Return a sum whose bound letter is that of an index that is free in it, and two sums run together."""
    match node:
        case Big("sum", (binder,), body):
            outer = [i for i in _free(node) if i.dim == binder.index.dim and i not in binder.excluded]
            return [replace(node, body=rename(body, {one: binder.index})) for one in outer]
        case Multiply(factors):
            sums = [f for f in factors if isinstance(f, Big) and f.operation == "sum" and len(f.binders) == 1]
            found = []
            for k, one in enumerate(sums):
                for two in sums[k + 1 :]:
                    (a,), (b,) = one.binders, two.binders
                    if a.index.dim == b.index.dim and a.excluded == b.excluded:
                        body = multiply(one.body, rename(two.body, {b.index: a.index}))
                        rest = [f for f in factors if f is not one and f is not two]
                        found.append(multiply(*rest, Big("sum", (a,), body)))
            return found
    return []


# the rules of differentiation, misapplied at one derivative of the line before


def _at_derivatives(mistaken: Callable[[Derivative, Context], list[Term]], line: Line) -> list[Line]:
    sites = [part for part in walk(line.before) if isinstance(part, Derivative) and len(part.variables) == 1]
    found = []
    letters = Letters(line.context)
    for site in dict.fromkeys(sites):
        for wrong in mistaken(_opened(site, line.context), line.context):
            after = letters.relabel(resolve(replace_term(line.before, site, wrong), line.context))
            found.append(replace(line, after=after))
    return found


def _opened(site: Derivative, context: Context) -> Derivative:
    """Return the derivative of a defined name as that of what it stands for."""
    body = site.body
    if isinstance(body, Entry) and body.name in context.definitions and body.name != site.variables[0].name:
        return replace(site, body=instantiate(context.definitions[body.name], body.indices))
    return site


def _slope(node: Term, site: Derivative) -> Term:
    return replace(site, body=node)


def _quotient(site: Derivative, context: Context) -> tuple[Term, Term] | None:
    """Return what is divided and by what, where what is differentiated is one quotient of two things that vary."""
    if not isinstance(site.body, Multiply):
        return None
    below = [f.base for f in site.body.factors if isinstance(f, Power) and f.exponent == MINUS_ONE]
    above = [f for f in site.body.factors if not (isinstance(f, Power) and f.exponent == MINUS_ONE)]
    if len(below) != 1 or not above:
        return None
    top = multiply(*above)
    return (
        None if ZERO in (resolve(_slope(one, site), context) for one in (top, below[0])) else (top, below[0])
    )


def _upside_down(site: Derivative, context: Context) -> list[Term]:
    parts = _quotient(site, context)
    if parts is None:
        return []
    top, under = parts
    return [divide(_slope(top, site) * under - top * _slope(under, site), top**2)]


def _exchanged(site: Derivative, context: Context) -> list[Term]:
    parts = _quotient(site, context)
    if parts is None:
        return []
    top, under = parts
    return [divide(top * _slope(under, site) - _slope(top, site) * under, under**2)]


def _plus(site: Derivative, context: Context) -> list[Term]:
    parts = _quotient(site, context)
    if parts is None:
        return []
    top, under = parts
    return [divide(_slope(top, site) * under + top * _slope(under, site), under**2)]


def _held(site: Derivative, context: Context) -> list[Term]:
    """Return the derivative with one defined name held fixed that depends on the variable too."""
    by = site.variables[0].name
    names = [
        name for name, one in context.definitions.items() if name != by and varies(one.body, by, context)
    ]
    held = frozenset((by,)).intersection(context.definitions)
    plain = {name: resolve(site.body, context, held | {name}) for name in names}
    return [differentiate(one, site.variables[0]) for name, one in plain.items() if name in arrays(one)]


def _no_inner(site: Derivative, context: Context) -> list[Term]:
    match site.body:
        case Apply(_, (argument,), _) if not isinstance(argument, Entry) and not isinstance(argument, Number):
            dummy = Entry("u'")
            outer = differentiate(replace(site.body, arguments=(dummy,)), dummy)
            inner = resolve(_slope(argument, site), context)
            return [replace_term(outer, dummy, argument)] if inner not in (ZERO, ONE) else []
    return []


def _other_base(site: Derivative, _: Context) -> list[Term]:
    logs = isinstance(site.body, Apply) and site.body.function == "log"
    return [divide(site, log(term(2)))] if logs else []


def _frozen(site: Derivative, context: Context) -> list[Term]:
    """Return the derivative with one factor held fixed, wherever in what is differentiated it stands."""
    by = site.variables[0]
    held = frozenset((by.name,)).intersection(context.definitions)
    still = f"{by.name}'"

    def edit(node: Term) -> list[Term]:
        factors = node.factors if isinstance(node, Multiply) else ()
        kept = [_named(one, {by.name: still}) for one in factors]
        return [multiply(*factors[:k], kept[k], *factors[k + 1 :]) for k in range(len(factors))]

    changed = [made for made, _, _ in each_place(resolve(site.body, context, held), edit)]
    return [_named(differentiate(one, by), {still: by.name}) for one in changed if still in arrays(one)]


def _outer(site: Derivative, _: Context) -> list[Term]:
    """Return a function's derivative with the outer factor wrong: lost, or the function itself in its place."""
    match site.body:
        case Apply(_, (argument,), _):
            return [_slope(argument, site), site.body * _slope(argument, site)]
    return []


def _only_through(site: Derivative, context: Context) -> list[Term]:
    """Return the derivative as far as it goes through one defined name."""
    return [site - held for held in _held(site, context)]


def _no_power(site: Derivative, _: Context) -> list[Term]:
    match site.body:
        case Power(base, Number(value)):
            return [base ** Number(value - 1) * _slope(base, site)]
        case Apply("sqrt", (base,)):
            return [divide(_slope(base, site), site.body)]
    return []


def _captured(site: Derivative, context: Context) -> list[Term]:
    """Return the derivative of a sum by an entry whose letter is taken to be that of the sum: every summand's own."""
    match site.body, site.variables:
        case Big("sum", (binder,), body), (Entry(_, (index,)) as by,) if index.dim == binder.index.dim:
            inside = replace(by, indices=(binder.index,))
            slope = resolve(Derivative(body, (inside,)), context)
            return [replace(site.body, body=slope)] if slope != ZERO else []
    return []


def _diagonal(line: Line) -> list[Term]:
    free = _free(line.before)

    def edit(node: Term) -> list[Term]:
        if not (isinstance(node, Big) and node.operation == "sum" and len(node.binders) == 1):
            return []
        if sum(isinstance(part, Derivative) for part in walk(node.body)) < 2:
            return []  # no chain rule
        bound = node.binders[0].index
        return [rename(node.body, {bound: one}) for one in free if one.dim == bound.dim]

    return [changed for changed, _, _ in each_place(line.after, edit)]


def _diagonal_kept(line: Line) -> list[Term]:
    """Return a line about entries of a matrix, such as a Jacobian, with all but those on the diagonal lost."""
    return [multiply(Delta(a, b), line.after) for a, b in _pairs(line.after)]


def _off_diagonal(line: Line) -> list[Term]:
    """Return a line about entries of a matrix with those on the diagonal lost."""
    return [multiply(1 - Delta(a, b), line.after) for a, b in _pairs(line.after)]


def _one_case(line: Line) -> list[Term]:
    return [rename(line.after, {one: two}) for a, b in _pairs(line.after) for one, two in ((a, b), (b, a))]


def _set_deltas(value: Number) -> Callable[[Line], list[Term]]:
    """Return an edit that decides all deltas of one pair of indices, wherever they stand."""

    def edit(line: Line) -> list[Term]:
        deltas = dict.fromkeys(part for part in walk(line.after) if isinstance(part, Delta))
        return [set_deltas(line.after, value, frozenset((frozenset((d.left, d.right)),))) for d in deltas]

    return edit


def _without_hypotheses(line: Line) -> list[Line]:
    if not line.hypotheses:
        return []
    return [replace(line, context=replace(line.context, hypotheses=()))]


# what was added to the list later, each as it comes about on paper


def _other_scales(line: Line) -> list[Term]:
    """Return the line, or one summand of it, times a number that is not 2 or a ratio of sizes."""
    sizes = [SizeNumber(name) for name in line.context.sizes]
    scales = [
        term(3),
        divide(term(5), term(7)),
        term(-4),
        *(one**2 for one in sizes),
        *(one - 1 for one in sizes),
    ]
    whole = [multiply(scale, line.after) for scale in scales]
    return [*whole, *(made for scale in scales[:3] for made in _one_summand(line.after, scale))]


def _unbracketed(node: Term) -> list[Term]:
    """Return `a/b*c` for `a/(b*c)`, `a/b + c` for `a/(b + c)`, `a*b + c` for `a*(b + c)`, `a + b*c` for `(a + b)*c`."""
    if not isinstance(node, Multiply):
        return []
    found = []
    for k, one in enumerate(node.factors):
        before, after = node.factors[:k], node.factors[k + 1 :]
        match one:
            case Power(Multiply((first, *rest)), Number(value)) if value == -1:
                found.append(multiply(*before, divide(ONE, first), *rest, *after))
            case Power(Add((first, *rest)), Number(value)) if value == -1:
                found.append(add(multiply(*before, divide(ONE, first), *after), *rest))
            case Add((first, *rest)) if before:
                found.append(add(multiply(*before, first, *after), *rest))
            case Add((*rest, last)) if after:
                found.append(add(*rest, multiply(last, *after)))
    return found


def _exchanged_branches(node: Term) -> list[Term]:
    return [replace(node, then=node.otherwise, otherwise=node.then)] if isinstance(node, Where) else []


def _used(line: Line) -> list[Term]:
    """Return the entries in the line that are at its own indices."""
    free = {*free_indices(line.after), *line.context.labels.values()}
    here = [part for part in walk(line.after) if isinstance(part, Entry) and free.issuperset(part.indices)]
    return list(dict.fromkeys(here))


def _factor_put_to_a_summand(line: Line) -> list[Term]:
    return [made for one in _used(line) for made in _one_summand(line.after, one)]


def _factor_lost_in_a_sum(node: Term) -> list[Term]:
    if not (isinstance(node, Big) and node.operation == "sum" and isinstance(node.body, Multiply)):
        return []
    factors = node.body.factors
    entries = [k for k, one in enumerate(factors) if isinstance(one, Entry)]
    return [replace(node, body=multiply(*factors[:k], *factors[k + 1 :])) for k in entries]


def _sum_forgotten(line: Line) -> list[Term]:
    """Return the line without its sum: the letter that it bound stands on one side only."""
    letters = Letters(line.context)
    whole = letters.relabel(line.after)
    match whole:
        case Big("sum", (binder,), body) if binder.index not in _free(line.before) and not binder.excluded:
            return [body]
    return []


def _other_sizes(line: Line) -> list[Term]:
    def edit(node: Term) -> list[Term]:
        names = [name for name in line.context.sizes if isinstance(node, SizeNumber) and name != node.name]
        return [SizeNumber(name) for name in names]

    return [changed for changed, _, _ in each_place(line.after, edit)]


def _term_added(line: Line) -> list[Term]:
    return [add(line.after, one) for one in (ONE, *_used(line))]


def _other_exponents(node: Term) -> list[Term]:
    match node:
        case Power(base, Number(value)) if value not in (0, 1):
            return [base ** Number(value + 1), base ** Number(value - 1), base ** Number(-value)]
        case Apply("sqrt", (base,)):
            return [base]
        case Entry():
            return [node**2, divide(ONE, node)]
    return []


def _complement(node: Term) -> list[Term]:
    match node:
        case Add((Number(value), Multiply((sign, *rest)))) if value == 1 and sign == MINUS_ONE:
            return [multiply(*rest)]
    return []


def _sine_for_cosine(node: Term) -> list[Term]:
    other = {"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "exp": "sigmoid"}
    if isinstance(node, Apply) and node.function in other:
        return [replace(node, function=other[node.function])]
    return []


def _all_held(site: Derivative, context: Context) -> list[Term]:
    """Return the derivative with all defined names held fixed that depend on the variable."""
    by = site.variables[0].name
    names = [n for n, one in context.definitions.items() if n != by and varies(one.body, by, context)]
    plain = resolve(site.body, context, frozenset((*names, by)).intersection(context.definitions))
    return [differentiate(plain, site.variables[0])]


def _another_variable(site: Derivative, context: Context) -> list[Term]:
    (by,) = site.variables
    others = [v for v in context.variables.values() if v.name != by.name and len(v.dims) == len(by.indices)]
    dims = tuple(index.dim for index in by.indices)
    same = [
        v for v in others if v.dims == dims and varies(site.body, v.name, context)
    ]  # of 0 no one can tell
    return [replace(site, variables=(Entry(v.name, by.indices),)) for v in same]


def _twice(site: Derivative, _: Context) -> list[Term]:
    return [Derivative(site, site.variables)]


def _both(*plants: Callable[[Line], list[Line]]) -> Callable[[Line], list[Line]]:
    return lambda line: [made for plant in plants for made in plant(line)]


def _is(kind: type) -> Callable[[Term], bool]:
    return lambda node: isinstance(node, kind)


_INNER = frozenset(
    {"inner derivative forgotten", "outer derivative forgotten"}
)  # whichever factor went missing
_FACTOR = frozenset({"factor lost", "factor added"})  # a factor 2 too much is a factor 1/2 too little

PLANTS = (
    Plant("sign flipped", _afters(lambda line: [negate(line.after)]), frozenset({"sign flipped"})),
    Plant("sign of a summand", _places(_each_summand(lambda one: [negate(one)])),
          frozenset({"sign of one summand flipped"})),
    Plant("term lost", _places(_each_summand(lambda _: [])), frozenset({"term lost", "term of a sum lost"})),
    Plant("factor added", _afters(_factor_added), _FACTOR),
    Plant("factor lost", _afters(_factor_lost), _FACTOR),
    Plant("delta dropped", _both(_places(_without_factor(_is(Delta))), _afters(_set_deltas(ONE))),
          frozenset({"dropped delta"})),
    Plant("inner derivative", _both(_places(_without_factor(_is(Derivative))), partial(_at_derivatives, _no_inner),
                                    partial(_at_derivatives, _held)), _INNER),
    Plant("arrays exchanged", _afters(_swapped), frozenset({"arrays exchanged"})),
    Plant("logits", _afters(_logits), frozenset({"logits for probabilities"})),
    Plant("transposed", _afters(_transposed), frozenset({"transposed indices"})),
    Plant("diagonal only", _afters(_diagonal), frozenset({"diagonal-only Jacobian"})),
    Plant("off-diagonal terms", _afters(_diagonal_kept), frozenset({"off-diagonal terms lost"})),
    Plant("log base", partial(_at_derivatives, _other_base), frozenset({"log base"})),
    Plant("quotient upside down", partial(_at_derivatives, _upside_down), frozenset({"quotient rule upside down"})),
    Plant("quotient exchanged", partial(_at_derivatives, _exchanged), frozenset({"quotient rule's terms exchanged"})),
    Plant("dummy index", _both(_places(_reused), partial(_at_derivatives, _captured)),
          frozenset({"dummy index reused"})),
    Plant("hypothesis", _without_hypotheses, frozenset({"missing hypothesis"})),
    Plant("another constant", _afters(_other_scales), _FACTOR | {"wrong constant factor"}),
    Plant("brackets", _places(_unbracketed), frozenset({"brackets lost"})),
    Plant("branches", _places(_exchanged_branches), frozenset({"branches exchanged"})),
    Plant("factor of a summand", _afters(_factor_put_to_a_summand), _FACTOR),
    Plant("factor in a sum", _places(_factor_lost_in_a_sum), _FACTOR),
    Plant("sum forgotten", _afters(_sum_forgotten), frozenset({"sum lost"})),
    Plant("wrong size", _afters(_other_sizes), frozenset({"wrong size"})),
    Plant("term added", _afters(_term_added), frozenset({"term added", "term lost"})),
    Plant("exponent", _places(_other_exponents), frozenset({"wrong exponent"})),
    Plant("one minus", _places(_complement), frozenset({"one minus forgotten"})),
    Plant("function", _places(_sine_for_cosine), frozenset({"wrong function"})),
    Plant("outer derivative", partial(_at_derivatives, _outer),
          frozenset({"outer derivative forgotten", "function not differentiated"})),
    Plant("all held fixed", partial(_at_derivatives, _all_held), _INNER),
    Plant("another variable", partial(_at_derivatives, _another_variable), frozenset({"wrong variable"})),
    Plant("another order", partial(_at_derivatives, _twice), frozenset({"derivative of another order"})),
)  # fmt: skip
"""One row for each known mistake of a line; the names are those that say the same of it."""

OTHERS = (
    Plant("diagonal terms", _afters(_off_diagonal), frozenset({"diagonal terms lost"})),
    Plant("product rule", partial(_at_derivatives, _frozen), frozenset({"product rule's term dropped"})),
    Plant("power rule", partial(_at_derivatives, _no_power), frozenset({"factor of the power rule lost"})),
    Plant("direct dependence", partial(_at_derivatives, _only_through), frozenset({"direct dependence lost"})),
    Plant("one case", _places(_one_branch), frozenset({"one case taken for all"})),
    Plant("any factor", _places(_without_factor(lambda _: True)), frozenset({"factor lost"})),
    Plant("quotient with a plus", partial(_at_derivatives, _plus), frozenset({"quotient rule with a plus"})),
    Plant("diagonal case", _afters(_one_case), frozenset({"diagonal case taken for all"})),
    Plant("off-diagonal case", _afters(_set_deltas(ZERO)), frozenset({"off-diagonal case taken for all"})),
)  # fmt: skip
"""Mistakes that may come to the same as one that was planted."""
