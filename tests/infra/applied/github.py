"""Tokens as GitHub gives them to a workflow. The local AWS does not verify their signature."""

import base64
import json

from infra.terraform_tool import GITHUB_REPOSITORY

ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = GITHUB_REPOSITORY


def token(subject: str, *, audience: str = "sts.amazonaws.com") -> str:
    claims = {"iss": f"https://{ISSUER}", "aud": audience, "sub": subject, "exp": 4102444800}
    parts = [{"alg": "RS256", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "c2lnbmF0dXJl"])
