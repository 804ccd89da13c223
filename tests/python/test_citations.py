"""Every page that the repository cites is there, with the heading, and every rule names its file.

A citation that leads nowhere is worse than none: it says that somebody checked.
Source: docs/conventions.md#citations.
"""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest
from tracked_files import tracked_files

PROJECT = Path(__file__).parents[2]
# Its made-up texts are at fault by design.
THIS_FILE = "tests/python/test_citations.py"

PAGE = re.compile(r"(?<![\w./<>*{}-])((?:[\w.-]+/)*[\w.-]*\w\.md)\b(?:#([\w-]+))?")
LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1[ \t]*$", re.DOTALL | re.MULTILINE)
# A page that a recipe has its reader write.
WRITTEN = re.compile(r"In `([^`]+\.md)`[^`]*?:\n\n```markdown\n")
HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
FILE_PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]+\.(?:csv|md|py|sh|sql|toml|yml)")
NODE_NAME = re.compile(r"assert_\w+|(?:dim|feat|fct|int|ref|rpt|stg)_[a-z]+__\w+")
# A page of an answer is no source; a source has a path.
NO_SOURCE = re.compile(
    r"\bthe page\b(?! is no number)|\bhouse style\b|\bthe specification\b"
    r"|\b(?:architecture|commerce|credit|domain|education|engines?|market|quality|retail) page\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Repository:
    """Its text files by path from the root, and the paths of all others."""

    texts: Mapping[str, str]
    others: Collection[str] = ()
    anchors: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def paths(self) -> set[str]:
        """Files, and the folders that they lie in."""
        files = {*self.texts, *self.others}
        return files | {
            str(parent) for path in files for parent in PurePosixPath(path).parents if parent.name
        }

    @cached_property
    def stems(self) -> set[str]:
        return {PurePosixPath(path).stem for path in self.paths}

    def has_anchor(self, page: str, anchor: str) -> bool:
        if page not in self.anchors:
            self.anchors[page] = anchors_of(self.texts.get(page, ""))
        return anchor in self.anchors[page]

    def place(self, path: str, cited: str) -> str | None:
        """The path that a file means: from the root, from its own folder, or a name below that."""
        folder = posixpath.dirname(path)
        for base in ("", folder):
            found = posixpath.normpath(posixpath.join(base, cited))
            if found in self.paths:
                return found
        if "/" in cited or not folder or path.endswith(".md"):
            return None
        below = [other for other in sorted(self.texts) if other.startswith(f"{folder}/")]
        return next((other for other in below if PurePosixPath(other).name == cited), None)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading: lower case, words and hyphens, blanks as hyphens."""
    text = LINK.sub(lambda link: link[0][1 : link[0].index("](")], heading)
    text = re.sub(r"[^\w\- ]", "", text.lower())
    return text.replace(" ", "-")


def anchors_of(markdown: str) -> set[str]:
    """A heading that stands twice has -1 at its second place."""
    anchors: set[str] = set()
    seen: dict[str, int] = {}
    for heading in HEADING.finditer(FENCE.sub("", markdown)):
        anchor = slug(heading[2])
        number = seen.get(anchor, 0)
        seen[anchor] = number + 1
        anchors.add(f"{anchor}-{number}" if number else anchor)
    return anchors


def faults(repository: Repository, path: str) -> list[str]:
    """One sentence per citation that leads nowhere, and per source without a path."""
    text = repository.texts[path]
    found = [f"{path} says '{match[0]}': cite a path" for match in NO_SOURCE.finditer(text)]
    is_markdown = path.endswith(".md")
    written = WRITTEN.findall(text) if is_markdown else []
    for page, anchor in PAGE.findall(LINK.sub("", text) if is_markdown else text):
        if page in written:
            continue
        place = repository.place(path, page)
        if place is None:
            found.append(f"{path} cites {page}, which is not there")
        elif anchor and not repository.has_anchor(place, anchor):
            found.append(f"{path} cites {page}#{anchor}: no such heading")
    if is_markdown:
        found += link_faults(repository, path)
    if is_markdown and path.startswith("docs/"):
        found += [
            f"{path} names `{name}`, which is not there"
            for name in CODE.findall(FENCE.sub("", text))
            if (FILE_PATH.fullmatch(name) and name not in repository.paths)
            or (NODE_NAME.fullmatch(name) and name not in repository.stems)
        ]
    return found


def link_faults(repository: Repository, path: str) -> list[str]:
    """Links lead to files beside the page, as GitHub follows them."""
    found = []
    for target in LINK.findall(FENCE.sub("", repository.texts[path])):
        # Routes of dbt's own page are followed by tests/integration/test_documentation.py.
        if re.match(r"[a-z][a-z0-9+.-]*:|#!/", target):
            continue
        cited, _, anchor = unquote(target).partition("#")
        place = (
            posixpath.normpath(posixpath.join(posixpath.dirname(path), cited)) if cited else path
        )
        if place not in repository.paths:
            found.append(f"{path} links to {target}, which is not there")
        elif anchor and not repository.has_anchor(place, anchor):
            found.append(f"{path} links to {target}: no such heading")
    return found


def rules_without_file(repository: Repository, path: str) -> list[str]:
    """Headings of the third level that name no file of the repository, by path or by its name."""
    found = []
    for rule in re.split(r"^### ", repository.texts[path], flags=re.MULTILINE)[1:]:
        heading, _, body = re.split(r"^## ", rule, flags=re.MULTILINE)[0].partition("\n")
        named = [name.partition("(")[0] for name in CODE.findall(body)]
        if not any(name in repository.paths or name in repository.stems for name in named):
            found.append(f"{path}: '{heading}' names no file it lives in")
    return found


@pytest.fixture(scope="module")
def repository() -> Repository:
    texts, others = {}, []
    for path in tracked_files(PROJECT):
        content = (PROJECT / path).read_bytes()
        try:
            if b"\0" in content:
                raise ValueError(path)
            texts[path] = content.decode()
        except ValueError:
            others.append(path)
    return Repository(texts, others)


def test_every_citation_leads_to_a_page_and_its_heading(repository):
    found = [
        fault
        for path in repository.texts
        if path != THIS_FILE
        for fault in faults(repository, path)
    ]

    assert found == []


def test_every_rule_of_a_domain_names_a_file_it_lives_in(repository):
    pages = [path for path in repository.texts if path.startswith("docs/domains/")]

    domains = {path.split("/")[1] for path in repository.texts if re.match("models/.+/.+/", path)}
    assert {PurePosixPath(page).stem for page in pages} == domains
    assert [fault for path in pages for fault in rules_without_file(repository, path)] == []


def test_every_mart_is_named_on_the_page_of_its_domain(repository):
    marts = [PurePosixPath(path) for path in repository.texts if "/marts/" in path]

    assert [
        mart.name
        for mart in marts
        if mart.match("models/*/marts/*.sql")
        and f"`{mart.stem}`" not in repository.texts[f"docs/domains/{mart.parts[1]}.md"]
    ] == []


def test_every_page_of_the_documentation_is_in_a_table_of_contents(repository):
    """docs/ reads as a book: a page that no list names is found by nobody."""
    listed = {
        posixpath.normpath(posixpath.join(posixpath.dirname(contents), target))
        for contents in ("docs/README.md", "docs/decisions/README.md")
        for target in LINK.findall(repository.texts[contents])
    }
    pages = {path for path in repository.texts if re.fullmatch(r"docs/.*\.md", path)}

    assert pages - listed == {"docs/README.md"}


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Raw zone", "raw-zone"),
        ("A build stops: `rejected_share_…` failed", "a-build-stops-rejected_share_-failed"),
        ("Where to look, and how", "where-to-look-and-how"),
        ("See [the decision](decisions/0001.md) first", "see-the-decision-first"),
        ("Público e privado", "público-e-privado"),
        ("Insert - update", "insert---update"),
    ],
)
def test_anchors_are_those_of_github(heading, anchor):
    assert anchors_of(f"# Book\n\n## {heading}\n") == {"book", anchor}


def test_a_heading_that_stands_twice_has_two_anchors_and_code_has_none():
    page = "# Sales\n## Rules\n## Rules\n```\n# no heading\n```\n"

    assert anchors_of(page) == {"sales", "rules", "rules-1"}


RULES = "# sales\n\n## Rules\n\n### Keys\n\nOne number, `stg_sales__sale`.\n"
MADE_UP = {
    "docs/sales.md": RULES,
    "docs/decisions/0001-keys.md": "# Keys\n\nThe [rule](../sales.md#keys).\n",
    "models/stg_sales__sale.sql": "-- docs/sales.md#keys says what a key is.\nselect 1\n",
    "bench/run.py": "# written to last.md\n",
    "bench/results/last.md": "# Last\n",
}


def faults_of(path: str, text: str) -> list[str]:
    return faults(Repository({**MADE_UP, path: text}, others=["data/sale.parquet"]), path)


@pytest.mark.parametrize("path", MADE_UP)
def test_citations_that_lead_somewhere_are_no_fault(path):
    assert faults_of(path, MADE_UP[path]) == []


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        ("src/land.py", '"""Source: docs/sale.md."""', "cites docs/sale.md, which is not there"),
        ("src/land.py", "# docs/sales.md#key", "cites docs/sales.md#key: no such heading"),
        ("src/land.py", "# sales.md, section 2", "cites sales.md, which is not there"),
        ("models/a.sql", "-- Source: domains/sales.md.", "cites domains/sales.md, which is not"),
        ("models/a.yml", "# as the page has it", "says 'the page': cite a path"),
        ("models/a.yml", "# the retail page, section 1", "says 'retail page': cite a path"),
        ("tests/a.py", "# Source: the house style.", "says 'house style': cite a path"),
        ("docs/a.md", "[rule](sale.md)", "links to sale.md, which is not there"),
        ("docs/a.md", "[rule](sales.md#key)", "links to sales.md#key: no such heading"),
        ("docs/a.md", "[rule](docs/sales.md)", "links to docs/sales.md, which is not there"),
        ("docs/a.md", "[here](#nowhere)", "links to #nowhere: no such heading"),
        ("README.md", "[data](data/sales.parquet)", "links to data/sales.parquet, which is not"),
        ("docs/a.md", "in `models/sale.sql`", "names `models/sale.sql`, which is not there"),
        ("docs/a.md", "in `fct_sales__sale`", "names `fct_sales__sale`, which is not there"),
    ],
)
def test_a_citation_that_leads_nowhere_is_a_fault(path, text, fault):
    assert any(fault in found for found in faults_of(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "[raw](data/sale.parquet), [all](data), [AWS](https://aws.example/a.md#b)"),
        ("docs/a.md", "```\n[rule](nowhere)\n```\n"),
        ("src/land.py", 'f"{field} of the page is no number"; pattern = "models/<domain>/x.md"'),
    ],
)
def test_what_is_no_citation_is_no_fault(path, text):
    assert faults_of(path, text) == []


@pytest.mark.parametrize(
    "body", ["Nowhere.", "In `stg_sales__return`.", "\n## Another\n\n`stg_sales__sale`"]
)
def test_a_rule_without_a_file_is_reported(body):
    text = RULES.replace("One number, `stg_sales__sale`.", body)
    repository = Repository({**MADE_UP, "docs/sales.md": text})

    assert rules_without_file(repository, "docs/sales.md") == [
        "docs/sales.md: 'Keys' names no file it lives in"
    ]
    assert rules_without_file(Repository(MADE_UP), "docs/sales.md") == []
