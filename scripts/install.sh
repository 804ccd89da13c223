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
        fail "the disk is full: free some space ($folder needs up to 0.7 GB, uv's cache as much again), then run the same command again"
    elif grep -qiE 'ensurepip|python3-venv' "$log"; then
        fail "$python has no venv module: install it (Debian: apt-get install python3-venv), or name another Python: make PYTHON=python3.12 <target>"
    elif grep -qiE 'hash mismatch|do not match the hashes' "$log"; then
        tail -n 5 "$log" >&2
        fail "a package is not the one that $lock pins: do not install it; see who answers for your package index"
    elif grep -qiE 'dns error|name resolution|error sending request|connection|timed out|unreachable|certificate|failed to fetch|from versions: none' "$log"; then
        tail -n 3 "$log" >&2
        fail "the package index does not answer: check the network and the settings of pip and uv (PIP_INDEX_URL, UV_DEFAULT_INDEX, HTTPS_PROXY), then run the same command again"
    fi
    tail -n 15 "$log" >&2
    fail "$folder could not be made from $lock: the reason stands above; mend it and run the same command again"
}

command -v "$python" > /dev/null ||
    fail "there is no '$python' here: install Python 3.11, 3.12 or 3.13, or name yours: make PYTHON=python3.12 <target>"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null) ||
    fail "'$python' cannot be started: name another Python: make PYTHON=python3.12 <target>"
case $version in
    3.11 | 3.12 | 3.13) ;;
    *) fail "Python 3.11, 3.12 or 3.13 is needed, '$python' is $version: name another one: make PYTHON=python3.12 <target>" ;;
esac

# What an earlier try left half made is made anew, not mended.
if [ -e "$folder" ] && [ -n "$(ls -A "$folder")" ] && [ ! -e "$folder/pyvenv.cfg" ]; then
    fail "$folder is there and is no environment of Python: move it away, or name another folder: make VENV=<folder> <target>"
fi
rm -rf "$folder"
quietly "$python" -m venv "$folder"
quietly "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements/uv.lock
# uv does not read the settings of pip, and a machine may have its own index there.
of_pip() { "$folder/bin/python" -m pip config get "global.$1" 2> /dev/null || true; }
index=${PIP_INDEX_URL:-$(of_pip index-url)}
[ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
certificates=${PIP_CERT:-$(of_pip cert)}
[ -z "$certificates" ] || export SSL_CERT_FILE=${SSL_CERT_FILE:-$certificates}
uv() { quietly "$folder/bin/uv" pip "$@" --python "$folder/bin/python"; }
# Bytecode once here, for two processors, instead of in the first run of every command.
uv install --no-deps --require-hashes --compile-bytecode -r "$lock"
[ -z "$package" ] || uv install --no-deps --no-build-isolation --editable "$package"
