variable "buckets" {
  description = "Bucket name of each zone: artifacts, curated, raw, results, transient at least."
  type        = map(string)
  nullable    = false
}

variable "databases" {
  description = "Glue database of each domain."
  type        = map(string)
  nullable    = false
}

variable "databases_published" {
  description = "What publication writes to: the secret of Aurora, the workgroup of Redshift (null: switched off)."
  type = object({
    aurora_secret_arn      = optional(string)
    redshift_workgroup_arn = optional(string)
  })
  default  = {}
  nullable = false
}

variable "environment" {
  description = "Environment, which is also the protected GitHub environment that may deploy."
  type        = string
  nullable    = false
}

variable "github_repository" {
  description = "GitHub repository that may plan and deploy, <owner>/<name>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository is <owner>/<name>, without patterns."
  }
}

variable "gives_tags" {
  description = "Whether the transformer gives Lake Formation tags to the marts it makes."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key of all data."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}

variable "raw_tables" {
  description = "Names of the raw tables of each domain."
  type        = map(list(string))
  nullable    = false
}

variable "state_bucket" {
  description = "Name of the bucket that keeps Terraform's state."
  type        = string
  nullable    = false
}

variable "workgroup" {
  description = "Name of the Athena workgroup."
  type        = string
  nullable    = false
}
