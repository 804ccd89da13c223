mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix          = "lakehouse-dev"
  data_policy_arn = "arn:aws:iam::123456789012:policy/lakehouse-dev-build-tables"
  kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "sessions_have_a_role_and_encryption" {
  assert {
    condition     = [for statement in jsondecode(aws_iam_role.session.assume_role_policy).Statement : statement.Principal] == [{ Service = "glue.amazonaws.com" }]
    error_message = "Only Glue takes the role."
  }

  assert {
    condition = (
      aws_glue_security_configuration.this.encryption_configuration[0].s3_encryption[0].s3_encryption_mode == "SSE-KMS"
      && aws_glue_security_configuration.this.encryption_configuration[0].cloudwatch_encryption[0].cloudwatch_encryption_mode == "SSE-KMS"
      && aws_glue_security_configuration.this.encryption_configuration[0].job_bookmarks_encryption[0].job_bookmarks_encryption_mode == "CSE-KMS"
    )
    error_message = "Objects, logs and bookmarks are encrypted with the key."
  }

  assert {
    condition     = output.profile.LAKEHOUSE_GLUE_IDLE_MINUTES == "10" && output.profile.LAKEHOUSE_GLUE_WORKERS == "2" && output.profile.LAKEHOUSE_GLUE_WORKER_TYPE == "G.1X"
    error_message = "The profile gets the size of a session."
  }
}

run "session_that_never_waits_is_refused" {
  command = plan

  variables {
    idle_minutes = 0
  }

  expect_failures = [var.idle_minutes]
}

run "one_worker_is_refused" {
  command = plan

  variables {
    worker = { count = 1 }
  }

  expect_failures = [var.worker]
}
