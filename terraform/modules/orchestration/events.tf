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
      step           = each.value.step
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

# The extracts of a scheduled run write below other prefixes, or build nothing: a run that an
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

# Name and state only: the cause holds the environment of a build in clear.
resource "aws_cloudwatch_event_rule" "failure" {
  name        = "${var.prefix}-failure"
  description = "A run of the workflow that did not succeed."

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      stateMachineArn = [local.state_machine_arn]
      status          = ["ABORTED", "FAILED", "TIMED_OUT"]
    }
  })
}

resource "aws_cloudwatch_event_target" "failure" {
  rule = aws_cloudwatch_event_rule.failure.name
  arn  = var.topic_arn

  input_transformer {
    input_paths    = { name = "$.detail.name", status = "$.detail.status" }
    input_template = "\"${var.prefix}: execution <name> is <status>. Its history is in Step Functions; a repaired one is redriven there.\""
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}
