variable "alert_email" {
  description = "Address that gets notices of failures and cost (null: nobody)."
  type        = string
  default     = null
}

variable "databases" {
  description = "Glue database of a domain where it is not <prefix>_<domain>, such as { market = \"default\" }."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "destroy_data" {
  description = "Whether a destroy may delete buckets that still hold objects."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_access_host" {
  description = "Whether a person can reach Aurora through a small host; see the README of network."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.enable_access_host || var.enable_aurora
    error_message = "enable_access_host leads to Aurora: switch enable_aurora on too."
  }
}

variable "enable_aurora" {
  description = "Whether Aurora PostgreSQL exists; it costs while idle."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_governance" {
  description = "Whether Lake Formation tags columns by class; replaces the account's list of its administrators."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_redshift" {
  description = "Whether Redshift Serverless exists; it costs per query and for storage."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_schedules" {
  description = "Whether the workflow runs by its schedules: switch on when a run by hand has succeeded."
  type        = bool
  default     = false
  nullable    = false
}

variable "environment" {
  description = "Environment: second part of every name, and the GitHub environment that may deploy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,8}$", var.environment))
    error_message = "environment is one short lower-case word, such as dev."
  }
}

variable "github_repository" {
  description = "GitHub repository that may plan and deploy, <owner>/<name>."
  type        = string
  nullable    = false
}

variable "lake_administrators" {
  description = "ARNs of administrators of Lake Formation beside ci-deploy, such as a person's who switches governance on."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "Cost of the account per month, in US dollars, above which a notice is sent."
  type        = number
  default     = 50
  nullable    = false
}

variable "project_name" {
  description = "First part of every name."
  type        = string
  default     = "lakehouse"
  nullable    = false
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "sources" {
  description = "Where extraction finds sources, by the setting that the sources YAML names, such as { LAKEHOUSE_RETAIL_VENDA = \"arn:…\" }: addresses, and ARNs of secrets below <project>-<environment>/source/."
  type        = map(string)
  default     = {}
  nullable    = false
}
