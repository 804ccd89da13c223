data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.name

  # Missing data is silence: usual of faults, and of a workflow that nobody starts by the clock.
  alarms = merge(
    {
      dead-letters = {
        description = "A start of the workflow was lost: read the queue, then start it by hand"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        dimensions  = { QueueName = var.watched.dead_letter_queue }
        threshold   = 0
      }
      starter-errors = {
        description = "The function that starts the workflow failed"
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        dimensions  = { FunctionName = var.watched.function }
        threshold   = 0
      }
      workflow-failed = {
        description = "A run of the workflow failed"
        namespace   = "AWS/States"
        metric      = "ExecutionsFailed"
        statistic   = "Sum"
        dimensions  = { StateMachineArn = var.watched.state_machine_arn }
        threshold   = 0
      }
      workflow-timed-out = {
        description = "A run of the workflow took too long"
        namespace   = "AWS/States"
        metric      = "ExecutionsTimedOut"
        statistic   = "Sum"
        dimensions  = { StateMachineArn = var.watched.state_machine_arn }
        threshold   = 0
      }
    },
    {
      for group, workgroup in var.watched.workgroups : "scanned-bytes-${group}" => {
        description = "Queries of ${group} scanned more in an hour than the daily run needs"
        namespace   = "AWS/Athena"
        metric      = "ProcessedBytes"
        statistic   = "Sum"
        dimensions  = { WorkGroup = workgroup }
        threshold   = var.scanned_gib_per_hour * pow(1024, 3)
      }
    },
    {
      # Of the last step alone: an execution that only extracts succeeds too, and builds nothing.
      for project in var.silence[*].last_project : "no-success" => {
        description = "No run has built the tables for 26 hours: look at the schedules and at what the newest run says"
        namespace   = "AWS/CodeBuild"
        metric      = "SucceededBuilds"
        statistic   = "Sum"
        dimensions  = { ProjectName = project }
        comparison  = "LessThanThreshold"
        threshold   = 1
        hours       = 26
        missing     = "breaching"
      }
    },
    merge([
      for silence in var.silence[*] : {
        for source, days in silence.rhythm_days : "late-${replace(source, ".", "-")}" => {
          description = "${source} has not delivered for more than ${days} days, the rhythm that its YAML declares"
          namespace   = var.metrics_namespace
          metric      = "SourceAgeDays"
          statistic   = "Maximum"
          dimensions  = { Source = source }
          threshold   = days
          period      = 86400
          missing     = "ignore"
        }
      }
    ]...),
  )
}

resource "aws_sns_topic" "this" {
  name              = "${var.prefix}-notices"
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "NoticesOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        # Without a condition: EventBridge takes none in the policy of a topic, and would drop the notice.
        Sid       = "NoticesOfRules"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alert_email[*])

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = try(each.value.period, 3600)
  evaluation_periods  = try(each.value.hours, 1)
  comparison_operator = try(each.value.comparison, "GreaterThanThreshold")
  threshold           = each.value.threshold
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.this.arn]
}

resource "aws_budgets_budget" "this" {
  name         = var.prefix
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # Of what bears the tag alone; billing sees the tag once somebody has activated it there.
  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:deployment$%s", var.prefix)]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.this]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix

  dashboard_body = jsonencode({
    widgets = [
      for position, title in sort(keys(local.alarms)) : {
        type   = "metric"
        x      = (position % 2) * 12
        y      = floor(position / 2) * 6
        width  = 12
        height = 6
        properties = {
          title  = title
          region = local.region
          stat   = local.alarms[title].statistic
          period = 3600
          metrics = [concat(
            [local.alarms[title].namespace, local.alarms[title].metric],
            flatten([for name, value in local.alarms[title].dimensions : [name, value]])
          )]
        }
      }
    ]
  })
}
