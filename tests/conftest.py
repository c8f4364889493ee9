"""What the tests share: budgets for properties, external tools, and the execution of README and docs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.documents import Documents

ROOT = Path(__file__).parent.parent

# What is tested is decided anew, also by the command in a process of its own; the tests of the cache say otherwise.
os.environ["DERIVE_CACHE"] = ""

# No property fails on a clock: machines differ. Budgets are counted in examples.
settings.register_profile("default", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
settings.register_profile(
    "properties",
    deadline=None,
    max_examples=int(os.environ.get("DERIVE_EXAMPLES", "5000")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def require_tool(name: str) -> str:
    """Return the path of an external program; skip the test where there is none, fail it if tools are required."""
    path = shutil.which(name)
    if path is not None:
        return path
    if os.environ.get("DERIVE_REQUIRE_TOOLS"):
        pytest.fail(f"{name} is not installed, and DERIVE_REQUIRE_TOOLS is set")
    pytest.skip(f"{name} is not installed")


@pytest.fixture
def needs_tool() -> Callable[[str], str]:
    """Ask for an external program by name: `needs_tool("pdflatex")` returns its path, skips or fails."""
    return require_tool


def pytest_configure(config: pytest.Config) -> None:
    """Collect README.md and docs/*.md; a conftest's own hooks would reach no further than tests."""
    config.pluginmanager.register(Documents(ROOT), "documents")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Honour `@pytest.mark.needs_tool("pdflatex")`."""
    for mark in item.iter_markers("needs_tool"):
        for name in mark.args:
            require_tool(name)
