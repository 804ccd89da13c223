#!/usr/bin/env bash
# Puts what the builds run into the artifacts bucket: scripts/release.sh <folder of the environment> [--rollback <commit>]
# Takes committed files only, and the wheels of requirements/project.lock for Linux and the builds' Python.
# Each release is kept as source/<commit>.zip; the builds read source/lakehouse.zip, which is the newest, or the one
# that --rollback names.
set -euo pipefail

folder=${1:?name the folder of the environment, such as terraform/live/dev}
cd "$(dirname "$0")/.."
bucket=$(terraform -chdir="$folder" output -json buckets |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["artifacts"])')

if [ "${2:-}" = --rollback ]; then
    commit=${3:?name the commit of the release to go back to}
    aws s3 cp --only-show-errors "s3://$bucket/source/$commit.zip" "s3://$bucket/source/lakehouse.zip"
    echo "s3://$bucket/source/$commit.zip"
    exit
fi

python3 scripts/bundle.py source target/release/lakehouse.zip
commit=$(python3 -c 'import zipfile; print(zipfile.ZipFile("target/release/lakehouse.zip").read("release.txt").decode().strip())')
rm -rf target/release/wheels
python3 scripts/build_lock.py requirements/project.lock target/release/builds.lock
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --python-version 3.12 --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform any \
    --dest target/release/wheels -r target/release/builds.lock

# Who vouches for the certificates of RDS; the builds in the network cannot fetch it themselves.
curl --silent --show-error --fail --output target/release/wheels/rds-global-bundle.pem \
    https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem

# Wheels first: a build never sees a lock whose wheels are not there. Those of older releases stay.
aws s3 sync --only-show-errors target/release/wheels "s3://$bucket/wheels/"
for name in "$commit" lakehouse; do
    aws s3 cp --only-show-errors target/release/lakehouse.zip "s3://$bucket/source/$name.zip"
done
echo "s3://$bucket/source/$commit.zip"
