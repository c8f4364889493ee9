"""What the problems of a text say of a loss: its proved derivatives by each array, under which hypotheses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from derive import catalogue
from derive.problem.problems import Claim
from derive.reading.text import read_equation
from derive.terms import Compare, Context, Derivative, Entry, Equation, Relation, Term, canonical
from derive.verification.questions import asked_in_text
from derive.verification.verdicts import decide


@dataclass(frozen=True, slots=True)
class DerivativeFormula:
    """A claim `D(loss, variables) = right`, with one variable for a gradient and two for a Hessian."""

    variables: tuple[Entry, ...]
    right: Term

    @property
    def name(self) -> str:
        """The array by which is differentiated."""
        return self.variables[0].name

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of its entries; those of a diagonal once."""
        return tuple(dict.fromkeys(str(index.name) for one in self.variables for index in one.indices))

    def shape(self, context: Context, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Return the shape of the array of all its entries."""
        dims = {str(i.name): i.dim for one in self.variables for i in one.indices}
        return tuple(sizes[dims[letter]] for letter in self.letters)


@dataclass(frozen=True, slots=True)
class LossCase:
    """A loss under declarations and hypotheses, with the claims about its derivatives."""

    loss: Term
    context: Context
    gradients: dict[str, DerivativeFormula] = field(default_factory=dict)
    hessians: dict[str, DerivativeFormula] = field(default_factory=dict)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """The hypotheses as text."""
        return tuple(str(one.condition) for one in self.context.hypotheses)

    def has(self, given: Sequence[str]) -> bool:
        """Return whether these are its hypotheses. Raises `ReadingError` for what is none of its arrays."""
        wanted = {_sides(read_equation(one, self.context)) for one in given}
        return wanted == {_sides(one.condition) for one in self.context.hypotheses}


def _sides(condition: Equation | Compare) -> tuple[Relation, Term, Term]:
    return condition.relation, canonical(condition.left), canonical(condition.right)


def chosen_case(problem: str, given: str | Sequence[str] | None, names: Collection[str]) -> LossCase:
    """Return the case of a text, or of an entry of the catalogue, that has the hypotheses and declares the names.

    Raises:
        ValueError: no case has them, or several; the message lists them.
    """
    text = problem if "\n" in problem else catalogue.load(problem).problem
    cases = [one for one in _cases(text) if one.gradients]
    if not cases:
        raise ValueError("the problem has no claim D(E, x[i]) = formula, with x declared and free indices")
    known = [{*one.context.variables, *one.context.sizes, *one.context.labels} for one in cases]
    fitting = [one for one, there in zip(cases, known, strict=True) if there.issuperset(names)]
    if not fitting:
        missing = next(name for name in names if name not in known[0])
        raise ValueError(f"the parameter {missing} is none of {', '.join(sorted(known[0]))}")
    wanted = None if given is None else [given] if isinstance(given, str) else list(given)
    found = (
        fitting if wanted is None else [one for one in fitting if one.has([text for text in wanted if text])]
    )
    if len(found) == 1:
        return found[0]
    told = "\n".join(
        f"  {', '.join(one.hypotheses) or 'nothing'} given: {_loss_text(one)}" for one in fitting
    )
    what = "no case has these hypotheses" if not found else "it has several cases"
    raise ValueError(f"{what}; say by given=... which is meant:\n{told}")


def _loss_text(case: LossCase) -> str:
    return "; ".join(f"D({case.loss}, {one.variables[0]}) = {one.right}" for one in case.gradients.values())


def _cases(text: str) -> list[LossCase]:
    """Return the losses that are differentiated in a text, by their declarations and hypotheses."""
    found: dict[tuple[object, ...], LossCase] = {}
    for claim in (one.item for one in asked_in_text(text, "<problem>")):
        if not isinstance(claim, Claim) or claim.expect is not None:
            continue
        match claim.equation:
            case Equation(Derivative(body, variables), right, (), relation=Relation.EQUAL) if _are_entries(
                variables, claim.context
            ):
                context = claim.context
                key = (
                    str(body),
                    tuple(map(str, context.definitions.values())),
                    tuple(str(one.condition) for one in context.hypotheses),
                    tuple(map(str, context.variables.values())),
                )
                case = found.setdefault(key, LossCase(body, context))
                table = case.gradients if len(variables) == 1 else case.hessians
                table.setdefault(variables[0].name, DerivativeFormula(variables, right))
    return list(found.values())


def _are_entries(variables: Sequence[Entry], context: Context) -> bool:
    """Return whether these are one or two entries of one declared array, at letters that are all different.

    The two of a diagonal are the same.
    """
    names = {one.name for one in variables}
    if len(names) != 1 or not names <= context.variables.keys() or len(variables) > 2:
        return False
    letters = [index.name for one in dict.fromkeys(variables) for index in one.indices]
    return all(isinstance(one, str) for one in letters) and len(set(letters)) == len(letters)


def required_proof(case: LossCase, formula: DerivativeFormula) -> None:
    """Raise `AssertionError` if a formula is not proved in its case."""
    found = decide(Equation(Derivative(case.loss, formula.variables), formula.right), case.context)
    if not found:
        raise AssertionError(f"the formula itself is not proved:\n{found}")
