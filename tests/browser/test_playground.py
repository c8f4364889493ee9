"""The playground in a real browser: it starts, proves, refutes, reads LaTeX and is cancelled, and asks nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.test_pages import FLAGS
from tests.conftest import ROOT, require_tool

pytestmark = pytest.mark.long

BUILD = ROOT / "docs/playground/build.py"
UNFETCHED = 3  # what the build ends with where npm or the package index gives nothing
PATIENCE = 240_000  # milliseconds, on a machine that does other things too
PROOF = "size n\nreal x[n]\nclaim D(sum(x[j]^2, j), x[i]) = 2*x[i]"
REFUTED = "size n\nreal x[n]\nclaim D(sum(x[j]^2, j), x[i]) = 2*x[j]"
MANY = "size n\nreal x[n]\n" + "".join(
    f"claim D(sum(exp({k}*x[j])*x[j]^{k}, j), x[i]) = exp({k}*x[i])*({k}*x[i]^{k} + {k}*x[i]^{k - 1})\n"
    for k in range(2, 200)
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the folder and serve it; skip where it cannot be fetched, fail if tools are required."""
    require_tool("npm")
    folder = tmp_path_factory.mktemp("playground") / "built"
    done = subprocess.run(
        [sys.executable, str(BUILD), str(folder)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode == UNFETCHED and not os.environ.get("DERIVE_REQUIRE_TOOLS"):
        pytest.skip(f"npm or the package index is out of reach: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = require_tool("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """A page that was opened, all that it asked for, and all that it said."""

    def __init__(self, browser: Browser, address: str, *, width: int = 1200, scheme: str = "light") -> None:
        self.context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 900}
        )
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(address)

    def settled(self, status: str) -> None:
        """Wait until what was asked is decided, with this status."""
        expect(self.page.locator("#found")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
        expect(self.page.locator("#status")).to_have_text(status)


@pytest.fixture(scope="module")
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """One visit for several tests, since Python takes some seconds to start."""
    opened = Visit(browser, address)
    opened.settled("4 proved, 1 refuted")
    yield opened
    opened.context.close()


def test_it_starts_with_an_example_and_asks_its_own_origin_alone(visit: Visit, address: str) -> None:
    assert visit.said == []
    assert len(visit.asked) > 8
    assert {f"{urlsplit(one).scheme}://{urlsplit(one).netloc}/" for one in visit.asked} == {address}
    assert visit.page.locator("#found section").count() == 5


def test_a_proof_is_checked_as_one_types_and_its_derivation_unfolds(visit: Visit) -> None:
    visit.page.fill("#text", PROOF)
    visit.settled("1 proved")
    assert "for all" in visit.page.locator("#found").inner_text()
    line = visit.page.locator("#found details").first
    assert not line.locator(".why").is_visible()
    line.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    assert line.locator(".why").is_visible()


def test_a_refutation_has_its_counterexample_and_its_mistake(visit: Visit) -> None:
    visit.page.fill("#text", REFUTED)
    visit.settled("1 refuted")
    found = visit.page.locator("#found").inner_text()
    assert "The mistake: transposed indices" in found
    assert "2*x[i]" in found


def test_a_page_in_latex_is_read(visit: Visit) -> None:
    visit.page.select_option("#example", label="A page in LaTeX")
    visit.settled("1 proved")
    assert "begin{align}" in visit.page.input_value("#text")


def test_one_formula_is_enough_and_what_is_inferred_is_told(visit: Visit) -> None:
    visit.page.fill("#text", "D(sum(x[i]^2, i), x[k]) = 2*x[k]")
    visit.settled("1 proved")
    assert "Taken as: size n; real x[n]" in visit.page.locator("#found").inner_text()


def test_what_cannot_be_read_has_its_place(visit: Visit) -> None:
    visit.page.fill("#text", "size n\nreal x[n]\nclaim D(sum(x[j], j), y[i]) = 1")
    visit.settled("1 error")
    assert "line 3, column" in visit.page.locator(".mistaken").inner_text()


def test_the_address_holds_the_problem(visit: Visit, browser: Browser) -> None:
    visit.page.fill("#text", REFUTED)
    visit.settled("1 refuted")
    assert parse_qs(urlsplit(visit.page.url).fragment)["text"] == [REFUTED]
    other = Visit(browser, visit.page.url)
    other.settled("1 refuted")
    assert other.page.input_value("#text") == REFUTED
    other.context.close()


def test_what_takes_long_is_cancelled_by_a_key_and_the_next_is_decided(visit: Visit) -> None:
    visit.page.fill("#text", MANY)
    visit.page.keyboard.press("Control+Enter")
    expect(visit.page.locator("#cancel")).to_be_enabled()
    expect(visit.page.locator("#status")).to_contain_text("to go", timeout=PATIENCE)
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#status")).to_contain_text("Cancelled")
    expect(visit.page.locator("#cancel")).to_be_disabled()
    visit.page.fill("#text", PROOF)
    visit.settled("1 proved")
    assert visit.said == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("light", 360)])
def test_it_is_for_everybody(browser: Browser, address: str, scheme: str, width: int) -> None:
    opened = Visit(browser, f"{address}#text={REFUTED.replace(chr(10), '%0A')}", scheme=scheme, width=width)
    opened.settled("1 refuted")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    order = []
    for _ in range(4):
        opened.page.keyboard.press("Tab")
        order.append(opened.page.evaluate("document.activeElement.id"))
    assert order == ["example", "notation", "text", "check"]
    opened.context.close()
