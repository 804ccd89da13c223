output "databases" {
  description = "Glue database of each domain."
  value       = local.databases
}

output "profile_database" {
  description = "Glue database that the dbt profile names as its schema."
  value       = aws_glue_catalog_database.profile.name
}

output "raw_tables" {
  description = "Names of the raw tables of each domain, as the dbt sources YAML declares them."
  value = {
    for domain in keys(var.domains) :
    domain => sort([for table in values(aws_glue_catalog_table.raw) : table.name if table.database_name == local.databases[domain]])
  }
}
