variable "alert_email" {
  description = "Address that gets notices, after it confirmed once (null: nobody subscribes)."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+$", coalesce(var.alert_email, "a@b")))
    error_message = "alert_email is one e-mail address."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key for notices."
  type        = string
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "Cost of the account per month, in US dollars, above which a notice is sent."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd is more than 0."
  }
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}

variable "scanned_gib_per_hour" {
  description = "GiB that all queries of a workgroup may scan in an hour before a notice is sent."
  type        = number
  default     = 200
  nullable    = false
}

variable "watched" {
  description = "What the alarms look at."
  type = object({
    dead_letter_queue = string
    function          = string
    state_machine_arn = string
    workgroups        = map(string)
  })
  nullable = false
}
