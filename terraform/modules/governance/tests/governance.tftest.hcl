mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix            = "lakehouse-dev"
  administrators    = ["arn:aws:iam::123456789012:role/lakehouse-dev-ci-deploy"]
  builder_role_arns = ["arn:aws:iam::123456789012:role/lakehouse-dev-transformer"]
  databases         = { shop = "lakehouse_dev_shop" }
  raw_columns       = { "shop/sale" = { buyer_name = "personal", sale_id = "internal" } }
  reader_role_arn   = "arn:aws:iam::123456789012:role/lakehouse-dev-reader"
}

run "columns_are_tagged_by_class" {
  assert {
    condition     = { for key, tags in aws_lakeformation_resource_lf_tags.columns : key => tags.table_with_columns[0].column_names } == { "shop/sale/internal" = toset(["sale_id"]), "shop/sale/personal" = toset(["buyer_name"]) }
    error_message = "Every column carries its class."
  }

  assert {
    condition     = alltrue([for tag in values(aws_lakeformation_resource_lf_tag.database) : one(tag.lf_tag).value == "sensitive"])
    error_message = "What nobody classed is hidden from the reader."
  }

  assert {
    condition     = tolist([for grant in values(aws_lakeformation_permissions.tags) : grant.principal]) == var.builder_role_arns
    error_message = "Builders, and nobody else, give tags to the tables that they make."
  }

  assert {
    condition = {
      for grant in values(aws_lakeformation_permissions.tables) : grant.principal => one([for expression in grant.lf_tag_policy[0].expression : expression.values])
      } == {
      "arn:aws:iam::123456789012:role/lakehouse-dev-reader"      = toset(["internal", "public"])
      "arn:aws:iam::123456789012:role/lakehouse-dev-transformer" = toset(["internal", "personal", "public", "sensitive"])
    }
    error_message = "The reader sees neither personal nor sensitive columns."
  }

  assert {
    condition     = tolist(aws_lakeformation_data_lake_settings.this.admins) == tolist(var.administrators)
    error_message = "The list of administrators depends on what is named, not on who applies."
  }
}

run "nobody_who_could_make_tags_is_refused" {
  command = plan

  variables {
    administrators = []
  }

  expect_failures = [var.administrators]
}

run "unknown_class_is_refused" {
  command = plan

  variables {
    raw_columns = { "shop/sale" = { buyer_name = "private" } }
  }

  expect_failures = [var.raw_columns]
}
