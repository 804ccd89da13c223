variable "data_policy_arn" {
  description = "ARN of the policy that lets a builder read raw and write curated tables."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key for logs, bookmarks and objects written by a session."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}

variable "worker" {
  description = "Size of a session: worker type and number of workers, the driver included."
  type = object({
    count = optional(number, 2)
    type  = optional(string, "G.1X")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["G.1X", "G.2X", "G.4X", "G.8X"], var.worker.type) && var.worker.count >= 2
    error_message = "A session has at least 2 workers of the type G.1X, G.2X, G.4X or G.8X."
  }
}
