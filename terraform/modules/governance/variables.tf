variable "administrators" {
  description = "ARNs of all administrators of Lake Formation in the account; whoever applies this is one of them."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.administrators) > 0
    error_message = "administrators names at least the identity that applies this: nobody else can make tags."
  }
}

variable "builder_role_arns" {
  description = "ARNs of the roles that build tables; they see every class."
  type        = list(string)
  nullable    = false
}

variable "databases" {
  description = "Glue database of each domain."
  type        = map(string)
  nullable    = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}

variable "raw_columns" {
  description = "Class of each column of each raw table: <domain>/<entity> => column => class."
  type        = map(map(string))
  nullable    = false

  validation {
    condition = alltrue(flatten([
      for columns in values(var.raw_columns) : [for class in values(columns) : contains(["internal", "personal", "public", "sensitive"], class)]
    ]))
    error_message = "A column's class is public, internal, personal or sensitive."
  }
}

variable "reader_role_arn" {
  description = "ARN of the role that reads; it sees public and internal columns."
  type        = string
  nullable    = false
}
