variable "backup_days" {
  description = "Days that backups are kept, 1 to 35."
  type        = number
  default     = 7
  nullable    = false
}

variable "database_name" {
  description = "Name of the database that holds the published tables."
  type        = string
  default     = "lakehouse"
  nullable    = false
}

variable "engine_version" {
  description = "Major version of Aurora PostgreSQL: RDS chooses the minor one, and raises it by itself."
  type        = string
  default     = "16"
  nullable    = false

  validation {
    condition     = can(regex("^1[6-9]$", var.engine_version))
    error_message = "engine_version is a major version, 16 or newer: a minor one would be a downgrade after the first automatic upgrade, and older ones never scale to zero or lack a year of support."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key for storage, secret, logs and insights."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that database logs are kept."
  type        = number
  nullable    = false
}

variable "max_capacity" {
  description = "Most capacity, in Aurora capacity units (about 2 GiB each)."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.max_capacity >= 1 && var.max_capacity <= 256
    error_message = "max_capacity lies between 1 and 256 Aurora capacity units."
  }
}

variable "network" {
  description = "Where the cluster lives, and the security group of its clients."
  type = object({
    client_security_group_id = string
    subnet_ids               = list(string)
    vpc_id                   = string
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "network: Aurora needs subnets in at least two zones."
  }
}

variable "port" {
  description = "TCP port of the cluster."
  type        = number
  default     = 5432
  nullable    = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}
