data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.name
  glue       = "arn:aws:glue:${local.region}:${local.account_id}"
  s3         = { for zone, bucket in var.buckets : zone => "arn:aws:s3:::${bucket}" }

  github = "token.actions.githubusercontent.com"

  # What each identity is for, who may become it, and what it may do.
  roles = {
    ci-deploy = {
      description = "Applies Terraform from the protected GitHub environment ${var.environment}."
      trust       = [local.trust_github["deploy"]]
      inline      = {}
    }
    ci-plan = {
      description = "Plans Terraform for pull requests; changes nothing."
      trust       = [local.trust_github["plan"]]
      inline      = {}
    }
    extractor = {
      description = "Fetches from sources, lands in raw and registers partitions."
      trust       = [local.trust_codebuild]
      inline      = { extract = local.extract }
    }
    publisher = {
      description = "Reads marts and writes the published copies in the databases."
      trust       = [local.trust_codebuild]
      inline      = { publish = concat(local.read_marts, local.query, local.publish) }
    }
    reader = {
      description = "Asks the marts in Athena: neither raw nor intermediate tables."
      trust       = [local.trust_account]
      inline      = { read = concat(local.read_marts, local.query) }
    }
    transformer = {
      description = "Runs dbt on Athena and on Glue sessions."
      trust       = [local.trust_codebuild, local.trust_account]
      inline      = { transform = concat(local.query, local.sessions, var.gives_tags ? [local.give_tags] : []) }
    }
  }

  inline_policies = merge([
    for role, settings in local.roles : {
      for name, statements in settings.inline : "${role}/${name}" => { role = role, name = name, statements = statements }
    }
  ]...)

  ci_attachments = merge(
    { for name in keys(local.ci_read_policies) : "ci-plan/${name}" => { role = "ci-plan", policy = name } },
    { for name in keys(local.ci_read_policies) : "ci-deploy/${name}" => { role = "ci-deploy", policy = name } },
    { for name in keys(local.ci_write_policies) : "ci-deploy/${name}" => { role = "ci-deploy", policy = name } },
  )
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name        = "${var.prefix}-${each.key}"
  description = each.value.description

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value.trust
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.inline_policies

  name = each.value.name
  role = aws_iam_role.this[each.value.role].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value.statements
  })
}

# Shared by dbt itself and by the Glue sessions it starts: both write the same tables.
resource "aws_iam_policy" "build_tables" {
  name        = "${var.prefix}-build-tables"
  description = "Read raw, write curated tables."

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.build_tables
  })
}

resource "aws_iam_role_policy_attachment" "build_tables" {
  role       = aws_iam_role.this["transformer"].name
  policy_arn = aws_iam_policy.build_tables.arn
}

resource "aws_iam_policy" "ci" {
  for_each = merge(local.ci_read_policies, local.ci_write_policies)

  name        = "${var.prefix}-ci-${each.key}"
  description = "Terraform from CI: ${each.key}."

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })
}

resource "aws_iam_role_policy_attachment" "ci" {
  for_each = local.ci_attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.ci[each.value.policy].arn
}
