#!/usr/bin/env bash
# Puts what the builds run into the artifacts bucket: scripts/release.sh <folder of the environment>
# Takes committed files only, and the wheels of requirements/project.lock for Linux and the builds' Python.
set -euo pipefail

folder=${1:?name the folder of the environment, such as terraform/live/dev}
cd "$(dirname "$0")/.."
bucket=$(terraform -chdir="$folder" output -json buckets |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["artifacts"])')

python3 scripts/bundle.py source target/release/lakehouse.zip
rm -rf target/release/wheels
python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --python-version 3.12 --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --platform any \
    --dest target/release/wheels -r requirements/project.lock

# Who vouches for the certificates of RDS; the builds in the network cannot fetch it themselves.
curl --silent --show-error --fail --output target/release/wheels/rds-global-bundle.pem \
    https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem

# Wheels first: a build never sees a lock whose wheels are not there.
aws s3 sync --only-show-errors target/release/wheels "s3://$bucket/wheels/"
aws s3 cp --only-show-errors target/release/lakehouse.zip "s3://$bucket/source/lakehouse.zip"
echo "s3://$bucket/source/lakehouse.zip"
