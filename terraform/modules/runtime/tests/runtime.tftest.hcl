mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix             = "lakehouse-dev"
  artifacts_bucket   = "lakehouse-dev-123456789012-artifacts"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_retention_days = 365
  profile            = { LAKEHOUSE_TARGET = "athena" }
  role_arns = {
    extract   = "arn:aws:iam::123456789012:role/lakehouse-dev-extractor"
    maintain  = "arn:aws:iam::123456789012:role/lakehouse-dev-transformer"
    publish   = "arn:aws:iam::123456789012:role/lakehouse-dev-publisher"
    transform = "arn:aws:iam::123456789012:role/lakehouse-dev-transformer"
  }
  role_names = {
    extract   = "lakehouse-dev-extractor"
    maintain  = "lakehouse-dev-transformer"
    publish   = "lakehouse-dev-publisher"
    transform = "lakehouse-dev-transformer"
  }
}

run "each_step_runs_as_its_own_role" {
  assert {
    condition     = jsonencode({ for step, project in aws_codebuild_project.this : step => project.service_role }) == jsonencode(var.role_arns)
    error_message = "Each step has the role that it is given."
  }

  assert {
    condition     = alltrue([for project in values(aws_codebuild_project.this) : !project.environment[0].privileged_mode && length(project.vpc_config) == 0])
    error_message = "No step is privileged, and none is in a network without a database."
  }

  assert {
    condition     = { for step, project in aws_codebuild_project.this : step => project.concurrent_build_limit if step != "extract" } == { maintain = 1, publish = 1, transform = 1 }
    error_message = "Tables have one writer."
  }

  assert {
    condition = { for step, project in aws_codebuild_project.this : step => project.environment[0].compute_type } == {
      extract = "BUILD_GENERAL1_MEDIUM", maintain = "BUILD_GENERAL1_SMALL", publish = "BUILD_GENERAL1_SMALL", transform = "BUILD_GENERAL1_SMALL"
    }
    error_message = "Only extract holds rows in memory; the others wait for engines."
  }

  assert {
    condition     = contains([for variable in aws_codebuild_project.this["transform"].environment[0].environment_variable : "${variable.name}=${variable.value}"], "LAKEHOUSE_TARGET=athena")
    error_message = "A build gets the values of the profile."
  }

  assert {
    condition = {
      for step, project in aws_codebuild_project.this : step => strcontains(project.source[0].buildspec, { extract = "lakehouse extract", maintain = "lakehouse dbt run-operation compact_tables", publish = "lakehouse publish", transform = "lakehouse transform" }[step])
    } == { extract = true, maintain = true, publish = true, transform = true }
    error_message = "A step runs the command that a person types."
  }

  assert {
    condition     = alltrue([for project in values(aws_codebuild_project.this) : can(yamldecode(project.source[0].buildspec).phases.build.commands)])
    error_message = "The buildspec is YAML."
  }
}

run "extract_knows_where_its_sources_are" {
  variables {
    sources = { LAKEHOUSE_RETAIL_CATEGORIA = "https://files.example/categoria.parquet" }
  }

  assert {
    condition = {
      for step, project in aws_codebuild_project.this : step => contains([for variable in project.environment[0].environment_variable : variable.name], "LAKEHOUSE_RETAIL_CATEGORIA")
    } == { extract = true, maintain = false, publish = false, transform = false }
    error_message = "Sources are the business of extract alone."
  }
}

run "setting_that_no_source_reads_is_refused" {
  command = plan

  variables {
    sources = { PATH = "elsewhere" }
  }

  expect_failures = [var.sources]
}

run "only_publish_enters_the_network" {
  variables {
    network = {
      security_group_id = "sg-1"
      subnet_ids        = ["subnet-1"]
      vpc_id            = "vpc-1"
    }
  }

  assert {
    condition     = { for step, project in aws_codebuild_project.this : step => length(project.vpc_config) } == { extract = 0, maintain = 0, publish = 1, transform = 0 }
    error_message = "Extract needs the internet, and the network has no way to it."
  }

  assert {
    condition     = [for step, policy in aws_iam_role_policy.build : step if strcontains(policy.policy, "ec2:CreateNetworkInterface")] == ["publish"]
    error_message = "Only publish may make network interfaces."
  }
}

run "step_without_role_is_refused" {
  command = plan

  variables {
    role_arns = { extract = "arn:aws:iam::123456789012:role/lakehouse-dev-extractor" }
  }

  expect_failures = [var.role_arns]
}

run "private_network_without_a_subnet_is_refused" {
  command = plan

  variables {
    private_network = { subnet_ids = [], vpc_id = "vpc-1" }
  }

  expect_failures = [var.private_network]
}
