variable "destroy_data" {
  description = "Whether a destroy may delete buckets that still hold objects."
  type        = bool
  default     = false
  nullable    = false
}

variable "existing_buckets" {
  description = "Names of buckets that exist and hold raw or transient; nothing is made on them."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for zone in keys(var.existing_buckets) : contains(["raw", "transient"], zone)])
    error_message = "existing_buckets names buckets for raw and transient only: the others are written by services that need policies of their own."
  }
}

variable "kms_key_arn" {
  description = "ARN of a key that exists and has the statements of the output key_policy (null: one is made)."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", coalesce(var.kms_key_arn, "arn:aws:kms:us-east-1:123456789012:key/1")))
    error_message = "kms_key_arn is the ARN of a key, arn:…:key/…: not its id, not an alias."
  }
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.prefix)) && length(var.prefix) <= 30
    error_message = "prefix (project_name, a hyphen and environment) is lower-case words joined by hyphens, at most 30 characters: bucket names end at 63."
  }
}

variable "retention_days" {
  description = "Days that objects are kept: of artifacts, curated and raw their old versions, of the others the objects themselves."
  type = object({
    access_logs = optional(number, 365)
    artifacts   = optional(number, 30)
    curated     = optional(number, 7)
    raw         = optional(number, 90)
    results     = optional(number, 14)
    transient   = optional(number, 90)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for days in values(var.retention_days) : days >= 1 && days == floor(days)])
    error_message = "retention_days are whole days, at least one."
  }

  validation {
    condition     = var.retention_days.raw >= 7
    error_message = "retention_days: old versions of raw are what a deletion is undone from, so they stay for a week at least."
  }
}
