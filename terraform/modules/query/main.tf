locals {
  workgroup = replace(var.prefix, "-", "_")
}

resource "aws_athena_workgroup" "this" {
  name        = local.workgroup
  description = "Queries of ${var.prefix}: dbt, readers, publication."

  # History of queries is not data: it must not keep the environment from being destroyed.
  force_destroy = true

  configuration {
    bytes_scanned_cutoff_per_query     = var.scan_limit_gib * pow(1024, 3)
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location = "s3://${var.results_bucket}/athena/"

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each = var.named_queries

  name        = each.key
  description = each.value.description
  workgroup   = aws_athena_workgroup.this.name
  database    = each.value.database
  query       = each.value.query
}
