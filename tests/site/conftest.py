"""The site of the committed sample, and a Chromium of this machine that opens it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lake import PROJECT, Lake

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
VEGA = PROJECT / "target" / "vega" / "vega.js"


@dataclass(frozen=True)
class Site:
    """A written site and the lake that it shows.

    Attributes:
        report: dbt's own of the build.
    """

    lake: Lake
    folder: Path
    report: Path

    def address(self, page: str) -> str:
        return (self.folder / f"{page}.html").as_uri()

    @property
    def pages(self) -> list[str]:
        return sorted(p.stem for p in self.folder.glob("*.html") if p.name != "docs.html")


@dataclass
class Seen:
    """What a page did while a test looked at it."""

    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    lake = Lake(tmp_path_factory.mktemp("site"))
    lake.raw.symlink_to(PROJECT / "data" / "raw")
    # With `lakehouse build`, which notes what its models took.
    done = lake.build("--resource-type", "model", "--resource-type", "seed")
    assert done.returncode == 0, done.stdout + done.stderr
    target = lake.folder / "target"
    # The next command of dbt writes its own.
    report = shutil.copy(target / "run_results.json", lake.folder / "report.json")
    # As a run of the whole project does, when all its tests have passed.
    [(run,)] = lake.query("select run_id from quality.reflected_run where state = 'begun'")
    said = {"run_id": run, "code": "-", "settings": "-"}
    passed, output = lake.try_macro("note_passed_run", said, variables={})
    assert passed, output
    lake.dbt("docs generate")
    subprocess.run([sys.executable, PROJECT / "scripts" / "docs_page.py", target], check=True)
    folder = lake.folder / "written"
    command = [Path(sys.executable).with_name("lakehouse"), "site", "--folder", folder]
    command += ["--vega", VEGA, "--docs", target / "static_index.html"]
    subprocess.run(command, cwd=PROJECT, env={**os.environ, **lake.environment}, check=True)
    return Site(lake, folder, report)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="make test-site installs it")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on PATH")
    with sync_api.sync_playwright() as playwright:
        # Without a sandbox: root, who runs the checks of a pull request, can have none.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def opened(chromium, site: Site, seen: Seen):
    """Opens a page of the site; what it logs and asks for is noted in `seen`."""
    contexts = []

    def open_page(
        page: str, *, language: str = "en-GB", width: int = 1280, address: str = "", **options
    ) -> Any:
        context = chromium.new_context(
            locale=language, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: seen.faults.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: seen.faults.append(str(error)))
        tab.on("requestfailed", lambda request: seen.faults.append(f"no answer: {request.url}"))
        tab.on("request", lambda request: seen.requests.append(request.url))
        tab.goto(address or site.address(page))
        if options.get("java_script_enabled", True):
            # Drawn, all of it.
            tab.wait_for_function(
                "[...document.querySelectorAll('.chart')].every(one => one.querySelector('svg'))"
            )
        return tab

    yield open_page
    for context in contexts:
        context.close()
