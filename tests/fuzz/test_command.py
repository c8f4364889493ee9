"""The whole command on files of anything: a verdict or an error of ours comes out, and never a trace."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.cli.command import UNREADABLE, command
from tests.fuzz.mutations import exchanged, mutated
from tests.fuzz.readers import typed

ENDINGS = (".drv", ".md", ".tex")
CLEAN = (0, 1, UNREADABLE, 3)  # what `derive check` says of claims and of what it cannot read
HEAD = "size n\nreal s[n], x\nsimplex c[n]\nlabel t: n\nlet p[i] = exp(s[i])/sum(exp(s[k]), k)\n"
BLOCK = f"```derive\n{HEAD}```\n"
VALID = (
    HEAD + "claim D(sum(c[j]*s[j], j), s[i]) = c[i]\n",
    HEAD + "claim D(log(p[t]), s[i]) = delta(i, t) - p[i] when i != t expect proved\n",
    HEAD + "given x > 1\nderivation\n  D(x^2, x)\n  = 2*x\n  = x + x\n",
    HEAD + "claim sum(p[j], j) = 2 expect refuted\nshow D(x*s[i], x)\n",
    BLOCK + "$$ \\frac{\\partial}{\\partial x} x^2 = 2 x = x + x $$\n",
    BLOCK + "If $i = j$:\n$$ \\frac{\\partial s_i}{\\partial s_j} = 1 $$\n",
    BLOCK.replace("```\n", "claim x - x = 0\n```\n") + "\\begin{align} \\sum_j c_j &= 1 \\end{align}\n",
    "% derive: real x\n\\begin{equation} x + x = 2 x \\end{equation}\n",
)
WORDS = (
    "sum",
    "exp",
    "x",
    "s[i]",
    "p_j",
    "=",
    "when i = j",
    "\n",
    "(",
    "]",
    r"\frac",
    "{",
    "}",
    "^",
    "0",
    "$$",
    "#",
)

files = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda text, seed: mutated(text, WORDS, VALID, random.Random(seed)).encode(),
        st.sampled_from(VALID),
        st.integers(0, 2**32),
    ),
    st.builds(
        lambda text, seed: exchanged(text, VALID, random.Random(seed)).encode(),
        st.sampled_from(VALID),
        st.integers(0, 2**32),
    ),
)


def checked(path: Path, form: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["check", "--timeout", "10", "--format", form, str(path)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@given(data=files, ending=st.sampled_from(ENDINGS), form=st.sampled_from(("text", "json", "github")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_file_gets_verdicts_or_clean_errors(tmp_path: Path, data: bytes, ending: str, form: str) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(data)
    status, output = checked(path, form)
    assert status in CLEAN, output
    assert status == 0 or output.strip()


@pytest.mark.parametrize("text", VALID)
def test_what_is_mutated_is_valid(tmp_path: Path, text: str) -> None:
    ending = next(end for end, sign in ((".md", "```"), (".tex", "%"), (".drv", "")) if text.startswith(sign))
    path = tmp_path / f"valid{ending}"
    path.write_text(text, encoding="utf-8")
    status, output = checked(path, "text")
    assert status == 0, output


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "any.drv"
    path.write_bytes(b"real x\n\xff")
    status, output = checked(path, "text")
    assert status == UNREADABLE
    assert "any.drv:2:1: the text is not UTF-8" in output
    assert typed(b"\xff") == "\udcff"
