mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix             = "lakehouse-dev"
  bundle_path        = "function/start_workflow.py"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_retention_days = 365
  project_names      = { extract = "lakehouse-dev-extract", maintain = "lakehouse-dev-maintain", publish = "lakehouse-dev-publish", transform = "lakehouse-dev-transform" }
  topic_arn          = "arn:aws:sns:us-east-1:123456789012:lakehouse-dev-notices"
  schedules = {
    daily = {
      expression = "cron(0 6 * * ? *)"
      extracts   = ["shop"]
    }
  }
  trigger = {
    bucket   = "lakehouse-dev-123456789012-transient"
    prefixes = ["market/"]
  }
}

run "without_databases_nothing_is_published" {
  assert {
    condition     = keys(jsondecode(aws_sfn_state_machine.this.definition).States) == ["BeginMaintain", "BeginTransform", "Build", "BuildAgain", "CountWait", "Extract", "IsHeld", "Notify", "Pause", "WaitForLease", "WhatIsBuilt"]
    error_message = "The step publish exists only with a database."
  }

  assert {
    condition     = !aws_sfn_state_machine.this.logging_configuration[0].include_execution_data
    error_message = "The cause of a failed build holds its environment in clear."
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.this["daily"].target[0].input, "\"<aws.scheduler.scheduled-time>\"")
    error_message = "A keyword stands in the input as it is, not escaped."
  }

  assert {
    condition = jsondecode(aws_scheduler_schedule.this["daily"].target[0].input) == {
      schedule       = "daily"
      scheduled_time = "<aws.scheduler.scheduled-time>"
      extracts       = ["shop"]
      step           = "transform"
    }
    error_message = "A schedule tells the function its name, its time and what to do."
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.this["daily"].target[0].input, "\"<aws.scheduler.scheduled-time>\"")
    error_message = "The Scheduler fills in the time only where it is written plainly."
  }

  assert {
    condition     = [for step in ["Transform", "Maintain"] : jsondecode(aws_sfn_state_machine.this.definition).States["Begin${step}"].Result.project] == ["lakehouse-dev-transform", "lakehouse-dev-maintain"]
    error_message = "Each step is a build of its own project, and waits as the other does."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Build.Retry[0].MaxAttempts * 60 >= 120 * 60
    error_message = "Who waits for a build waits for as long as it may take."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.object.event_pattern).detail.object.key == [{ prefix = "market/" }]
    error_message = "Only new objects below the prefixes start the workflow."
  }

  assert {
    condition     = toset(jsondecode(aws_cloudwatch_event_rule.failure.event_pattern).detail.status) == toset(["ABORTED", "FAILED", "TIMED_OUT"])
    error_message = "Every end but success is told."
  }

  assert {
    condition     = !strcontains(aws_cloudwatch_event_target.failure.input_transformer[0].input_template, "cause")
    error_message = "A notice holds no cause."
  }
}

run "with_databases_it_publishes_after_the_build" {
  variables {
    publishes = true
  }

  assert {
    condition     = [for state in ["Build", "BuildAgain", "Publish"] : jsondecode(aws_sfn_state_machine.this.definition).States[state].Next] == ["IsPublished", "IsPublished", "Notify"]
    error_message = "Publication follows the build, so a failing test stops it."
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.IsPublished == { Type = "Choice", Choices = [{ Variable = "$.step", StringEquals = "transform", Next = "Publish" }], Default = "Notify" }
    error_message = "Maintenance changes no row, and publishes nothing."
  }
}

run "one_build_at_a_time_where_the_account_has_no_more" {
  variables {
    extracts_at_once = 1
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Extract.MaxConcurrency == 1
    error_message = "How many extractions run side by side is an input."
  }
}

run "no_extract_at_once_is_refused" {
  command = plan

  variables {
    extracts_at_once = 0
  }

  expect_failures = [var.extracts_at_once]
}

run "step_that_is_none_is_refused" {
  command = plan

  variables {
    schedules = {
      daily = { expression = "cron(0 6 * * ? *)", extracts = [], step = "publish" }
    }
  }

  expect_failures = [var.schedules]
}

run "schedules_wait_until_they_are_enabled" {
  variables {
    schedules_enabled = false
  }

  assert {
    condition     = toset([for schedule in values(aws_scheduler_schedule.this) : schedule.state]) == toset(["DISABLED"])
    error_message = "No schedule starts a run before somebody has seen one succeed."
  }
}

run "schedule_that_cannot_name_an_execution_is_refused" {
  command = plan

  variables {
    schedules = {
      "Every day" = { expression = "cron(0 6 * * ? *)", extracts = [] }
    }
  }

  expect_failures = [var.schedules]
}

run "expression_of_another_kind_is_refused" {
  command = plan

  variables {
    schedules = {
      daily = { expression = "0 6 * * *", extracts = [] }
    }
  }

  expect_failures = [var.schedules]
}

run "prefix_without_a_source_is_refused" {
  command = plan

  variables {
    trigger = { bucket = "lakehouse-dev-123456789012-transient", prefixes = [""] }
  }

  expect_failures = [var.trigger]
}

run "source_that_is_a_pattern_is_refused" {
  command = plan

  variables {
    private_sources = ["retail.*"]
  }

  expect_failures = [var.private_sources]
}
