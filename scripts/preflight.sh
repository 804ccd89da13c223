#!/usr/bin/env bash
# Looks at the account before an apply: scripts/preflight.sh <folder> [options of terraform plan, such as -var …]
# The folder, terraform/bootstrap or an environment, is initialised; nothing is made or changed. Needs `make install`.
set -euo pipefail

: "${1:?name the folder that is to be applied, such as terraform/live/dev}"
here=$(cd "$(dirname "$0")" && pwd)
python=$here/../.venv/bin/python
[ -x "$python" ] || { echo "error: there is no .venv here: run make install first" >&2; exit 1; }
exec "$python" "$here/preflight.py" "$@"
