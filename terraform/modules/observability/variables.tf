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

variable "metrics_namespace" {
  description = "Namespace of CloudWatch into which builds write how long ago each source delivered."
  type        = string
  default     = "lakehouse"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/#-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "metrics_namespace has letters, digits and . - _ / #, and does not begin with AWS/."
  }
}

variable "monthly_budget_usd" {
  description = "Cost per month of what bears the tag deployment = <prefix>, in US dollars, above which a notice is sent."
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

variable "silence" {
  description = <<-EOT
    What must not fall silent (null: the workflow runs only when somebody starts it): the build project of its last
    step, which must succeed every 26 hours, and the days after which each source, <domain>.<entity>, is late.
  EOT
  type = object({
    last_project = string
    rhythm_days  = map(number)
  })
  default = null

  validation {
    condition     = alltrue([for days in values(try(var.silence.rhythm_days, {})) : days >= 1 && days == floor(days)])
    error_message = "silence: a rhythm is a whole number of days, at least one."
  }
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
