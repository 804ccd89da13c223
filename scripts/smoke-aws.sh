#!/usr/bin/env bash
# For the first person with an account: scripts/smoke-aws.sh [athena] [glue] [-- options of Terraform, such as -var=…]
# Applies a small environment for each engine, lands the sample, runs the workflow, compares what it published with
# the README, prints what the bill is made of, and tears everything down, also after a failure (KEEP=1 leaves it).
# Needs bootstrap applied and `make install`. SMOKE_SELECT narrows the run to some selectors of dbt.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD folder=terraform/live/dev
PATH=$here/.venv/bin:$PATH

targets=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
        athena | glue) targets+=("$1") ;;
        *) echo "error: $1 is no engine: name athena, glue or both" >&2 && exit 2 ;;
    esac
    shift
done
[ "${1:-}" != -- ] || shift
[ ${#targets[@]} -gt 0 ] || targets=(athena glue)
bucket=${STATE_BUCKET:-$(terraform -chdir=terraform/bootstrap output -raw state_bucket)}

step() { echo "== $*"; }

teardown() {
    code=$?
    trap - EXIT
    if [ -n "${KEEP:-}" ]; then
        echo "kept: TF_DATA_DIR=$TF_DATA_DIR scripts/teardown.sh $folder --with-data $options"
    else
        step "$environment: tear down"
        # A failure here leaves things that cost: it must be told, whatever else failed.
        scripts/teardown.sh "$folder" --with-data -auto-approve || {
            echo "error: $environment is not torn down whole: TF_DATA_DIR=$TF_DATA_DIR scripts/teardown.sh $folder --with-data $options" >&2
            exit 1
        }
    fi
    return "$code"
}

for target in "${targets[@]}"; do
    environment=smoke${target:0:1}
    # The folder of dev with values and a state of its own: nothing of dev is touched.
    export TF_DATA_DIR=$here/target/smoke/$environment TF_IN_AUTOMATION=1
    mkdir -p "$TF_DATA_DIR"
    options="-var=environment=$environment -var=target=$target $*"
    export TF_CLI_ARGS_plan=$options TF_CLI_ARGS_apply=$options TF_CLI_ARGS_destroy=$options

    step "$environment: look at the account"
    python scripts/bundle.py function target/terraform/start_workflow.zip
    terraform -chdir="$folder" init -input=false -reconfigure \
        -backend-config="bucket=$bucket" -backend-config="key=$environment/terraform.tfstate" > /dev/null
    scripts/preflight.sh "$folder"

    step "$environment: apply"
    trap teardown EXIT
    terraform -chdir="$folder" apply -input=false -auto-approve > "$TF_DATA_DIR/apply.log" ||
        { tail -n 40 "$TF_DATA_DIR/apply.log" >&2 && exit 1; }

    step "$environment: release"
    scripts/release.sh "$folder"

    step "$environment: land the sample"
    variables=$(lakehouse env --from-terraform "$folder")
    eval "$variables"
    lakehouse register --copy-from data/raw

    step "$environment: run the workflow, compare, count"
    python scripts/smoke_run.py

    teardown
done
echo "done: ${targets[*]}"
