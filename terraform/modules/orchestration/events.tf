resource "aws_scheduler_schedule_group" "this" {
  name = var.prefix
}

# A schedule cannot name an execution; the function can.
resource "aws_scheduler_schedule" "this" {
  for_each = var.schedules

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.expression
  schedule_expression_timezone = "UTC"
  state                        = var.schedules_enabled ? "ENABLED" : "DISABLED"
  kms_key_arn                  = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.start.arn
    role_arn = aws_iam_role.scheduler.arn

    # jsonencode writes < and > as escapes, and the Scheduler fills in only what it finds as it is written.
    input = replace(replace(jsonencode({
      schedule       = each.key
      scheduled_time = "<aws.scheduler.scheduled-time>"
      extracts       = each.value.extracts
      transform      = each.value.transform
    }), "\\u003c", "<"), "\\u003e", ">")

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }
}

# Not a run of the workflow: nothing is extracted and no row changes. A build that cannot start at once is tried again
# for a day.
resource "aws_scheduler_schedule" "maintenance" {
  name                         = "maintenance"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = var.maintenance
  schedule_expression_timezone = "UTC"
  state                        = var.schedules_enabled ? "ENABLED" : "DISABLED"
  kms_key_arn                  = var.kms_key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:codebuild:startBuild"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ ProjectName = var.project_names["maintain"] })

    retry_policy {
      maximum_event_age_in_seconds = 24 * 3600
      maximum_retry_attempts       = 100
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }
}

# The extracts of a scheduled run write below other prefixes, or with `transform` false: a run that an
# object started never writes where it would start another.
resource "aws_cloudwatch_event_rule" "object" {
  name        = "${var.prefix}-new-object"
  description = "A delivery that starts the workflow by itself."

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [var.trigger.bucket] }
      object = { key = [for prefix in var.trigger.prefixes : { prefix = prefix }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "object" {
  rule = aws_cloudwatch_event_rule.object.name
  arn  = aws_lambda_function.start.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}

resource "aws_lambda_permission" "object" {
  statement_id  = "NewObject"
  function_name = aws_lambda_function.start.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.object.arn
}

locals {
  # Event patterns of what did not succeed, and what is said of it. Name and state only: the cause holds the
  # environment of a build in clear.
  failures = {
    failure = {
      description = "A run of the workflow that did not succeed."
      pattern = {
        source      = ["aws.states"]
        detail-type = ["Step Functions Execution Status Change"]
        detail = {
          stateMachineArn = [local.state_machine_arn]
          status          = ["ABORTED", "FAILED", "TIMED_OUT"]
        }
      }
      paths    = { name = "$.detail.name", status = "$.detail.status" }
      template = "\"${var.prefix}: execution <name> is <status>. Its history is in Step Functions; a repaired one is redriven there.\""
    }
    maintenance = {
      description = "A maintenance of the tables that did not succeed."
      pattern = {
        source      = ["aws.codebuild"]
        detail-type = ["CodeBuild Build State Change"]
        detail = {
          project-name = [var.project_names["maintain"]]
          build-status = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]
        }
      }
      paths    = { name = "$.detail.project-name", status = "$.detail.build-status" }
      template = "\"${var.prefix}: build of <name> is <status>. Its log is in CodeBuild; no row was lost, and the next one makes up for it.\""
    }
  }
}

resource "aws_cloudwatch_event_rule" "failure" {
  for_each = local.failures

  name          = "${var.prefix}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_cloudwatch_event_target" "failure" {
  for_each = local.failures

  rule = aws_cloudwatch_event_rule.failure[each.key].name
  arn  = var.topic_arn

  input_transformer {
    input_paths    = each.value.paths
    input_template = each.value.template
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}
