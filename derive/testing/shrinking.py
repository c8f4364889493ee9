"""A property that fails is shrunk for some seconds, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SECONDS = 3.0
"""After the first failure: what is looked at later is taken for right, unless it is known to fail."""


class Bounded:
    """A check of one example that, some time after its first failure, fails only where it has failed before.

    Hypothesis looks for a simpler failure as long as it finds one, and then asks for the last one again.
    """

    def __init__(self, check: Callable[[Any], None], seconds: float = SECONDS) -> None:
        self.check = check
        self.seconds = seconds
        self.failures: dict[str, AssertionError] = {}
        self.first: float | None = None

    def __call__(self, example: Any) -> None:
        """Check an example. Raises `AssertionError` if it fails."""
        known = self.failures.get(repr(example))
        if known is not None:
            raise known
        if self.first is not None and time.monotonic() - self.first > self.seconds:
            return
        try:
            self.check(example)
        except AssertionError as wrong:
            self.first = time.monotonic() if self.first is None else self.first
            self.failures[repr(example)] = wrong
            raise
