#!/usr/bin/env bash
# Destroys an environment: scripts/teardown.sh <folder> [--with-data] [terraform options, such as -auto-approve]
# Without --with-data the lake and its catalogue stay, so that nothing that cannot be built again is lost.
set -euo pipefail

folder=${1:?name the folder of the environment, such as terraform/live/dev}
shift
with_data=
if [ "${1:-}" = --with-data ]; then
    with_data=1
    shift
fi

if [ -n "$with_data" ]; then
    # A bucket is emptied only if its state already says so.
    terraform -chdir="$folder" apply -var destroy_data=true -target=module.lake "$@"
    exec terraform -chdir="$folder" destroy -var destroy_data=true "$@"
fi

targets=()
while read -r module; do
    targets+=("-target=$module")
done < <(terraform -chdir="$folder" state list | grep -oE '^module\.[a-z]+' | sort -u | grep -vE '^module\.(lake|catalogue)$')
if [ ${#targets[@]} -eq 0 ]; then
    echo "nothing to destroy: only the lake and its catalogue are left"
    exit 0
fi
exec terraform -chdir="$folder" destroy "${targets[@]}" "$@"
