mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix     = "lakehouse-dev"
  raw_bucket = "lakehouse-dev-123456789012-raw"
  domains = {
    quality = {}
    shop    = { sources_file = "tests/fixtures/shop_sources.yml" }
  }
}

run "raw_tables_come_from_the_sources_file" {
  assert {
    condition     = output.databases == { quality = "lakehouse_dev_quality", shop = "lakehouse_dev_shop" }
    error_message = "A database is <prefix>_<domain>, with underscores."
  }

  assert {
    condition     = jsonencode(output.raw_tables) == jsonencode({ quality = [], shop = ["sale"] })
    error_message = "Only tables of the domain's own source become raw tables."
  }

  assert {
    condition = [for column in aws_glue_catalog_table.raw["shop/sale"].storage_descriptor[0].columns : "${column.name} ${column.type}"] == [
      "sale_id string", "buyer_name string", "recorded_at string", "source_row bigint",
    ]
    error_message = "Columns keep their order and types, without the partition."
  }

  assert {
    condition     = [for key in aws_glue_catalog_table.raw["shop/sale"].partition_keys : "${key.name} ${key.type}"] == ["ingest_date string"]
    error_message = "The partition key is ingest_date, as text."
  }

  assert {
    condition     = aws_glue_catalog_table.raw["shop/sale"].storage_descriptor[0].location == "s3://lakehouse-dev-123456789012-raw/shop/sale/"
    error_message = "A raw table lies at <raw>/<domain>/<entity>/."
  }

  assert {
    condition     = length([for name in keys(aws_glue_catalog_table.raw["shop/sale"].parameters) : name if startswith(name, "projection.")]) == 0
    error_message = "No projection: Spark sees registered partitions only."
  }

  assert {
    condition     = output.profile_database == "lakehouse_dev"
    error_message = "The schema of the dbt profile exists, with underscores."
  }
}

run "existing_default_is_used_and_not_made" {
  variables {
    domains = {
      shop = { database = "default", sources_file = "tests/fixtures/shop_sources.yml" }
    }
  }

  assert {
    condition     = length(aws_glue_catalog_database.this) == 0 && aws_glue_catalog_table.raw["shop/sale"].database_name == "default"
    error_message = "default is the account's: tables go there, the database is not managed."
  }
}

run "database_with_a_hyphen_is_refused" {
  command = plan

  variables {
    domains = { shop = { database = "my-shop" } }
  }

  expect_failures = [var.domains]
}

run "table_without_partition_is_refused" {
  command = plan

  variables {
    domains = { shop = { sources_file = "tests/fixtures/no_partition_sources.yml" } }
  }

  expect_failures = [aws_glue_catalog_table.raw]
}
