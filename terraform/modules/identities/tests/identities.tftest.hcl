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
  databases      = { shop = "lakehouse_dev_shop" }
  raw_tables     = { shop = ["sale"] }
  readable_marts = { shop = ["fct_shop__sale"] }
  kms_key_arn    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  state_bucket   = "lakehouse-123456789012-state"
  workgroups = {
    builder         = { name = "lakehouse_dev", results_folder = "athena" }
    reader          = { name = "lakehouse_dev_reader", results_folder = "reader" }
    reader-personal = { name = "lakehouse_dev_reader_personal", results_folder = "reader-personal" }
  }
}

run "github_is_pinned_by_audience_and_subject" {
  assert {
    condition = {
      for role in ["ci-deploy", "ci-plan"] : role => jsondecode(aws_iam_role.this[role].assume_role_policy).Statement[0].Condition
      } == {
      ci-deploy = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:owner/lakehouse:environment:dev"]
        }
      }
      ci-plan = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:owner/lakehouse:pull_request"]
        }
      }
    }
    error_message = "Both claims are compared whole."
  }
}

run "no_action_holds_a_pattern" {
  assert {
    condition = alltrue(flatten([
      for policy in concat(values(aws_iam_role_policy.this), values(aws_iam_policy.this)) : [
        for statement in jsondecode(policy.policy).Statement : [for action in flatten([statement.Action]) : !strcontains(action, "*")]
      ]
    ]))
    error_message = "Every action is written out."
  }
}

run "what_was_brought_along_is_left_alone_by_ci" {
  variables {
    brought_along = { key = true, zones = ["raw"] }
  }

  assert {
    condition     = !strcontains(aws_iam_policy.this["write-lake"].policy, "lakehouse-dev-123456789012-raw") && !strcontains(aws_iam_policy.this["write-lake"].policy, "kms:PutKeyPolicy")
    error_message = "A key and a bucket of somebody else are not changed."
  }
}

run "subjects_with_ids_are_trusted_beside_names" {
  variables {
    github_repository_ids = { owner = 123456, repository = 456789 }
  }

  assert {
    condition = jsondecode(aws_iam_role.this["ci-deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:owner/lakehouse:environment:dev", "repo:owner@123456/lakehouse@456789:environment:dev",
    ]
    error_message = "Both forms of the subject, each whole."
  }
}

run "reader_reaches_named_marts_only" {
  assert {
    condition = flatten([
      for statement in jsondecode(aws_iam_policy.this["read-marts-1"].policy).Statement : statement.Resource
      ]) == [
      "arn:aws:s3:::lakehouse-dev-123456789012-curated/wh/*/fct_shop__sale/*",
      "arn:aws:glue:us-east-1:123456789012:table/lakehouse_dev_shop/fct_shop__sale",
    ]
    error_message = "A mart that is not named is not read."
  }

  assert {
    condition     = [for key, attachment in aws_iam_role_policy_attachment.this : key if startswith(attachment.role, "lakehouse-dev-reader")] == ["reader/read-marts-1"]
    error_message = "The reader has the policies of its marts."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.this["reader-personal/read"].policy, "-raw") && !strcontains(aws_iam_role_policy.this["reader-personal/read"].policy, "/int_")
    error_message = "No reader's policy names raw or intermediate tables."
  }
}

run "results_of_others_are_out_of_reach" {
  assert {
    condition = {
      for role in ["reader", "reader-personal"] : role => one([for statement in jsondecode(aws_iam_role_policy.this["${role}/read"].policy).Statement : statement.Resource if statement.Sid == "KeepResults"])
      } == {
      reader          = "arn:aws:s3:::lakehouse-dev-123456789012-results/reader/*"
      reader-personal = "arn:aws:s3:::lakehouse-dev-123456789012-results/reader-personal/*"
    }
    error_message = "Results hold what was asked: each kind of asker has its own."
  }
}

run "many_domains_make_no_longer_policy" {
  variables {
    databases      = { for position in range(40) : "domain${position}" => "lakehouse_dev_domain${position}" }
    raw_tables     = { for position in range(40) : "domain${position}" => [] }
    readable_marts = { for position in range(40) : "domain${position}" => ["fct_domain${position}__sale"] }
  }

  assert {
    condition     = length(aws_iam_policy.this["build-tables"].policy) < 3500
    error_message = "Databases are a pattern."
  }

  assert {
    condition     = length([for key in keys(aws_iam_policy.this) : key if startswith(key, "read-marts-")]) == 3
    error_message = "Marts by name fill as many policies as they need."
  }
}

run "policy_that_iam_would_refuse_is_refused" {
  command = plan

  variables {
    databases      = { for position in range(40) : "domain${position}" => "of_its_own_name_${position}" }
    raw_tables     = { for position in range(40) : "domain${position}" => [] }
    readable_marts = { for position in range(40) : "domain${position}" => [] }
  }

  expect_failures = [aws_iam_policy.this, aws_iam_role_policy.this]
}

run "raw_tables_that_fill_a_policy_are_refused" {
  command = plan

  variables {
    raw_tables = { shop = [for position in range(100) : "a_raw_table_with_a_name_of_some_length_${position}"] }
  }

  expect_failures = [aws_iam_role_policy.this]
}

run "more_policies_than_a_role_takes_are_refused" {
  command = plan

  variables {
    readable_marts = { shop = [for position in range(200) : "fct_shop__sale${position}"] }
  }

  expect_failures = [aws_iam_role_policy_attachment.this]
}

run "results_in_one_folder_are_refused" {
  command = plan

  variables {
    workgroups = {
      builder         = { name = "lakehouse_dev", results_folder = "athena" }
      reader          = { name = "lakehouse_dev_reader", results_folder = "athena" }
      reader-personal = { name = "lakehouse_dev_reader_personal", results_folder = "reader-personal" }
    }
  }

  expect_failures = [var.workgroups]
}

run "ids_that_are_no_numbers_of_github_are_refused" {
  command = plan

  variables {
    github_repository_ids = { owner = 0, repository = 456789 }
  }

  expect_failures = [var.github_repository_ids]
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
