variable "data_policy_arn" {
  description = "ARN of the policy that lets a builder read raw and write curated tables."
  type        = string
  nullable    = false
}

variable "idle_minutes" {
  description = "Minutes after which a session that nobody asks ends; they are paid."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.idle_minutes >= 1 && var.idle_minutes <= 2880 && floor(var.idle_minutes) == var.idle_minutes
    error_message = "idle_minutes (glue.idle_minutes) is a whole number from 1 to 2880."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key for logs, bookmarks and objects written by a session."
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
    error_message = "worker (glue.workers, glue.worker_type): a session has at least 2 workers of the type G.1X, G.2X, G.4X or G.8X."
  }
}
