"""What a command's arguments name, and the problems inside documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.reading.fences import fenced_blocks
from derive.reading.sources import expand, load

PAGE = """# A page

    ```derive
    four blanks are code, not a fence
    ```

```derive
size n
real s[n]
```

```python
claim = "1 = 2"
```

~~~~ derive
claim sum(s[j], j) = sum(s[k], k)
~~~
~~~~

  ```derive
  claim 1 = 1
  ```
"""


def test_blocks_stay_at_their_lines() -> None:
    lines = fenced_blocks(PAGE).splitlines()
    kept = {number: line for number, line in enumerate(lines, 1) if line}
    assert kept == {
        8: "size n",
        9: "real s[n]",
        17: "claim sum(s[j], j) = sum(s[k], k)",
        18: "~~~",
        22: "claim 1 = 1",
    }
    assert len(lines) == len(PAGE.splitlines())


def test_an_open_block_reaches_to_the_end() -> None:
    assert fenced_blocks("```derive\nsize n\nreal s[n]").splitlines() == ["", "size n", "real s[n]"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.drv", "a.drv", "notes.md", "deep/c.drv", "deep/d.py", ".git/e.drv", "paper.tex"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("claim 1 = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["-"], ["-"]),
        (["b.drv", "a.drv"], ["b.drv", "a.drv"]),
        (["deep/d.py"], ["deep/d.py"]),
        (["."], ["a.drv", "b.drv", "deep/c.drv", "notes.md", "paper.tex"]),
        (["*.drv"], ["a.drv", "b.drv"]),
        (["**/*.drv"], [".git/e.drv", "a.drv", "b.drv", "deep/c.drv"]),
    ],
)
def test_arguments_name_files(folder: Path, arguments: list[str], files: list[str]) -> None:
    assert list(expand(arguments)) == files


def test_an_absolute_glob(folder: Path) -> None:
    assert list(expand([f"{folder}/dee?/*.drv"])) == [f"{folder}/deep/c.drv"]


@pytest.mark.parametrize("argument", ["none.drv", "*.none", "nowhere/"])
def test_what_names_nothing_is_an_error(folder: Path, argument: str) -> None:
    with pytest.raises(DeriveError):
        list(expand([argument]))


def test_a_directory_without_texts_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("", encoding="utf-8")
    with pytest.raises(DeriveError, match="holds no file"):
        list(expand([str(tmp_path)]))


@pytest.mark.parametrize(("name", "ending"), [("paper.tex", ".tex"), ("notes.md", ".md"), ("a.drv", None)])
def test_the_ending_says_what_is_a_document(folder: Path, name: str, ending: str | None) -> None:
    assert load(name).document == ending


def test_a_text_that_is_not_utf8_is_refused_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.drv"
    path.write_bytes(b"size n\n# caf\xe9\n")
    with pytest.raises(DeriveError, match="UTF-8") as raised:
        load(str(path))
    assert raised.value.position is not None
    assert raised.value.position.line == 2
