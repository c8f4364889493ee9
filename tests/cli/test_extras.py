"""Commands that need an extra say which, where it is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("name", "module"), [("lsp", "pygls"), ("lsp", "lsprotocol"), ("mcp", "mcp")])
def test_a_missing_extra_is_named(name: str, module: str) -> None:
    program = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv = ['derive', {name!r}]; "
        "from derive.cli.command import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert run.returncode == 2, run.stderr
    assert f"is missing: pip install 'derivation-verifier[{name}]'" in run.stderr
    assert not run.stdout
