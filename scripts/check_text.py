"""Refuse what no file of the repository may hold: scripts/check_text.py <paths>.

Broken YAML, blanks at the end of a line, a missing end of the last line, merge markers, large
files, credentials, addresses of package registries and paths of somebody's machine. A hook of
.pre-commit-config.yaml runs it on changed files, a test on all.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml

MOST_BYTES = 500_000
# Kept byte for byte: what sources delivered, and what tests hold against it.
AS_DELIVERED = ("data/", "tests/fixtures/")
# Written in parts, so that this file passes its own check.
REGISTRIES = (r"pypi\." + "org", r"pythonhosted\." + "org", r"registry\.npmjs\." + "org")
HOMES = ("home", "Users", "root", "work")
# Stands for whoever reads an example.
ANYBODY = "me"


@dataclass(frozen=True)
class Rule:
    """Text that a line may not hold, and what to do about it."""

    pattern: re.Pattern[str]
    advice: str


RULES = (
    Rule(re.compile(r"[ \t]+$"), "blanks at the end of the line: take them away"),
    Rule(re.compile(r"^(<{7}|>{7}|\|{7}) "), "a merge marker: decide, and take it away"),
    Rule(
        # AWS writes them in base 32: what has a 0, 1, 8 or 9 was made up.
        re.compile(r"\b(AKIA|ASIA)[A-Z2-7]{16}\b"),
        "an AWS access key: revoke it, and read it from the environment",
    ),
    Rule(
        re.compile(r"(?i)aws_?secret_?access_?key\W{1,5}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"),
        "an AWS secret key: revoke it, and read it from the environment",
    ),
    Rule(re.compile(r"-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"), "a private key: make a new one"),
    Rule(re.compile(r"\b(ghp|gho|ghs|github_pat)_\w{30,}"), "a token of GitHub: revoke it"),
    Rule(
        re.compile(r"https?://[\w.@:-]*(" + "|".join(REGISTRIES) + r")\b"),
        "the address of a package registry: a lock pins by version and hash alone",
    ),
    Rule(
        re.compile(r"(?<![\w.$){}~*/-])/(" + "|".join(HOMES) + r")/(?!" + ANYBODY + r"/)\w"),
        "a path of one machine: name it from the repository, or from a variable",
    ),
)


def findings_in(path: str, content: bytes) -> Iterator[str]:
    """One sentence per finding, with its place.

    Args:
        path: in the repository; its ending tells YAML, its folder what is kept as delivered.
        content: the whole file; one that is not text is only measured.
    """
    if len(content) > MOST_BYTES:
        yield f"{path}: {len(content)} bytes, more than {MOST_BYTES}: keep it elsewhere"
    if path.startswith(AS_DELIVERED) or b"\0" in content:
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{path}: not UTF-8"
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for rule in RULES:
            if rule.pattern.search(line):
                yield f"{path}:{number}: {rule.advice}"
    if text and not text.endswith("\n"):
        yield f"{path}: the last line has no end: add it"
    if PurePosixPath(path).suffix in (".yml", ".yaml"):
        yield from broken_yaml(path, text)


def broken_yaml(path: str, text: str) -> Iterator[str]:
    try:
        list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        yield f"{path}: not YAML: {' '.join(str(error).split())}"


def main(paths: Sequence[str]) -> int:
    found = [
        finding
        for path in paths
        if Path(path).is_file()
        for finding in findings_in(path, Path(path).read_bytes())
    ]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
