mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix         = "lakehouse-dev"
  results_bucket = "lakehouse-dev-123456789012-results"
  kms_key_arn    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  named_queries = {
    sales-per-day = {
      database    = "lakehouse_dev_shop"
      description = "How many sales a day."
      query       = "select day, count(*) from fct_shop__sale group by day"
    }
  }
}

run "clients_cannot_leave_the_settings" {
  assert {
    condition = output.workgroups == {
      builder         = { name = "lakehouse_dev", results_folder = "athena" }
      reader          = { name = "lakehouse_dev_reader", results_folder = "reader" }
      reader-personal = { name = "lakehouse_dev_reader_personal", results_folder = "reader-personal" }
    } && output.results_location == "s3://lakehouse-dev-123456789012-results/athena"
    error_message = "Workgroups bear the prefix, and each writes below a folder of its own."
  }

  assert {
    condition = { for group, workgroup in aws_athena_workgroup.this : group => workgroup.configuration[0].result_configuration[0].output_location } == {
      for group, workgroup in output.workgroups : group => "s3://lakehouse-dev-123456789012-results/${workgroup.results_folder}/"
    }
    error_message = "Results lie where the output says."
  }

  assert {
    condition     = alltrue([for workgroup in values(aws_athena_workgroup.this) : workgroup.configuration[0].enforce_workgroup_configuration])
    error_message = "A client could choose another place or no encryption."
  }

  assert {
    condition = alltrue([
      for workgroup in values(aws_athena_workgroup.this) :
      workgroup.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS"
      && workgroup.configuration[0].bytes_scanned_cutoff_per_query == 107374182400
      && workgroup.configuration[0].engine_version[0].selected_engine_version == "Athena engine version 3"
    ])
    error_message = "Results are encrypted, scans limited to 100 GiB, the engine is version 3."
  }

  assert {
    condition     = aws_athena_named_query.this["sales-per-day"].workgroup == "lakehouse_dev"
    error_message = "A named query belongs to the workgroup of the builders."
  }
}

run "half_a_gibibyte_is_refused" {
  command = plan

  variables {
    scan_limit_gib = 0.5
  }

  expect_failures = [var.scan_limit_gib]
}
