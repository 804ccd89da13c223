mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix      = "lakehouse-dev"
  alert_email = "data@example.com"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  watched = {
    dead_letter_queue = "lakehouse-dev-dead-letters"
    function          = "lakehouse-dev-start-workflow"
    state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:lakehouse-dev-workflow"
    workgroups        = { builder = "lakehouse_dev" }
  }
}

run "every_alarm_tells_somebody" {
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["dead-letters", "scanned-bytes-builder", "starter-errors", "workflow-failed", "workflow-timed-out"]
    error_message = "Lost starts, failed runs and wide scans raise an alarm."
  }

  assert {
    condition     = alltrue([for alarm in values(aws_cloudwatch_metric_alarm.this) : alarm.alarm_actions == toset([aws_sns_topic.this.arn])])
    error_message = "Every alarm goes to the topic."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_sns_topic_policy.this.policy).Statement : can(statement.Condition)
      if contains(flatten([statement.Principal.Service]), "events.amazonaws.com")
    ] == [false]
    error_message = "A condition would keep EventBridge from publishing."
  }

  assert {
    condition     = aws_sns_topic_subscription.email["data@example.com"].protocol == "email"
    error_message = "The address is subscribed."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 5
    error_message = "The dashboard shows what the alarms watch."
  }

  assert {
    condition     = aws_budgets_budget.this.limit_amount == "50"
    error_message = "The budget is 50 dollars a month."
  }
}

run "silence_is_told_where_schedules_run" {
  variables {
    silence = {
      last_project = "lakehouse-dev-publish"
      rhythm_days  = { "shop.order" = 7 }
    }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["no-success"].treat_missing_data == "breaching"
    error_message = "No build is no number, and counts as none that succeeded."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["late-shop-order"].threshold == 7
    error_message = "A source is late after its own rhythm."
  }
}

run "rhythm_of_no_day_is_refused" {
  command = plan

  variables {
    silence = {
      last_project = "lakehouse-dev-publish"
      rhythm_days  = { "shop.order" = 0 }
    }
  }

  expect_failures = [var.silence]
}

run "namespace_of_aws_is_refused" {
  command = plan

  variables {
    metrics_namespace = "AWS/Glue"
  }

  expect_failures = [var.metrics_namespace]
}

run "without_an_address_nobody_subscribes" {
  variables {
    alert_email = null
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "No address, no subscription."
  }
}

run "address_without_a_domain_is_refused" {
  command = plan

  variables {
    alert_email = "data"
  }

  expect_failures = [var.alert_email]
}

run "budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}
