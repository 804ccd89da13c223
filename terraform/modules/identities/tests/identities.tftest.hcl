mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix            = "lakehouse-dev"
  environment       = "dev"
  github_repository = "owner/lakehouse"
  buckets = {
    artifacts = "lakehouse-dev-123456789012-artifacts"
    curated   = "lakehouse-dev-123456789012-curated"
    raw       = "lakehouse-dev-123456789012-raw"
    results   = "lakehouse-dev-123456789012-results"
    transient = "lakehouse-dev-123456789012-transient"
  }
  databases    = { shop = "lakehouse_dev_shop" }
  raw_tables   = { shop = ["sale"] }
  kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  state_bucket = "lakehouse-123456789012-state"
  workgroup    = "lakehouse_dev"
}

run "github_is_pinned_by_audience_and_subject" {
  assert {
    condition = {
      for role in ["ci-deploy", "ci-plan"] : role => jsondecode(aws_iam_role.this[role].assume_role_policy).Statement[0].Condition
      } == {
      ci-deploy = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:owner/lakehouse:environment:dev"
        }
      }
      ci-plan = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:owner/lakehouse:pull_request"
        }
      }
    }
    error_message = "Both claims are compared whole."
  }
}

run "no_action_holds_a_pattern" {
  assert {
    condition = alltrue(flatten([
      for policy in concat(values(aws_iam_role_policy.this), values(aws_iam_policy.ci), [aws_iam_policy.build_tables]) : [
        for statement in jsondecode(policy.policy).Statement : [for action in flatten([statement.Action]) : !strcontains(action, "*")]
      ]
    ]))
    error_message = "Every action is written out."
  }

  assert {
    condition     = alltrue([for policy in values(aws_iam_policy.ci) : length(policy.policy) <= 6144])
    error_message = "A managed policy has at most 6144 characters."
  }
}

run "reader_reaches_marts_only" {
  assert {
    condition     = !strcontains(aws_iam_role_policy.this["reader/read"].policy, "-raw") && !strcontains(aws_iam_role_policy.this["reader/read"].policy, "/int_")
    error_message = "The reader's policy names neither raw nor intermediate tables."
  }
}

run "secrets_are_the_publishers" {
  variables {
    databases_published = {
      aurora_secret_arn      = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1"
      redshift_workgroup_arn = "arn:aws:redshift-serverless:us-east-1:123456789012:workgroup/1"
    }
  }

  assert {
    condition = [
      for name, policy in aws_iam_role_policy.this : name if strcontains(policy.policy, "secret:rds!cluster-1")
    ] == ["publisher/publish"]
    error_message = "Nobody but the publisher reads a database's secret."
  }
}

run "databases_switched_off_are_not_named" {
  assert {
    condition     = !strcontains(aws_iam_role_policy.this["publisher/publish"].policy, "redshift") && !strcontains(aws_iam_role_policy.this["publisher/publish"].policy, "secretsmanager")
    error_message = "Without databases the publisher has no permission on any."
  }
}

run "pattern_in_the_repository_is_refused" {
  command = plan

  variables {
    github_repository = "owner/*"
  }

  expect_failures = [var.github_repository]
}
