locals {
  # Results hold what was asked: those of one kind of asker lie where no other kind reads. Results stay where they are
  # in a query's history, so a workgroup is what keeps them apart.
  groups = {
    builder         = { suffix = "", folder = "athena", description = "dbt and publication" }
    reader          = { suffix = "_reader", folder = "reader", description = "people who ask the marts without personal columns" }
    reader-personal = { suffix = "_reader_personal", folder = "reader-personal", description = "people who ask all marts" }
  }
}

resource "aws_athena_workgroup" "this" {
  for_each = local.groups

  name        = "${replace(var.prefix, "-", "_")}${each.value.suffix}"
  description = "Queries of ${var.prefix}: ${each.value.description}."

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
      output_location = "s3://${var.results_bucket}/${each.value.folder}/"

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
  workgroup   = aws_athena_workgroup.this["builder"].name
  database    = each.value.database
  query       = each.value.query
}
