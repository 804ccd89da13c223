variable "base_capacity" {
  description = "Redshift processing units a query starts with; 8 is the least."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.base_capacity >= 8 && var.base_capacity % 8 == 0
    error_message = "base_capacity is a multiple of 8, at least 8."
  }
}

variable "daily_rpu_hours" {
  description = "RPU hours per day after which the workgroup stops answering."
  type        = number
  default     = 8
  nullable    = false
}

variable "database_name" {
  description = "Name of the database that holds the published schemas."
  type        = string
  default     = "lakehouse"
  nullable    = false
}

variable "export_bucket" {
  description = "Name of the bucket from which COPY reads, below publish/."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key for storage, secret and exports."
  type        = string
  nullable    = false
}

variable "max_capacity" {
  description = "Most Redshift processing units a query may grow to."
  type        = number
  default     = 16
  nullable    = false
}

variable "network" {
  description = "Where the workgroup lives, the security group of its clients, and the prefix list of S3."
  type = object({
    client_security_group_id = string
    s3_prefix_list_id        = string
    subnet_ids               = list(string)
    vpc_id                   = string
  })
  nullable = false

  validation {
    condition     = length(var.network.subnet_ids) >= 3
    error_message = "network: Redshift Serverless needs subnets in three zones."
  }
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

variable "publisher_role_name" {
  description = "Name of the role that publishes; it gets a login and may create in the schemas."
  type        = string
  nullable    = false
}

variable "reader_role" {
  description = "Role that may read what is published; it is given to whoever asks in Redshift."
  type        = string
  default     = "lakehouse_reader"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.reader_role))
    error_message = "reader_role is lower case, with letters, digits and underscores: the name becomes SQL."
  }
}

variable "schemas" {
  description = "Schemas that publication writes to."
  type        = set(string)
  default     = ["gold", "silver"]
  nullable    = false

  validation {
    condition     = alltrue([for schema in var.schemas : can(regex("^[a-z][a-z0-9_]*$", schema))])
    error_message = "schemas: a schema is named in lower case, with letters, digits and underscores; the name becomes SQL."
  }
}
