locals {
  trust_account = {
    Sid       = "PeopleOfThisAccount"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::${local.account_id}:root" }
    Action    = "sts:AssumeRole"
  }

  trust_codebuild = {
    Sid       = "BuildsOfThisEnvironment"
    Effect    = "Allow"
    Principal = { Service = "codebuild.amazonaws.com" }
    Action    = "sts:AssumeRole"
    Condition = {
      StringEquals = { "aws:SourceAccount" = local.account_id }
      ArnLike      = { "aws:SourceArn" = "arn:aws:codebuild:${local.region}:${local.account_id}:project/${var.prefix}-*" }
    }
  }

  # Equal, never like: a pattern on `sub` is how other repositories and branches get in.
  trust_github = {
    for use, claim in { deploy = "environment:${var.environment}", plan = "pull_request" } : use => {
      Sid                      = "GitHubActions"
      Effect                   = "Allow"
      Principal                = { Federated = "arn:aws:iam::${local.account_id}:oidc-provider/${local.github}" }
      Action                   = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.github}:aud" = "sts.amazonaws.com"
          "${local.github}:sub" = "repo:${var.github_repository}:${claim}"
        }
      }
    }
  }
}
