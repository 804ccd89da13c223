variable "artifacts_bucket" {
  description = "Name of the bucket with source/lakehouse.zip and wheels/."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key for sources and logs."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that build logs are kept."
  type        = number
  nullable    = false
}

variable "metrics_namespace" {
  description = "Namespace of CloudWatch into which transform writes how long ago each source delivered."
  type        = string
  default     = "lakehouse"
  nullable    = false
}

variable "network" {
  description = "Where the step publish runs, so that it reaches a database (null: outside of any network)."
  type = object({
    security_group_id = string
    subnet_ids        = list(string)
    vpc_id            = string
  })
  default = null
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}

variable "private_network" {
  description = <<-EOT
    Network in which sources lie that the internet does not reach, with private subnets and the ports that sources
    listen on besides 443 (null: there are none). Its routes, to the sources and to AWS, are its owner's.
  EOT
  type = object({
    ports      = optional(list(number), [5432])
    subnet_ids = list(string)
    vpc_id     = string
  })
  default = null

  validation {
    condition     = alltrue([for network in var.private_network[*] : length(network.subnet_ids) > 0 && startswith(network.vpc_id, "vpc-") && alltrue([for id in network.subnet_ids : startswith(id, "subnet-")])])
    error_message = "private_network names a network, vpc-…, and at least one private subnet of it, subnet-…."
  }
}

variable "profile" {
  description = "Values of the dbt profile, as environment variables."
  type        = map(string)
  nullable    = false
}

variable "published_databases" {
  description = "What publication must know of the databases, as environment variables; empty: none is switched on."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "role_arns" {
  description = "ARN of the role of each step: extract, maintain, publish, transform."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for step in ["extract", "maintain", "publish", "transform"] : contains(keys(var.role_arns), step)])
    error_message = "role_arns names a role for each of extract, maintain, publish and transform."
  }
}

variable "role_names" {
  description = "Name of the role of each step, as in role_arns."
  type        = map(string)
  nullable    = false
}

variable "snapshot_days" {
  description = "Days after which maintain lets snapshots of a table expire, and removes files that none names."
  type        = number
  default     = 7
  nullable    = false
}

variable "sources" {
  description = "Where extraction finds sources, as environment variables: addresses, ARNs of secrets, files of authorities."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.sources) : can(regex("^LAKEHOUSE_[A-Z0-9_]+$", name))])
    error_message = "sources: a setting of a source is named LAKEHOUSE_<DOMAIN>_<ENTITY>, as config.meta.extract declares it."
  }
}

variable "timeout_minutes" {
  description = "Minutes after which a build is stopped."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.timeout_minutes >= 5 && var.timeout_minutes <= 480
    error_message = "timeout_minutes lies between 5 and 480."
  }
}
