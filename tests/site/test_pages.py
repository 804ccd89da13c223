"""The site in a browser, as a reader has it: from disk, without a network."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from urllib.parse import urlparse

import pytest

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="make test-site installs it"
)
PAGES = ("index", "commerce", "education", "market", "retail", "credit", "quality", "runs")
DOCUMENTED = re.compile(r"docs\.html#!/model/(model\.lakehouse\.\w+)")
# It asks for style sheets, which the policy of a page rightly refuses.
QUIET = {"preload": False, "resultTypes": ["violations"]}


def test_there_are_no_other_pages(site) -> None:
    assert site.pages == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_a_fault_and_asks_nobody(opened, seen, page: str) -> None:
    opened(page)
    assert seen.faults == []
    assert {urlparse(url).scheme for url in seen.requests} == {"file"}


def test_the_page_of_definitions_opens_on_the_model_of_a_number(opened, seen, site) -> None:
    page = opened("commerce")
    page.locator("dl.tiles a.model").first.click()
    page.wait_for_selector("text=rpt_commerce__gmv_current")
    assert page.url.endswith("docs.html#!/model/model.lakehouse.rpt_commerce__gmv_current")
    assert {urlparse(url).scheme for url in seen.requests} <= {"file", "data", "blob"}


@pytest.mark.parametrize("page", PAGES)
def test_every_number_leads_to_a_model_that_the_definitions_have(opened, site, page: str) -> None:
    tab = opened(page)
    unlinked = tab.evaluate(
        """() => [...document.querySelectorAll("dl.tiles dd, .figure")]
          .concat([...document.querySelectorAll("section th.n")])
          .filter(one => !one.querySelector("a.model") && !one.closest("[data-defined-here]"))
          .map(one => one.textContent)"""
    )
    assert unlinked == []
    links = [
        DOCUMENTED.search(one)[1]
        for one in tab.eval_on_selector_all("a.model", "all => all.map(one => one.href)")
    ]
    definitions = (site.folder / "docs.html").read_text("utf-8")
    assert links
    assert [name for name in set(links) if f'"{name}": {{' not in definitions] == []


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("pt-BR", "dark")])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(opened, page: str, language: str, scheme: str) -> None:
    tab = opened(page, language=language, color_scheme=scheme)
    for details in tab.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    found = axe.Axe().run(tab, options=QUIET).response["violations"]
    serious = [
        (one["id"], [node["target"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("language", ["en-GB", "pt-BR"])
@pytest.mark.parametrize("page", PAGES)
def test_a_phone_needs_no_scrolling_to_the_side(opened, page: str, language: str) -> None:
    tab = opened(page, language=language, width=375)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 375
    cut = tab.evaluate(
        """() => [...document.querySelectorAll("svg, select, input, h1, h2, .tiles dd")]
          .filter(one => one.getBoundingClientRect().right > 375.5).map(one => one.outerHTML)"""
    )
    assert cut == []


def number(text: str, *, decimal: str = ".") -> Decimal:
    kept = "".join(sign for sign in text if sign.isdigit() or sign in "-" + decimal)
    return Decimal(kept.replace(decimal, "."))


def test_the_slider_shows_what_the_lake_knew(opened, site, seen) -> None:
    page = opened("commerce")
    page.select_option("#as-of-month", "2023-01-01")
    slider = page.locator("#as-of-slider")
    begin = date.fromisoformat(page.get_attribute("#as-of-date", "min"))
    shown = {}
    for day in ("2023-01-22", "2023-03-31", "2023-07-12", "2023-07-15"):
        place = (date.fromisoformat(day) - begin).days
        slider.fill(str(place))
        known = site.lake.query(
            f"""select coalesce(sum(gmv_amount), 0), coalesce(sum(purchase_count), 0)
            from commerce.fct_commerce__gmv_daily
            where known_from <= date '{day}' and (known_to is null or known_to > date '{day}')
                and purchase_count > 0 and strftime(gmv_date, '%Y-%m') = '2023-01'"""
        )[0]
        moved = site.lake.query(
            f"""select movement_amount from commerce.fct_commerce__gmv_movement
            where posted_on = date '{day}' and strftime(gmv_date, '%Y-%m') = '2023-01'"""
        )
        assert number(page.inner_text("#as-of-amount")) == known[0]
        assert number(page.inner_text("#as-of-count")) == known[1]
        rows = page.locator("#as-of-moves tbody tr").all()
        found = [number(row.locator("td").nth(2).inner_text()) for row in rows]
        assert sorted(found) == sorted(amount for (amount,) in moved)
        shown[day] = page.inner_text("#as-of-amount")
    assert shown == {
        "2023-01-22": "50.00",
        "2023-03-31": "50.00",
        "2023-07-12": "55.00",
        "2023-07-15": "0.00",
    }
    assert seen.faults == []


def test_the_slider_says_whether_a_day_is_final(opened) -> None:
    page = opened("commerce")
    page.fill("#as-of-date", "2023-07-12")
    assert page.is_visible("#as-of-final") and page.is_hidden("#as-of-open")
    # As after a run of that day: what comes later on it would still count.
    page.evaluate("window.lakehouse.commerce_final.rows[0][0] = '2023-07-12'")
    page.fill("#as-of-date", "2023-07-11")
    assert page.is_visible("#as-of-final") and page.is_hidden("#as-of-open")
    page.fill("#as-of-date", "2023-07-12")
    assert page.is_hidden("#as-of-final") and page.is_visible("#as-of-open")


def test_the_keyboard_reaches_and_moves_everything(opened) -> None:
    page = opened("commerce")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "as-of-slider":
            break
    before = page.inner_text("#as-of-day")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#as-of-day") != before
    assert page.get_attribute("#as-of-slider", "aria-valuetext") == page.inner_text("#as-of-day")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True


def test_a_reader_without_scripts_has_the_tables_and_the_language(opened, site) -> None:
    page = opened("commerce", java_script_enabled=False)
    tables = page.locator("section table").all()
    assert [table for table in tables if table.is_visible()]
    assert page.locator("#commerce_gmv_as_of-table").is_visible()
    assert page.locator("#as-of-slider").is_hidden()
    assert "What was the GMV" in page.inner_text("h1")
    page.check("input[value='pt-BR']")
    assert page.inner_text("h1") == "Qual era o GMV, como o conhecíamos em cada dia?"


def test_the_language_is_switched_in_place_with_its_numbers_and_dates(opened) -> None:
    page = opened("commerce")
    assert page.inner_text("dl.tiles dd >> nth=0") == "2,055.00"
    assert page.inner_text("dl.tiles dd >> nth=2") == "01 Mar 2023"
    page.check("input[value='pt-BR']")
    page.wait_for_selector("#commerce_gmv_by_month-chart[data-language='pt-BR']")
    assert page.inner_text("dl.tiles dd >> nth=0") == "2.055,00"
    assert page.inner_text("dl.tiles dd >> nth=2") == "01/03/2023"
    assert "What" not in page.inner_text("main")
    assert "mês do GMV" in page.text_content("#commerce_gmv_by_month-chart")
    assert page.get_attribute("html", "lang") == "pt-BR"
    # The next page has the language that was chosen.
    page.click("header .home")
    assert page.inner_text("h1") == "O que você quer saber?"


def test_the_language_of_the_browser_is_the_first(opened) -> None:
    assert opened("index", language="pt-BR").inner_text("h1") == "O que você quer saber?"


@pytest.fixture
def served(site) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=site.folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_web_server_shows_the_same(opened, seen, served: str) -> None:
    page = opened("", address=f"{served}/commerce.html")
    assert page.inner_text("dl.tiles dd >> nth=0") == "2,055.00"
    assert seen.faults == []
    assert {url.startswith(served) for url in seen.requests} == {True}
