variable "brought_along" {
  description = "What was not made here and Terraform from CI leaves alone: whether the key, and the zones of buckets."
  type = object({
    key   = optional(bool, false)
    zones = optional(set(string), [])
  })
  default  = {}
  nullable = false
}

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
    error_message = "github_repository is <owner>/<name>, without patterns and ids."
  }
}

variable "github_repository_ids" {
  description = "Numeric ids of the repository and its owner, for tokens that carry them (null: names only)."
  type = object({
    owner      = number
    repository = number
  })
  default = null

  validation {
    condition     = alltrue([for ids in var.github_repository_ids[*] : ids.owner >= 1 && ids.repository >= 1 && floor(ids.owner) == ids.owner && floor(ids.repository) == ids.repository])
    error_message = "github_repository_ids are the whole numbers that GitHub gives the owner and the repository."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key of all data."
  type        = string
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds every role (null: none)."
  type        = string
  default     = null
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

variable "readable_marts" {
  description = "Names of the marts of each domain in which every column is public or internal: the reader's."
  type        = map(list(string))
  nullable    = false
}

variable "state_bucket" {
  description = "Name of the bucket that keeps Terraform's state."
  type        = string
  nullable    = false
}

variable "workgroups" {
  description = "Athena workgroups of builder, reader and reader-personal: name, and the folder of their results."
  type = map(object({
    name           = string
    results_folder = string
  }))
  nullable = false

  validation {
    condition     = toset(keys(var.workgroups)) == toset(["builder", "reader", "reader-personal"])
    error_message = "workgroups names those of builder, reader and reader-personal."
  }

  validation {
    condition     = length(distinct(values(var.workgroups)[*].results_folder)) == length(var.workgroups)
    error_message = "workgroups have a results_folder each: in a shared one a reader finds what others asked."
  }
}
