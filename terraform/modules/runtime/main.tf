data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name

  # "-" stands for "not given": an override of a build cannot be left out by a state machine.
  # Only extract holds rows in memory; the others wait for engines most of the time.
  extract = {
    command     = "lakehouse extract \"$LAKEHOUSE_SOURCE\" --object \"$LAKEHOUSE_OBJECT\""
    limit       = null
    environment = merge(var.sources, { LAKEHOUSE_SOURCE = "-", LAKEHOUSE_OBJECT = "-" })
    size        = "MEDIUM"
  }
  steps = merge({ for step in keys(local.private) : step => local.extract }, {
    extract = local.extract
    maintain = {
      command     = "lakehouse dbt run-operation compact_tables"
      limit       = 1
      environment = { LAKEHOUSE_SNAPSHOT_DAYS = var.snapshot_days }
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
      environment = { LAKEHOUSE_FULL_REFRESH = "-", LAKEHOUSE_METRICS = var.metrics_namespace, LAKEHOUSE_RUN_DATE = "-", LAKEHOUSE_SELECT = "-", LAKEHOUSE_VARIABLES = "-" }
      size        = "SMALL"
    }
  })

  # Only a build that talks to a database in a network is put there: the others need the internet, and the network of
  # this environment has no way to it.
  role_of = { for step in keys(local.steps) : step => step == "extract-private" ? "extract" : step }
  private = { for network in var.private_network[*] : "extract-private" => {
    security_group_id = aws_security_group.private[0].id
    subnet_ids        = network.subnet_ids
    vpc_id            = network.vpc_id
  } }
  networks = merge(local.private, { for network in var.network[*] : "publish" => network })
}

# The sources themselves are their owner's, and so are the ways to them and to AWS: this only lets builds out.
resource "aws_security_group" "private" {
  # checkov:skip=CKV2_AWS_5:builds have it, through a local that the check does not follow
  count = var.private_network == null ? 0 : 1

  name        = "${var.prefix}-extract-private"
  description = "Extraction of ${var.prefix} from sources in this network"
  vpc_id      = var.private_network.vpc_id

  tags = { Name = "${var.prefix}-extract-private" }
}

resource "aws_vpc_security_group_egress_rule" "private" {
  for_each = toset([for port in flatten([for network in var.private_network[*] : [443, network.ports]]) : tostring(port)])

  security_group_id = aws_security_group.private[0].id
  description       = each.key == "443" ? "AWS and sources over HTTPS" : "Sources at port ${each.key}"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
  ip_protocol       = "tcp"
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
  service_role           = var.role_arns[local.role_of[each.key]]
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
    for_each = [for step, network in local.networks : network if step == each.key]

    content {
      vpc_id             = vpc_config.value.vpc_id
      subnets            = vpc_config.value.subnet_ids
      security_group_ids = [vpc_config.value.security_group_id]
    }
  }

  # CodeBuild checks at creation that the role may make network interfaces.
  depends_on = [aws_iam_role_policy.build]
}
