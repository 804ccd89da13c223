#!/usr/bin/env bash
# Writes requirements.lock anew: one lock for Python 3.11 to 3.13, every version with its hashes, no index
# address. Needs uv (a Python package). Keeps pinned versions unless requirements.in changes; pass
# --upgrade to move the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

uv pip compile requirements.in \
    --override requirements.overrides \
    --universal --python-version 3.11 \
    --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
    --output-file requirements.lock "$@" > /dev/null

if grep -nE 'https?://' requirements.lock; then
    echo "error: requirements.lock names an address; a lock pins by version and hash alone" >&2
    exit 1
fi
echo "requirements.lock: $(grep -cE '^[a-z0-9].*==' requirements.lock) packages"
