mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix = "lakehouse-dev"
}

run "six_buckets_are_named_and_closed" {
  assert {
    condition     = jsonencode(output.buckets) == jsonencode({ for zone in ["artifacts", "curated", "logs", "raw", "results", "transient"] : zone => "lakehouse-dev-123456789012-${zone}" })
    error_message = "Buckets are named <prefix>-<account>-<zone>."
  }

  assert {
    condition = alltrue([
      for block in values(aws_s3_bucket_public_access_block.this) :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ]) && length(aws_s3_bucket_public_access_block.this) == 6
    error_message = "Every bucket blocks public access in all four ways."
  }

  assert {
    condition     = alltrue([for versioning in values(aws_s3_bucket_versioning.this) : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "Every bucket keeps versions."
  }

  assert {
    condition = alltrue([
      for zone, encryption in aws_s3_bucket_server_side_encryption_configuration.this :
      one(encryption.rule).apply_server_side_encryption_by_default[0].sse_algorithm == (zone == "logs" ? "AES256" : "aws:kms")
    ])
    error_message = "Every bucket but logs is encrypted with the key."
  }

  assert {
    condition = alltrue([
      for policy in values(aws_s3_bucket_policy.this) : anytrue([
        for statement in jsondecode(policy.policy).Statement :
        statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" && length(statement.Resource) == 2
      ])
    ])
    error_message = "Every bucket refuses requests without TLS, for itself and its objects."
  }

  assert {
    condition     = keys(aws_s3_bucket_notification.this) == ["raw", "transient"]
    error_message = "Raw and transient tell of new objects."
  }

  assert {
    condition     = keys(aws_s3_bucket_logging.this) == ["artifacts", "curated", "raw", "results", "transient"]
    error_message = "Every bucket but logs itself is logged."
  }
}

run "data_is_kept_unless_asked" {
  assert {
    condition     = alltrue([for bucket in values(aws_s3_bucket.this) : bucket.force_destroy == false])
    error_message = "By default a bucket with objects survives a destroy."
  }

  assert {
    condition = alltrue([
      for zone in ["artifacts", "curated", "raw"] : coalesce(aws_s3_bucket_lifecycle_configuration.this[zone].rule[0].expiration[0].days, 0) == 0 && aws_s3_bucket_lifecycle_configuration.this[zone].rule[0].expiration[0].expired_object_delete_marker
    ])
    error_message = "Nothing current expires in artifacts, curated and raw, but what is left of deletions does."
  }

  assert {
    condition = [
      for zone, rules in aws_s3_bucket_lifecycle_configuration.this : [
        for rule in rules.rule : "${zone}/${rule.filter[0].prefix} ${rule.expiration[0].days}" if rule.id == "unloaded"
      ]
    ] == [[], [], [], [], ["results/athena/unload/ 1"], []]
    error_message = "What a reader that was killed left of unloaded rows goes after a day."
  }
}

run "data_goes_when_asked" {
  variables {
    destroy_data = true
  }

  assert {
    condition     = alltrue([for bucket in values(aws_s3_bucket.this) : bucket.force_destroy])
    error_message = "destroy_data empties every bucket."
  }
}

run "what_exists_is_used_and_left_alone" {
  variables {
    existing_buckets = { raw = "data-of-somebody" }
    kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/of-somebody"
  }

  assert {
    condition     = output.buckets.raw == "data-of-somebody" && output.kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/of-somebody"
    error_message = "What was brought along is what others get."
  }

  assert {
    condition     = length(aws_kms_key.this) + length(aws_kms_alias.this) == 0 && !contains(keys(merge(aws_s3_bucket.this, aws_s3_bucket_policy.this, aws_s3_bucket_notification.this, aws_s3_bucket_lifecycle_configuration.this)), "raw")
    error_message = "Nothing is made on it."
  }
}

run "existing_bucket_of_results_is_refused" {
  command = plan

  variables {
    existing_buckets = { results = "data-of-somebody" }
  }

  expect_failures = [var.existing_buckets]
}

run "alias_of_a_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = "alias/lakehouse-dev"
  }

  expect_failures = [var.kms_key_arn]
}

run "prefix_in_capitals_is_refused" {
  command = plan

  variables {
    prefix = "Lakehouse-Dev"
  }

  expect_failures = [var.prefix]
}

run "prefix_too_long_for_a_bucket_is_refused" {
  command = plan

  variables {
    prefix = "a-name-of-more-than-thirty-letters"
  }

  expect_failures = [var.prefix]
}

run "raw_without_old_versions_is_refused" {
  command = plan

  variables {
    retention_days = { raw = 1 }
  }

  expect_failures = [var.retention_days]
}
