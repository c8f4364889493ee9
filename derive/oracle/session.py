"""One examination's state: what is asked, the programs and samplers built for it, and what has been spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from time import thread_time
from typing import TypeAlias

from derive.errors import LimitError
from derive.oracle import quantities as q
from derive.oracle.candidates import Candidates, candidates_within, constants_of, limits_of, unlimited
from derive.oracle.constraints import Constraints, Restriction, constraints
from derive.oracle.elementary import ELEMENTARY
from derive.oracle.evaluator import Evaluator
from derive.oracle.examination import SearchBudget
from derive.oracle.ground import MAX_NODES, TOO_LARGE, Program
from derive.oracle.guards import typed
from derive.oracle.patterns import range_of
from derive.oracle.reaching import Coverage
from derive.oracle.sampling import Sample, Sampler
from derive.oracle.special import known
from derive.terms import Context, Equation, Term


@dataclass(slots=True)
class Session:
    """One program (sizes and labels) with the points sampled for it so far."""

    program: Program
    given: Constraints
    candidates: Mapping[str, Candidates | None]
    sampler: Sampler | None = None
    samples: dict[int, Sample | None] = field(default_factory=dict)

    def sample(self, strategy: int) -> Sample | None:
        """Return the point in a strategy, the same for every case that shares the program."""
        if self.sampler is None:
            return None
        if strategy not in self.samples:
            self.samples[strategy] = self.sampler.sample(strategy)
        return self.samples[strategy]


Sessions: TypeAlias = dict[tuple[tuple[str, int], ...], Session]
"""Those of a claim, by sizes and labels: a longer look at the same claim begins with the points of a shorter one."""


class Search:
    """What is examined, and what it has cost so far. `notes` are the reasons why something was not examined."""

    def __init__(
        self, equation: Equation, context: Context, budget: SearchBudget, sessions: Sessions | None = None
    ) -> None:
        self.equation = equation
        self.context = context
        self.budget = budget
        self.scope = range_of(equation, context)
        self.terms: tuple[Term, ...] = (
            equation.left,
            equation.right,
            *(side for h in context.hypotheses for side in (h.condition.left, h.condition.right)),
        )
        self.constants = constants_of(self.terms, context)
        self.greatest = 4 * max([Fraction(16), *map(abs, self.constants)])
        self.coverage = Coverage(typed((equation.left, equation.right), context), set(), Counter())
        self.notes: dict[str, None] = {}
        self.evaluations = 0
        self.started = thread_time()
        self._sessions: Sessions = {} if sessions is None else sessions

    def spent(self) -> bool:
        """Return whether the budget is used up."""
        return (
            self.evaluations > self.budget.evaluations or thread_time() - self.started > self.budget.seconds
        )

    def note(self, reason: str) -> None:
        """Remember why something was not examined; the same reason counts once."""
        self.notes[reason] = None

    def session(self, sizes: Mapping[str, int], labels: Mapping[str | int, int]) -> Session:
        """Return the program for these sizes and labels, with a sampler for its points."""
        key = (*sizes.items(), *((str(name), value) for name, value in labels.items()))
        found = self._sessions.get(key)
        if found is None:
            shapes = ([sizes[dim] for dim in variable.dims] for variable in self.scope.variables)
            if sum(map(prod, shapes)) > MAX_NODES:
                raise LimitError(TOO_LARGE)
            program = Program(self.context, sizes, labels, self.terms)
            given = constraints(program, self.scope.variables, self.context)
            found = self._sessions[key] = Session(program, given, self._candidates(program))
            found.sampler = self.sampler(found)
        empty = next((name for name, one in found.candidates.items() if one is None), None)
        if empty is not None:
            self.note(f"no value was found for {empty}")
        return found

    def sampler(self, session: Session, *extra: Restriction, exact: bool = False) -> Sampler | None:
        """Return a sampler of points that also satisfy `extra`; `None` if a domain holds nothing that is tried."""
        given = session.given
        candidates = {name: one for name, one in session.candidates.items() if one is not None}
        if len(candidates) < len(session.candidates):
            return None
        whole = replace(given, equations=(*given.equations, *extra)) if extra else given
        return Sampler(session.program, whole, self.scope.variables, candidates, exact)

    def _candidates(self, program: Program) -> Mapping[str, Candidates | None]:
        """Return for each variable what its entries may be, `None` where nothing that is tried is in its domain."""
        found: dict[str, Candidates | None] = {}
        with q.precision(q.USUAL):
            evaluator = Evaluator(program, {})
            for variable in self.scope.variables:
                ends = [evaluator.value(program.term(bound.value, {})) for bound in variable.bounds]
                if not variable.bounds and variable.kind == "real":
                    found[variable.name] = unlimited(self.constants)
                elif any(end is None for end in ends):
                    found[variable.name] = None
                else:
                    found[variable.name] = candidates_within(limits_of(variable, ends), self.constants)
        return found

    def note_unknown_functions(self, program: Program) -> None:
        """Note the functions of a program that the oracle cannot evaluate."""
        for node in program.nodes:
            name = node.data[0] if node.kind == "primed" else node.data
            if node.kind in ("function", "primed") and name not in ELEMENTARY and not known(name):
                self.note(f"the function {name} is not available")
