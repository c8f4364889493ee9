"""The pytest plugin: opt-in, a test for each claim, and the listing as the message of one that fails.

Each run is a process of its own: one inside this process would forget the modules that it loads and leave two
copies of some to the tests that come after it.
"""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

PAGE = """# A page

```derive
size n
real x[n]
claim sum(x[j] + 1, j) = sum(x[j], j) + n
```

Text.

```derive
claim sum(x[j]^2, j) = sum(x[j], j)^2 expect refuted
derivation
  D(sum(x[j]^2, j), x[i])
  = sum(2*x[j]*delta(i,j), j)
  = 2*x[j]
  = 2*x[i]
show x[i]
```
"""
PLUGIN = ("-p", "derive.testing.plugin")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "page.md").write_text(PAGE, encoding="utf-8")
    return pytester


def test_nothing_is_collected_unless_asked_for(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_each_claim_is_a_test(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess(*PLUGIN, "--derive", "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*page.md::line 6 PASSED*", "*page.md::line 12 PASSED*"])
    result.stdout.fnmatch_lines(["*page.md::line 13 FAILED*"])


def test_the_message_is_the_listing(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess(*PLUGIN, "--derive")
    result.stdout.fnmatch_lines(
        [
            "refuted*derivation of D(sum(x?j?^2, j), x?i?): line 16 does not follow",
            "proved*15  = sum(2?x?j??delta(i,j), j)*",
            "refuted*16  = 2?x?j?",
            "*correct: *",
            "*.md:*",
            "FAILED *.md::line * - refuted *",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_the_configuration_asks_for_it_too(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nderive = true\nderive_files = *.drv\n")
    (project.path / "one.drv").write_text("real u\nclaim u + u = 2*u\n", encoding="utf-8")
    project.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("real u\nclaim u = v\n", "*one.drv:2:11: *v*"),
        ("real u\nclaim u + 1 = u\n", "refuted*u + 1 = u"),
        ("real u\nfunction f\nclaim f(u) = f(u + 0*erf(u))\nclaim D(abs(u)) = 1\n", "*one.drv:4:*"),
    ],
)
def test_what_is_wrong_or_cannot_be_read_fails(pytester: pytest.Pytester, text: str, message: str) -> None:
    (pytester.path / "one.drv").write_text(text, encoding="utf-8")
    result = pytester.runpytest_subprocess(*PLUGIN, "--derive")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines([message])


def test_a_file_that_is_no_text_is_an_error(pytester: pytest.Pytester) -> None:
    (pytester.path / "one.drv").write_bytes(b"\xff\xfe\x00")
    result = pytester.runpytest_subprocess(*PLUGIN, "--derive")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*not UTF-8*"])


def test_a_failing_assertion_says_what_the_terminal_says(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import derive

        def test_gradient():
            n = derive.size("n")
            x = derive.vector("x", n)
            loss = (x**2).sum()
            assert derive.verify(derive.gradient(loss, x) == 3 * x)
    """)
    told = pytester.runpytest_subprocess().stdout.str()
    wrong = "<refuted D(sum(x[j]^2, j), x[i]) = 3*x[i]; at: n = 1, x = (1,), i = 1; left: 2; right: 3; correct: 2*x[i]"
    assert wrong in told
