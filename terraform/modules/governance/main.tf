locals {
  classes = ["internal", "personal", "public", "sensitive"]

  # What nobody classed is hidden: a mart between its making and its tags, a new column, a model's inner table.
  default_class = "sensitive"

  # Who may see which classes; personal and sensitive columns reach only the builder.
  readers = {
    builder = { principal = var.builder_role_arns, classes = local.classes }
    reader  = { principal = [var.reader_role_arn], classes = ["internal", "public"] }
  }

  grants = merge([
    for kind, settings in local.readers : {
      for position, principal in settings.principal : "${kind}-${position}" => { principal = principal, classes = settings.classes }
    }
  ]...)

  # One assignment per table and class that departs from the database's default.
  assignments = merge([
    for table, columns in var.raw_columns : {
      for class in distinct([for class in values(columns) : class if class != local.default_class]) :
      "${table}/${class}" => {
        database = var.databases[split("/", table)[0]]
        table    = split("/", table)[1]
        class    = class
        columns  = sort([for column, column_class in columns : column if column_class == class])
      }
    }
  ]...)
}

# Tags can be made and given only by an administrator of Lake Formation. Named and not taken from whoever
# applies: a plan by another identity would change the list. It is the account's whole list.
resource "aws_lakeformation_data_lake_settings" "this" {
  admins = distinct(var.administrators)
}

resource "aws_lakeformation_lf_tag" "class" {
  key    = "${var.prefix}-class"
  values = local.classes

  depends_on = [aws_lakeformation_data_lake_settings.this]
}

resource "aws_lakeformation_resource_lf_tag" "database" {
  for_each = toset(values(var.databases))

  database {
    name = each.value
  }

  lf_tag {
    key   = aws_lakeformation_lf_tag.class.key
    value = local.default_class
  }
}

resource "aws_lakeformation_resource_lf_tags" "columns" {
  for_each = local.assignments

  table_with_columns {
    database_name = each.value.database
    name          = each.value.table
    column_names  = each.value.columns
  }

  lf_tag {
    key   = aws_lakeformation_lf_tag.class.key
    value = each.value.class
  }
}

resource "aws_lakeformation_permissions" "tables" {
  for_each = local.grants

  principal   = each.value.principal
  permissions = ["DESCRIBE", "SELECT"]

  lf_tag_policy {
    resource_type = "TABLE"

    expression {
      key    = aws_lakeformation_lf_tag.class.key
      values = each.value.classes
    }
  }
}

# Who builds marts gives their columns these tags.
resource "aws_lakeformation_permissions" "tags" {
  for_each = { for key, grant in local.grants : key => grant if startswith(key, "builder-") }

  principal   = each.value.principal
  permissions = ["ASSOCIATE", "DESCRIBE"]

  lf_tag {
    key    = aws_lakeformation_lf_tag.class.key
    values = local.classes
  }
}
