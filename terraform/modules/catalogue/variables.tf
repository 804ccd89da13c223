variable "domains" {
  description = <<-EOT
    Domains by name. `sources_file` is the path of the dbt sources YAML that declares the raw tables (null: the
    domain has none). `database` is the Glue database (null: <prefix>_<domain>); an existing `default` is used as
    it is, and neither created nor destroyed.
  EOT
  type = map(object({
    database     = optional(string)
    sources_file = optional(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.domains) : can(regex("^[a-z][a-z0-9_]*$", name))])
    error_message = "domains: a domain is named in lower case, with letters, digits and underscores."
  }

  validation {
    condition = alltrue([
      for settings in values(var.domains) : can(regex("^[a-z0-9_]{1,128}$", coalesce(settings.database, "ok")))
    ])
    error_message = "domains: a Glue database is named in lower case, with letters, digits and underscores; Athena reads no other."
  }
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>; hyphens become underscores."
  type        = string
  nullable    = false
}

variable "raw_bucket" {
  description = "Name of the bucket that holds <domain>/<entity>/ingest_date=YYYY-MM-DD/."
  type        = string
  nullable    = false
}
