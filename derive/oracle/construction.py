"""Points of equations that are not linear, by construction: some arrays of special shape, the others then solved for.

Of A B = I it takes a matrix A and leaves linear equations for B; of orthonormal columns it takes a rotation.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from flint import fmpq

from derive.oracle import quantities as q
from derive.oracle.candidates import Candidates
from derive.oracle.constraints import Affine, Restriction, eliminate
from derive.oracle.families import Entries, members
from derive.oracle.ground import EntryKey
from derive.oracle.points import Rational, Value
from derive.oracle.roots import fraction

FEW = 2

Values = dict[EntryKey, Value]
Known = dict[EntryKey, fmpq]
Form = Callable[[Restriction, Mapping[EntryKey, fmpq]], Affine | None]


class Construction:
    """Chooses arrays one by one until the equations are linear in the rest."""

    def __init__(
        self,
        entries: Sequence[EntryKey],
        equations: Mapping[Restriction, Sequence[EntryKey]],
        candidates: Mapping[str, Candidates],
        form: Form,
        rank: Mapping[EntryKey, int],
    ) -> None:
        self.equations, self.candidates, self.form, self.rank = equations, candidates, form, rank
        self.arrays: dict[str, list[EntryKey]] = {}
        for key in entries:
            self.arrays.setdefault(key[0], []).append(key)
        self.order: list[str] | None = None

    def choose(self, values: Values, strategy: int, source: random.Random) -> bool:
        """Add arrays to the values until all equations are linear in the others; return whether that went well."""
        known: Known = {k: q.rational(v.value) for k, v in values.items() if isinstance(v, Rational)}
        if self.order is None:
            self.order = self._order(known)
        for name in self.order:
            member = self._member(name, known, strategy, source)
            if member is None:
                return False
            known.update(member)
            values.update({key: Rational(fraction(value)) for key, value in member.items()})
        return bool(self.order)

    def _order(self, known: Known) -> list[str]:
        """Return the arrays to choose, found once: first those that leave the fewest equations not linear.

        None where that does not come to an end, where scalars alone are involved, and where each equation is
        about entries of its own, which are better solved for one by one.
        """
        order: list[str] = []
        known = dict(known)
        left = self._hard(known)
        open_ = [[key for key in self.equations[equation] if key not in known] for equation in left]
        uses = Counter(key for keys in open_ for key in keys)
        if all(count == 1 for count in uses.values()) and all(len(keys) <= FEW for keys in open_):
            return []
        while left:
            unknown = [key for equation in left for key in self.equations[equation] if key not in known]
            trials = {
                name: self._hard(known | self._anything(name))
                for name in dict.fromkeys(k[0] for k in unknown)
            }
            if not trials:
                return []
            name = min(trials, key=lambda n: (len(trials[n]), len(self.arrays[n])))
            order.append(name)
            known.update(self._anything(name))
            left = trials[name]
        return order if any(self.arrays[name][0][1] for name in order) else []

    def _anything(self, name: str) -> Known:
        return {key: fmpq(k + 2) for k, key in enumerate(self.arrays[name])}

    def _hard(self, known: Known) -> list[Restriction]:
        return [equation for equation in self.equations if self.form(equation, known) is None]

    def _member(self, name: str, known: Known, strategy: int, source: random.Random) -> Known | None:
        keys = self.arrays[name]
        shape = tuple(max(key[1][axis] for key in keys) for axis in range(len(keys[0][1])))
        own = [
            e for e, support in self.equations.items() if {k[0] for k in support if k not in known} == {name}
        ]
        for member in members(shape, strategy, source):
            chosen = self._within(keys, member)
            if chosen is None or not all(self._holds(equation, known | chosen) for equation in own):
                continue
            forms = [self.form(equation, known | chosen) for equation in self.equations]
            if eliminate([form for form in forms if form is not None], self.rank) is not None:
                return chosen
        return None

    def _within(self, keys: Sequence[EntryKey], member: Entries) -> Known | None:
        candidates = self.candidates[keys[0][0]]
        if not all(candidates.admits_number(member[at]) for _, at in keys):
            return None
        return {key: member[key[1]] for key in keys}

    def _holds(self, equation: Restriction, known: Known) -> bool:
        form = self.form(equation, known)
        return form is not None and form == (0, {})
