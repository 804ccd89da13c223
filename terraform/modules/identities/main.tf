data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name
  glue       = "arn:${local.partition}:glue:${local.region}:${local.account_id}"
  s3         = { for zone, bucket in var.buckets : zone => "arn:${local.partition}:s3:::${bucket}" }

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
      inline      = { publish = concat(local.read_all_marts, local.query["builder"], local.publish) }
    }
    reader = {
      description = "Asks the marts without personal columns in Athena."
      trust       = [local.trust_account]
      inline      = { read = concat(local.find_marts, local.read_note_of_runs, local.query["reader"]) }
    }
    reader-personal = {
      description = "Asks all marts in Athena, those with personal columns too."
      trust       = [local.trust_account]
      inline      = { read = concat(local.read_all_marts, local.read_note_of_runs, local.query["reader-personal"]) }
    }
    transformer = {
      description = "Runs dbt on Athena and on Glue sessions."
      trust       = [local.trust_codebuild, local.trust_account]
      inline      = { transform = concat(local.query["builder"], local.sessions, [local.tell_ages]) }
    }
  }

  inline_policies = merge([
    for role, settings in local.roles : {
      for name, statements in settings.inline : "${role}/${name}" => { role = role, name = name, statements = statements }
    }
  ]...)

  # Shared by dbt itself and by the Glue sessions it starts: both write the same tables.
  build_policies = { build-tables = local.build_tables }

  managed_policies = merge(local.build_policies, local.ci_read_policies, local.ci_write_policies, local.read_some_marts)

  # Names are known before policies are made, so that a plan shows who gets what.
  attachments = merge([
    for role, names in {
      ci-deploy   = concat(keys(local.ci_read_policies), keys(local.ci_write_policies))
      ci-plan     = keys(local.ci_read_policies)
      reader      = keys(local.read_some_marts)
      transformer = keys(local.build_policies)
    } : { for name in names : "${role}/${name}" => { role = role, policy = name, count = length(names) } }
  ]...)
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.prefix}-${each.key}"
  description          = each.value.description
  permissions_boundary = var.permissions_boundary_arn

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

  lifecycle {
    precondition {
      # Of 10240 for all of a role: the step's own policy needs the rest.
      condition     = length(jsonencode(each.value.statements)) <= 9000
      error_message = "The inline policy ${each.key} leaves no room in the 10240 characters that IAM takes: it writes out raw tables, and databases of names of their own (databases). Give some domains an environment of their own."
    }
  }
}

resource "aws_iam_policy" "this" {
  for_each = local.managed_policies

  name        = "${var.prefix}-${each.key}"
  description = "Of ${var.prefix}: ${each.key}."

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })

  lifecycle {
    precondition {
      condition     = length(jsonencode({ Version = "2012-10-17", Statement = each.value })) <= 6144
      error_message = "The policy ${each.key} has more than the 6144 characters that IAM takes: shorten project_name, or give fewer domains databases of names of their own."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn

  lifecycle {
    precondition {
      condition     = each.value.count <= 10
      error_message = "The role ${each.value.role} would have ${each.value.count} managed policies, and IAM takes 10: ask for a higher quota, and raise the number here."
    }
  }
}
