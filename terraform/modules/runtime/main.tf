data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name

  # "-" stands for "not given": an override of a build cannot be left out by a state machine.
  # Only extract holds rows in memory; the others wait for engines most of the time.
  steps = {
    extract = {
      command     = "lakehouse extract \"$LAKEHOUSE_SOURCE\" --object \"$LAKEHOUSE_OBJECT\""
      limit       = null
      environment = merge(var.sources, { LAKEHOUSE_SOURCE = "-", LAKEHOUSE_OBJECT = "-" })
      size        = "MEDIUM"
    }
    maintain = {
      command     = "lakehouse dbt run-operation compact_tables"
      limit       = 1
      environment = {}
      size        = "SMALL"
    }
    # It reads what either engine wrote, and needs no session for that.
    publish = {
      command     = "lakehouse publish"
      limit       = 1
      environment = merge(var.published_databases, { LAKEHOUSE_TARGET = "athena" })
      size        = "SMALL"
    }
    transform = {
      command     = "lakehouse transform --run-date \"$LAKEHOUSE_RUN_DATE\" --select \"$LAKEHOUSE_SELECT\" --full-refresh \"$LAKEHOUSE_FULL_REFRESH\" --variables \"$LAKEHOUSE_VARIABLES\""
      limit       = 1
      environment = { LAKEHOUSE_FULL_REFRESH = "-", LAKEHOUSE_RUN_DATE = "-", LAKEHOUSE_SELECT = "-", LAKEHOUSE_VARIABLES = "-" }
      size        = "SMALL"
    }
  }

  # Only a build that talks to a database in the network is put there: the others need the internet,
  # and the network has no way to it.
  steps_in_network = var.network == null ? [] : ["publish"]
}

resource "aws_cloudwatch_log_group" "build" {
  for_each = local.steps

  name              = "/aws/codebuild/${var.prefix}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# One limit per step: tables have one writer, so a second build of the same step has to wait.
resource "aws_codebuild_project" "this" {
  for_each = local.steps

  name                   = "${var.prefix}-${each.key}"
  description            = "The step ${each.key} of the workflow."
  service_role           = var.role_arns[each.key]
  build_timeout          = var.timeout_minutes
  queued_timeout         = 60
  concurrent_build_limit = each.value.limit
  encryption_key         = var.kms_key_arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type                = "BUILD_GENERAL1_${each.value.size}"
    image                       = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    image_pull_credentials_type = "CODEBUILD"
    privileged_mode             = false
    type                        = "LINUX_CONTAINER"

    dynamic "environment_variable" {
      for_each = merge(var.profile, each.value.environment)

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  source {
    type     = "S3"
    location = "${var.artifacts_bucket}/source/lakehouse.zip"

    buildspec = templatefile("${path.module}/buildspec.yml.tftpl", {
      command = each.value.command
      wheels  = "s3://${var.artifacts_bucket}/wheels/"
    })
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.build[each.key].name
    }
  }

  dynamic "vpc_config" {
    for_each = contains(local.steps_in_network, each.key) ? [var.network] : []

    content {
      vpc_id             = vpc_config.value.vpc_id
      subnets            = vpc_config.value.subnet_ids
      security_group_ids = [vpc_config.value.security_group_id]
    }
  }

  # CodeBuild checks at creation that the role may make network interfaces.
  depends_on = [aws_iam_role_policy.build]
}
