data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name

  # Days are null where objects are kept: raw is append-only, curated and artifacts are rewritten by
  # their owners. Old versions of curated go soon, because every compaction makes some.
  rules = {
    for zone, rule in {
      artifacts = { expire_days = null, noncurrent_days = var.retention_days.artifacts, sends_events = false }
      curated   = { expire_days = null, noncurrent_days = var.retention_days.curated, sends_events = false }
      logs      = { expire_days = var.retention_days.access_logs, noncurrent_days = 7, sends_events = false }
      raw       = { expire_days = null, noncurrent_days = var.retention_days.raw, sends_events = true }
      results   = { expire_days = var.retention_days.results, noncurrent_days = 1, sends_events = false }
      transient = { expire_days = var.retention_days.transient, noncurrent_days = 7, sends_events = true }
    } : zone => rule if !contains(keys(var.existing_buckets), zone)
  }

  kms_key_arn = coalesce(var.kms_key_arn, one(aws_kms_key.this[*].arn))

  # Bucket names are one name space for all accounts: the account id keeps them unique without chance.
  names = { for bucket in keys(local.rules) : bucket => "${var.prefix}-${local.account_id}-${bucket}" }
}

resource "aws_s3_bucket" "this" {
  for_each = local.rules

  bucket        = local.names[each.key]
  force_destroy = var.destroy_data
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    # Server access logs cannot be delivered to a bucket whose default is a customer's key.
    bucket_key_enabled = each.key != "logs"

    apply_server_side_encryption_by_default {
      kms_master_key_id = each.key == "logs" ? null : local.kms_key_arn
      sse_algorithm     = each.key == "logs" ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.rules

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "end-of-life"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }

    noncurrent_version_expiration {
      noncurrent_days = each.value.noncurrent_days
    }

    # Where current objects stay, a deletion leaves a marker that outlives every version of the object.
    expiration {
      days                         = each.value.expire_days
      expired_object_delete_marker = each.value.expire_days == null ? true : null
    }
  }

  # A reading removes what Athena unloaded for it; this is for one that was killed.
  dynamic "rule" {
    for_each = each.key == "results" ? ["athena/unload/"] : []

    content {
      id     = "unloaded"
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = 1
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each = { for bucket, rule in local.rules : bucket => rule if bucket != "logs" }

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "s3/${each.key}/"
}

# To EventBridge and not straight to a function: who listens is the listener's business.
resource "aws_s3_bucket_notification" "this" {
  for_each = { for bucket, rule in local.rules : bucket => rule if rule.sends_events }

  bucket      = aws_s3_bucket.this[each.key].id
  eventbridge = true
}
