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

variable "excluded_zone_ids" {
  description = "Ids of zones in which Redshift Serverless or the endpoints do not exist; those of other regions do no harm."
  type        = list(string)
  default     = ["apne1-az3", "cac1-az3", "use1-az3", "usw1-az2"]
  nullable    = false
}

variable "existing" {
  description = "A network that exists, with private subnets one per zone: nothing but security groups is made in it, its ways to AWS are its owner's (null: one is made)."
  type = object({
    subnet_ids = list(string)
    vpc_id     = string
  })
  default = null

  validation {
    condition     = alltrue([for network in var.existing[*] : length(distinct(network.subnet_ids)) >= 2 && startswith(network.vpc_id, "vpc-") && alltrue([for id in network.subnet_ids : startswith(id, "subnet-")])])
    error_message = "existing (existing_network) names a network, vpc-…, and private subnets of it, subnet-…, in at least two zones."
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

variable "zones_needed" {
  description = "Fewest zones that the databases need: 2 for Aurora, 3 for Redshift Serverless. Three are used where there are three."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zones_needed)
    error_message = "zones_needed is 2 or 3."
  }
}
