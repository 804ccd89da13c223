variable "kms_key_arn" {
  description = "ARN of the key that encrypts results."
  type        = string
  nullable    = false
}

variable "named_queries" {
  description = "Saved queries by name: the database they run in, what they answer, and their SQL."
  type = map(object({
    database    = string
    description = string
    query       = string
  }))
  default  = {}
  nullable = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>; hyphens become underscores."
  type        = string
  nullable    = false
}

variable "results_bucket" {
  description = "Name of the bucket for query results, below athena/."
  type        = string
  nullable    = false
}

variable "scan_limit_gib" {
  description = "Bytes one query may scan, in GiB; Athena cancels it beyond."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.scan_limit_gib >= 1 && floor(var.scan_limit_gib) == var.scan_limit_gib
    error_message = "scan_limit_gib is a whole number of at least 1."
  }
}
