locals {
  databases = {
    for domain, settings in var.domains :
    domain => coalesce(settings.database, "${replace(var.prefix, "-", "_")}_${domain}")
  }

  # `default` belongs to the account: it is used, never created and never deleted.
  created_databases = { for domain, database in local.databases : domain => database if database != "default" }

  source_tables = flatten([
    for domain, settings in var.domains : [
      for source in try(yamldecode(file(settings.sources_file)).sources, []) : [
        for table in source.tables : merge(table, { domain = domain }) if source.name == domain
      ]
    ] if settings.sources_file != null
  ])

  tables = {
    for table in local.source_tables : "${table.domain}/${table.name}" => {
      domain      = table.domain
      name        = table.name
      description = trimspace(table.description)
      columns = [
        for column in table.columns : column
        if tostring(try(column.config.meta.provenance, false)) != "partition"
      ]
      partition_keys = [
        for column in table.columns : column
        if tostring(try(column.config.meta.provenance, false)) == "partition"
      ]
    }
  }
}

# The schema that the dbt profile names. No table lies in it, but Athena and dbt-glue work in it and ask for it.
resource "aws_glue_catalog_database" "profile" {
  name        = replace(var.prefix, "-", "_")
  description = "Where statements of dbt run that name no other database; it stays empty."
}

resource "aws_glue_catalog_database" "this" {
  for_each = local.created_databases

  name        = each.value
  description = "Raw tables and models of the domain ${each.key}."
}

# No projection: Spark sees registered partitions only, and says nothing about the rest.
resource "aws_glue_catalog_table" "raw" {
  for_each = local.tables

  database_name = try(aws_glue_catalog_database.this[each.value.domain].name, local.databases[each.value.domain])
  name          = each.value.name
  description   = substr(replace(each.value.description, "\n", " "), 0, 2048)
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL       = "TRUE"
    classification = "parquet"
  }

  dynamic "partition_keys" {
    for_each = each.value.partition_keys

    content {
      name = partition_keys.value.name
      type = partition_keys.value.data_type
    }
  }

  storage_descriptor {
    location      = "s3://${var.raw_bucket}/${each.key}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"

    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.data_type
        # A doc block is dbt's to render; Glue takes at most 255 characters.
        comment = startswith(columns.value.description, "{{") ? null : substr(replace(trimspace(columns.value.description), "\n", " "), 0, 255)
      }
    }
  }

  lifecycle {
    precondition {
      condition     = length(each.value.partition_keys) == 1
      error_message = "${each.key}: a raw table has exactly one column with provenance: partition."
    }
  }
}
