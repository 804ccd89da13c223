variable "creates_default_database" {
  description = "Whether to make the Glue database `default`; false where the region already has it."
  type        = bool
  default     = true
  nullable    = false
}

variable "creates_github_provider" {
  description = "Whether to register GitHub's tokens; false where the account already knows them."
  type        = bool
  default     = true
  nullable    = false
}

variable "project_name" {
  description = "First part of every name."
  type        = string
  default     = "lakehouse"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.project_name)) && length(var.project_name) <= 20
    error_message = "project_name is lower-case words joined by hyphens, at most 20 characters."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
  nullable    = false
}
