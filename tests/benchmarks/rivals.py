"""Results from an environment of its own: measured now if it is there, else those that were kept, with their date."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / "build" / "peers" / "bin" / "python"


def results(name: str) -> dict[str, Any] | None:
    """Return what NAME_peer.py prints (versions, rows) and the date; `None` if it was never measured."""
    kept = HERE / f"{name}.json"
    if PYTHON.exists():
        run = subprocess.run([str(PYTHON), str(HERE / f"{name}_peer.py")], capture_output=True, text=True)
        if run.returncode == 0:  # else something that it needs is not installed there
            today = datetime.datetime.now(datetime.UTC).date()
            found = {"date": str(today), **json.loads(run.stdout)}
            kept.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
