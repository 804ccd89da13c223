locals {
  trust_account = {
    Sid       = "PeopleOfThisAccount"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "sts:AssumeRole"
  }

  trust_codebuild = {
    Sid       = "BuildsOfThisEnvironment"
    Effect    = "Allow"
    Principal = { Service = "codebuild.amazonaws.com" }
    Action    = "sts:AssumeRole"
    Condition = {
      StringEquals = { "aws:SourceAccount" = local.account_id }
      ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:codebuild:${local.region}:${local.account_id}:project/${var.prefix}-*" }
    }
  }

  # Equal, never like: a pattern on `sub` is how other repositories and branches get in. Repositories that were made,
  # renamed or transferred since July 2026 have their ids in it.
  github_names = concat(
    ["repo:${var.github_repository}"],
    [for ids in var.github_repository_ids[*] : format("repo:%s@%d/%s@%d", split("/", var.github_repository)[0], ids.owner, split("/", var.github_repository)[1], ids.repository)],
  )

  trust_github = {
    for use, claim in { deploy = "environment:${var.environment}", plan = "pull_request" } : use => {
      Sid                      = "GitHubActions"
      Effect                   = "Allow"
      Principal                = { Federated = "arn:${local.partition}:iam::${local.account_id}:oidc-provider/${local.github}" }
      Action                   = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.github}:aud" = "sts.amazonaws.com"
          "${local.github}:sub" = [for name in local.github_names : "${name}:${claim}"]
        }
      }
    }
  }
}
