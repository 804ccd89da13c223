variable "build_minutes" {
  description = "Minutes that a build may take: another one that waits for its turn is patient for longer."
  type        = number
  default     = 120
  nullable    = false
}

variable "bundle_path" {
  description = "Path of the function's zip, written by scripts/bundle.py."
  type        = string
  nullable    = false
}

variable "dead_letter_days" {
  description = "Days that a lost start is kept, 1 to 14."
  type        = number
  default     = 14
  nullable    = false
}

variable "extracts_at_once" {
  description = "Most extractions that run side by side. All builds of one size share the account's quota of them, which may be 1 in a new account: more wait for their turn."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.extracts_at_once >= 1 && var.extracts_at_once <= 40 && floor(var.extracts_at_once) == var.extracts_at_once
    error_message = "extracts_at_once is a whole number from 1 to 40: Step Functions runs no more of a Map inside a workflow."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key for the function, the queue, schedules and logs."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
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

variable "private_sources" {
  description = "Sources that the project extract-private extracts: <domain>.<entity>, or a <domain> with all its entities."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for source in var.private_sources : can(regex("^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$", source))])
    error_message = "private_sources: a source is named <domain>.<entity>, or <domain> for all of its entities."
  }
}

variable "project_names" {
  description = "Name of the CodeBuild project of each step: extract, maintain, publish, transform."
  type        = map(string)
  nullable    = false
}

variable "publishes" {
  description = "Whether a run publishes to a database; false while none is switched on."
  type        = bool
  default     = false
  nullable    = false
}

variable "schedules" {
  description = <<-EOT
    Schedules by name, which is the first part of the execution's name: expression in UTC, the sources that are
    extracted, and the step that writes the tables then: `transform` builds them, `maintain` compacts them and lets old
    snapshots expire, `-` is neither.
  EOT
  type = map(object({
    expression = string
    extracts   = list(string)
    step       = optional(string, "transform")
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.schedules) : can(regex("^[a-z][a-z0-9-]{0,40}$", name))])
    error_message = "schedules: a schedule is named in lower case, with letters, digits and hyphens, at most 41 characters."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : can(regex("^(cron|rate)\\(.+\\)$", schedule.expression))])
    error_message = "schedules: an expression is cron(…) or rate(…)."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : contains(["transform", "maintain", "-"], schedule.step)])
    error_message = "schedules: a step is transform, maintain or - (neither)."
  }
}

variable "schedules_enabled" {
  description = "Whether the schedules start runs; false keeps them for later."
  type        = bool
  default     = true
  nullable    = false
}

variable "topic_arn" {
  description = "ARN of the topic for notices."
  type        = string
  nullable    = false
}

variable "trigger" {
  description = "New objects that start the workflow: their bucket and prefixes, each <source>/."
  type = object({
    bucket   = string
    prefixes = set(string)
  })
  nullable = false

  validation {
    condition     = length(var.trigger.prefixes) > 0 && alltrue([for prefix in var.trigger.prefixes : can(regex("^[a-z][a-z0-9_]*/", prefix))])
    error_message = "trigger: a prefix begins with the source's name and a slash; the function reads the source from it."
  }
}
