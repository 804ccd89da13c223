#!/usr/bin/env bash
# Writes locks anew: scripts/lock.sh [name of requirements/<name>.in …] [-- options of uv pip compile]
# One lock for Python 3.11 to 3.13, every version with its hashes, no index address. Without a name: all.
# Needs uv. Keeps pinned versions unless the .in file changes; `-- --upgrade` moves the rest.
set -euo pipefail
cd "$(dirname "$0")/../requirements"

names=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do names+=("$1"); shift; done
[ "${1:-}" != -- ] || shift
[ ${#names[@]} -gt 0 ] || for file in *.in; do names+=("${file%.in}"); done

for name in "${names[@]}"; do
    uv pip compile "$name.in" --override overrides.txt --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --output-file "$name.lock" "$@" > /dev/null
    if grep -nE 'https?://' "$name.lock"; then
        echo "error: requirements/$name.lock names an address; a lock pins by version and hash alone" >&2
        exit 1
    fi
    echo "requirements/$name.lock: $(grep -cE '^[a-z0-9].*==' "$name.lock") packages"
done
