output "databases" {
  description = "Glue database of each domain."
  value       = local.databases
}

output "raw_columns" {
  description = "Class of each column of each raw table: <domain>/<entity> => column => class."
  value = {
    for key, table in local.tables :
    key => { for column in table.columns : column.name => try(column.config.meta.class, "internal") }
  }
}

output "raw_tables" {
  description = "Names of the raw tables of each domain, as the dbt sources YAML declares them."
  value = {
    for domain in keys(var.domains) :
    domain => sort([for table in values(aws_glue_catalog_table.raw) : table.name if table.database_name == local.databases[domain]])
  }
}
