variable "access_host" {
  description = "Whether there is a small host through which a person forwards a port to a database."
  type        = bool
  default     = false
  nullable    = false
}

variable "cidr_block" {
  description = "IPv4 range of the network, between /16 and /25: eight equal parts, three of them used."
  type        = string
  default     = "10.64.0.0/20"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 3, 2)) && tonumber(split("/", var.cidr_block)[1]) >= 16 && tonumber(split("/", var.cidr_block)[1]) <= 25
    error_message = "cidr_block is an IPv4 range between /16 and /25."
  }
}

variable "interface_services" {
  description = "AWS services that are called from inside the network, such as logs; each costs while it exists."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the key for flow logs."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
  nullable    = false
}

variable "prefix" {
  description = "First part of every name, <project>-<environment>."
  type        = string
  nullable    = false
}
