mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix              = "lakehouse-dev"
  export_bucket       = "lakehouse-dev-123456789012-results"
  kms_key_arn         = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  publisher_role_name = "lakehouse-dev-publisher"
  network = {
    client_security_group_id = "sg-1"
    s3_prefix_list_id        = "pl-1"
    subnet_ids               = ["subnet-1", "subnet-2", "subnet-3"]
    vpc_id                   = "vpc-1"
  }
}

run "workgroup_is_private_and_bounded" {
  assert {
    condition     = aws_redshiftserverless_workgroup.this.publicly_accessible == false && aws_redshiftserverless_workgroup.this.enhanced_vpc_routing
    error_message = "The workgroup is reached and reaches out inside the network only."
  }

  assert {
    condition     = length(aws_redshiftserverless_workgroup.this.config_parameter) == 0
    error_message = "Without parameters: TLS is required by default, and a list that AWS completes never settles."
  }

  assert {
    condition     = aws_redshiftserverless_usage_limit.this.breach_action == "deactivate" && aws_redshiftserverless_usage_limit.this.amount == 8
    error_message = "At most 8 RPU hours a day are spent."
  }

  assert {
    condition     = aws_redshiftserverless_namespace.this.manage_admin_password
    error_message = "Redshift keeps the password."
  }
}

run "schemas_and_grants_are_made_by_code" {
  assert {
    condition = alltrue([
      for text in [
        "create user \"IAMR:lakehouse-dev-publisher\" password disable",
        "create schema if not exists gold",
        "create schema if not exists silver",
        "create role lakehouse_reader",
        "grant usage on schema gold to role lakehouse_reader",
        "grant usage, create on schema silver to \"IAMR:lakehouse-dev-publisher\"",
      ] : strcontains(aws_redshiftdata_statement.define.sql, text)
    ])
    error_message = "The procedure makes the login, the schemas and the grants."
  }

  assert {
    condition     = startswith(aws_redshiftdata_statement.run.sql, "call public.prepare_publication()")
    error_message = "The procedure is called."
  }
}

run "copy_reads_exports_only" {
  assert {
    condition = toset(flatten([for statement in jsondecode(aws_iam_role_policy.copy.policy).Statement : statement.Resource if startswith(flatten([statement.Action])[0], "s3:")])) == toset([
      "arn:aws:s3:::lakehouse-dev-123456789012-results", "arn:aws:s3:::lakehouse-dev-123456789012-results/publish/*",
    ])
    error_message = "COPY reads what publication exported, nothing else."
  }
}

run "role_that_would_be_sql_is_refused" {
  command = plan

  variables {
    reader_role = "reader; drop schema gold"
  }

  expect_failures = [var.reader_role]
}

run "schema_that_would_be_sql_is_refused" {
  command = plan

  variables {
    schemas = ["silver; drop schema gold"]
  }

  expect_failures = [var.schemas]
}

run "two_zones_are_refused" {
  command = plan

  variables {
    network = { client_security_group_id = "sg-1", s3_prefix_list_id = "pl-1", subnet_ids = ["subnet-1", "subnet-2"], vpc_id = "vpc-1" }
  }

  expect_failures = [var.network]
}

run "odd_capacity_is_refused" {
  command = plan

  variables {
    base_capacity = 12
  }

  expect_failures = [var.base_capacity]
}
