#!/usr/bin/env bash
# Makes an environment from a lock: scripts/install.sh <python> <folder> <lock> [package to add, editable]
# --no-deps on purpose: a lock is complete, and an installer would add dbt-core-experimental-parser, which
# the lock leaves out (docs/decisions/0002-dependencies.md).
set -euo pipefail
python=$1 folder=$2 lock=$3 package=${4:-}
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What an installer says of a fault is a page; the person needs one sentence and the next step.
fail() {
    echo "error: $1" >&2
    exit 1
}

quietly() {
    "$@" > "$log" 2>&1 && return
    if grep -qiE 'no space left|disk quota' "$log"; then
        fail "the disk is full: free some space ($folder needs 1.5 GB, uv's cache as much again), then run the same command again"
    elif grep -qiE 'ensurepip|python3-venv' "$log"; then
        fail "$python has no venv module: install it (Debian: apt-get install python3-venv), or name another Python: make PYTHON=python3.12 <target>"
    elif grep -qiE 'dns|resolve|connect|network|timed? ?out|unreachable|certificate|retries' "$log"; then
        tail -n 3 "$log" >&2
        fail "the package index does not answer: check the network and the settings of pip and uv (PIP_INDEX_URL, UV_INDEX_URL, HTTPS_PROXY), then run the same command again"
    elif grep -qiE 'hash' "$log"; then
        tail -n 5 "$log" >&2
        fail "a package is not the one that $lock pins: do not install it; see who answers for your package index"
    fi
    tail -n 15 "$log" >&2
    fail "$folder could not be made from $lock: the reason stands above; mend it and run the same command again"
}

command -v "$python" > /dev/null ||
    fail "there is no '$python' here: install Python 3.11, 3.12 or 3.13, or name yours: make PYTHON=python3.12 <target>"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
    fail "Python 3.11, 3.12 or 3.13 is needed, '$python' is $("$python" -V 2>&1 | cut -d' ' -f2): name another one: make PYTHON=python3.12 <target>"

# What an earlier try left half made is made anew, not mended.
rm -rf "$folder"
quietly "$python" -m venv "$folder"
quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements/uv.lock
uv() { quietly "$folder/bin/uv" pip "$@" --python "$folder/bin/python"; }
# Bytecode once here, for two processors, instead of in the first run of every command.
uv install --no-deps --require-hashes --compile-bytecode -r "$lock"
[ -z "$package" ] || uv install --no-deps --no-build-isolation --editable "$package"
