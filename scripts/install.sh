#!/usr/bin/env bash
# Makes the environment: scripts/install.sh <python> <folder>
# --no-deps on purpose: the lock is complete, and pip would add dbt-core-experimental-parser, which the
# lock leaves out (docs/decisions/0002-dependencies.md).
set -euo pipefail
python=$1
venv=$2
cd "$(dirname "$0")/.."

"$python" - <<'PY'
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"error: Python 3.11, 3.12 or 3.13 is needed, this is {sys.version.split()[0]}; "
        "name another one: make PYTHON=python3.12 <target>"
    )
PY
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
