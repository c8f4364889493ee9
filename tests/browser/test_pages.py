"""The pages in a real browser: nothing loaded, nothing said on the console, formulas of their height, keys and axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from derive import catalogue
from derive.api import check, derivations
from derive.cli.gallery import write_pages
from derive.report.results import Report
from derive.writing.html import report_to_html
from tests.conftest import require_tool
from tests.writing.test_latex_document import REPORT

pytestmark = pytest.mark.long

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BROKEN = """size n
real x[n]
derivation
  D(sum(x[j]^2, j), x[i])
  = sum(D(x[j]^2, x[i]), j)
  = sum(2*x[j], j)
  = 2*x[i]
"""


WIDE = """size n, m
real W[n,m], x[m], a[n]
let u[k] = tanh(sum(W[k,l]*x[l], l) + a[k])
claim D(u[k], W[i,l]) = (1 - u[k]^2)*delta(i,k)*x[l]
"""


def entry(name: str) -> Report:
    found = catalogue.load(name)
    return derivations(found.problem, found.file, {})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of every kind: refuted with a picture, wide formulas, cases, a broken derivation, hostile text."""
    folder = tmp_path_factory.mktemp("pages")
    reports = {
        "article": entry("binary-form-softmax"), "wide": derivations(WIDE, "wide", {}), "cases": entry("huber"),
        "broken": check(BROKEN), "hostile": REPORT,
    }  # fmt: skip
    paths = {name: folder / f"{name}.html" for name in reports}
    for name, report in reports.items():
        paths[name].write_text(report_to_html(report, name), encoding="utf-8")
    assert list(filter(None, write_pages(folder / "all", LISTED, 1))) == LISTED
    return {**paths, "index": folder / "all" / "index.html", "listed": folder / "all" / "relu.html"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = require_tool("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


LISTED = ["softmax", "relu", "huber", "mean-squared-error"]
VIEWS = [("light", 1000), ("dark", 1000), ("light", 360)]
NAMES = ["article", "wide", "cases", "broken", "hostile", "index", "listed"]


def opened(
    browser: Browser, path: Path, scheme: str = "light", width: int = 1000, script: bool = True
) -> Page:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 800},
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_no_request_no_message_no_violation(
    browser: Browser, files: dict[str, Path], name: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[name].as_uri())
    assert asked == [files[name].as_uri()]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.locator("summary").all()[:3]:
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_formulas_have_the_right_height(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["article"])
    heights = page.evaluate(
        """() => Object.fromEntries(['mi', 'mfrac', 'munderover'].map(
            tag => [tag, document.querySelector(tag).getBoundingClientRect().height]))"""
    )
    assert 5 < heights["mi"] < heights["mfrac"] < 80
    assert 2 * heights["mi"] < heights["munderover"]
    letter, fraction = (page.locator(".claim math").nth(0).locator(tag).first for tag in ("mi", "mfrac"))
    above, below = fraction.locator(":scope > *").all()
    top, bottom = above.bounding_box(), below.bounding_box()
    assert top is not None
    assert bottom is not None
    assert top["y"] + top["height"] <= bottom["y"] + 1
    assert letter.is_visible()


def test_steps_unfold_by_mouse_and_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["article"], script=False)
    first, second = (page.locator("details").nth(k) for k in (0, 1))
    why = first.locator(".why")
    assert not why.is_visible()
    first.locator("summary").click()
    assert why.is_visible()
    assert "proved equal" in why.inner_text()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert not why.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert second.locator(".why").is_visible()


def test_text_and_formulas_can_be_selected(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["article"])
    text = page.evaluate(
        "() => { getSelection().selectAllChildren(document.body); return getSelection().toString() }"
    )
    for part in ("refuted", "diagonal-only Jacobian", "log", "∑", "−1/4"):
        assert part in text


def test_the_jacobian_shows_what_was_used_and_what_was_dropped(
    browser: Browser, files: dict[str, Path]
) -> None:
    page = opened(browser, files["article"])
    figure = page.locator(".jacobian").first
    assert figure.locator("rect.used").count() == 2
    assert figure.locator("rect.dropped").count() == 2
    here = figure.locator("rect.here").bounding_box()
    used = figure.locator("rect.used").nth(0).bounding_box()
    other = figure.locator("rect.used").nth(1).bounding_box()
    assert here is not None
    assert used is not None
    assert other is not None
    assert here["x"] <= used["x"] < here["x"] + here["width"] <= other["x"]
    paint = figure.locator("rect.dropped").first.evaluate("one => getComputedStyle(one).fill")
    assert "url(" in paint


def test_a_dark_page_is_dark(browser: Browser, files: dict[str, Path]) -> None:
    grounds = [
        opened(browser, files["cases"], scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    light, dark = (sum(map(int, ground[4:-1].split(","))) for ground in grounds)
    assert light > 600
    assert dark < 150


def test_on_paper_every_step_is_unfolded(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["cases"])
    page.emulate_media(media="print")
    why = page.locator(".why").first.bounding_box()
    assert why is not None
    assert why["height"] > 10


def shown(page: Page) -> list[str]:
    """Return the entries of the index that are to be seen."""
    return [one.inner_text() for one in page.locator(".entry h3 a").all() if one.is_visible()]


def test_the_index_is_searched_by_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["index"])
    page.keyboard.press("Tab")
    page.keyboard.type("ERROR mean")
    assert shown(page) == ["Mean squared error"]
    assert page.locator("#found").inner_text() == "1 of 4"
    assert page.locator("section:visible h2").all_inner_texts() == ["Regression"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Mean squared error"
    page.keyboard.press("Enter")
    page.wait_for_url("**/mean-squared-error.html")
    assert page.title() == "Mean squared error"
    page.locator("nav a").click()
    page.wait_for_url("**/index.html")
    assert page.title() == "The catalogue"
    page.locator("#word").fill("")
    assert len(shown(page)) == 4
    page.locator("#word").fill("nothing like it")
    assert shown(page) == []
    assert page.locator("#found").inner_text() == "0 of 4"


def test_without_script_the_index_is_whole(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["index"], script=False)
    assert shown(page) == ["Softmax", "Huber loss", "Mean squared error", "Rectified linear unit"]
    assert not page.locator("#search").is_visible()
    assert all(one.is_visible() for one in page.locator(".entry > .claimed math").all())
    assert page.locator(".entry > .claimed .verdict").all_inner_texts() == ["proved"] * 4
    hidden = page.locator(".entry details .verdict")
    assert set(hidden.all_text_contents()) == {"proved", "refuted"}
    page.locator(".entry summary").first.click()
    assert hidden.first.is_visible()


def test_the_index_on_paper(browser: Browser, files: dict[str, Path]) -> None:
    page = opened(browser, files["index"])
    page.emulate_media(media="print")
    assert not page.locator("#search").is_visible()
    last = page.locator("details .claimed").last.bounding_box()
    assert last is not None
    assert last["height"] > 10


def test_a_wide_formula_is_shown_once(browser: Browser, files: dict[str, Path]) -> None:
    for width, kind in ((1000, "on-page"), (360, "on-phone")):
        page = opened(browser, files["article"], width=width)
        wide = page.locator(".formula.on-page, .formula.on-phone")
        assert wide.count() > 10
        classes = [one.get_attribute("class") or "" for one in wide.all() if one.is_visible()]
        assert classes
        assert all(kind in one for one in classes)
