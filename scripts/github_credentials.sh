#!/usr/bin/env bash
# Becomes a role for the rest of a job of GitHub: scripts/github_credentials.sh <ARN of the role>
# The job's token lives five minutes and an apply takes longer: it is exchanged once, here, for keys of an hour, and
# not by every program anew.
set -euo pipefail

role=${1:?name the ARN of the role, a variable of the repository (terraform/README.md)}
: "${ACTIONS_ID_TOKEN_REQUEST_URL:?only in a job of GitHub with the permission id-token: write}"

token=$(mktemp)
trap 'rm -f "$token"' EXIT
curl --fail --silent --show-error --retry 3 -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["value"], end="")' > "$token"
# What the token says it is, which the role's trust must name; its parts are no secret, its signature is.
python3 -c 'import base64, json, sys
claims = open(sys.argv[1]).read().split(".")[1]
print("subject:", json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])' "$token"

aws sts assume-role-with-web-identity --role-arn "$role" --role-session-name "github-${GITHUB_RUN_ID:-run}" \
    --duration-seconds 3600 --web-identity-token "file://$token" --output json |
    python3 -c 'import json, sys
given = json.load(sys.stdin)["Credentials"]
names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
for name in names.values():
    print("::add-mask::" + given[name])
with open(sys.argv[1], "a", encoding="utf-8") as env:
    env.writelines(f"{variable}={given[name]}\n" for variable, name in names.items())' "$GITHUB_ENV"
