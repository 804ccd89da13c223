variable "alert_email" {
  description = "Address that gets notices of failures and cost (null: nobody)."
  type        = string
  default     = null
}

variable "databases" {
  description = "Glue database of a domain where it is not <prefix>_<domain>, such as { market = \"default\" }."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for database in values(var.databases) : can(regex("^[a-z0-9_]{1,128}$", database))])
    error_message = "databases: a Glue database is named in lower case, with letters, digits and underscores; Athena reads no other, and no hyphen."
  }
}

variable "destroy_data" {
  description = "Whether a destroy may delete buckets that still hold objects."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_access_host" {
  description = "Whether a person can reach Aurora through a small host; see the README of network."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.enable_access_host || var.enable_aurora
    error_message = "enable_access_host leads to Aurora: switch enable_aurora on too."
  }
}

variable "enable_aurora" {
  description = "Whether Aurora PostgreSQL exists; it costs while idle."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_redshift" {
  description = "Whether Redshift Serverless exists; it costs per query and for storage."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_schedules" {
  description = "Whether the workflow runs by its schedules: switch on when a run by hand has succeeded."
  type        = bool
  default     = false
  nullable    = false
}

variable "environment" {
  description = "Environment: second part of every name, and the GitHub environment that may deploy."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,8}$", var.environment))
    error_message = "environment is one lower-case word of 2 to 9 letters and digits, such as dev."
  }
}

variable "excluded_zone_ids" {
  description = "Ids of zones in which Redshift Serverless or endpoints do not exist, such as [\"use1-az3\"] (null: those that are known)."
  type        = list(string)
  default     = null
}

variable "existing_buckets" {
  description = "Names of buckets that exist and hold raw or transient, such as { raw = \"…\" }: nothing is made on them; the README says what they must have."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "existing_network" {
  description = "Network that exists, with private subnets in three zones (two without Redshift), for databases and publication (null: one is made)."
  type = object({
    subnet_ids = list(string)
    vpc_id     = string
  })
  default = null
}

variable "extracts_at_once" {
  description = "Most extractions that run side by side; the account's quota of builds of their size may be smaller, then they wait."
  type        = number
  default     = 5
  nullable    = false
}

variable "github_repository" {
  description = "GitHub repository that may plan and deploy, <owner>/<name>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository is <owner>/<name> as GitHub writes it, without address, patterns and ids."
  }

  validation {
    condition     = var.github_repository != "owner/lakehouse"
    error_message = "github_repository is still the example owner/lakehouse, whose workflows could deploy here: put your own into terraform.tfvars."
  }
}

variable "github_repository_ids" {
  description = "Numeric ids of the repository and its owner, which tokens of newer repositories carry (null: names only); the README shows how to ask for them."
  type = object({
    owner      = number
    repository = number
  })
  default = null
}

variable "glue" {
  description = "Size of a Glue session: type and number of workers, the driver included, and the minutes after which an idle one ends."
  type = object({
    idle_minutes = optional(number, 10)
    worker_type  = optional(string, "G.1X")
    workers      = optional(number, 2)
  })
  default  = {}
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of a key that exists, whose policy has the statements of the output key_policy (null: one is made)."
  type        = string
  default     = null
}

variable "monthly_budget_usd" {
  description = "Cost of this environment per month, in US dollars, above which a notice is sent (null: twice what is computed, see the README)."
  type        = number
  default     = null
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds every role that is made (null: none)."
  type        = string
  default     = null

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", coalesce(var.permissions_boundary_arn, "arn:aws:iam::aws:policy/any")))
    error_message = "permissions_boundary_arn is the ARN of a managed policy, arn:…:policy/…."
  }
}

variable "private_network" {
  description = "Network in which the sources of private_sources lie: private subnets, and the ports besides 443 that sources listen on (null: there are none)."
  type = object({
    ports      = optional(list(number), [5432])
    subnet_ids = list(string)
    vpc_id     = string
  })
  default = null
}

variable "private_sources" {
  description = "Sources that are extracted from inside private_network: <domain>.<entity> where all sources of the domain are set, or a <domain> as a whole."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.private_sources) == 0 || var.private_network != null
    error_message = "private_sources are extracted from inside a network: name it as private_network."
  }

  validation {
    condition     = alltrue([for source in var.private_sources : contains(local.sources_of_extraction, source)])
    error_message = "private_sources: name a <domain>, or a <domain>.<entity> of a domain whose entities are extracted one by one, because all its settings are in sources."
  }
}

variable "project_name" {
  description = "First part of every name."
  type        = string
  default     = "lakehouse"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.project_name))
    error_message = "project_name is lower-case words joined by single hyphens."
  }

  validation {
    condition     = length(var.project_name) <= 20
    error_message = "project_name has at most 20 characters: with environment, account and zone a bucket's name ends at 63."
  }
}

variable "region" {
  description = "AWS region, also in backend.tf and where bootstrap was applied."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the code of an AWS region, such as us-east-1: not a zone, not a city."
  }
}

variable "retention_days" {
  description = "Days that things are kept; the README says of each what."
  type = object({
    access_logs    = optional(number, 365)
    artifacts      = optional(number, 30)
    aurora_backups = optional(number, 7)
    curated        = optional(number, 7)
    dead_letters   = optional(number, 14)
    logs           = optional(number, 365)
    raw            = optional(number, 90)
    results        = optional(number, 14)
    snapshots      = optional(number, 7)
    transient      = optional(number, 90)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days.logs)
    error_message = "retention_days: CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 days and for some terms of years."
  }

  validation {
    condition     = var.retention_days.dead_letters >= 1 && var.retention_days.dead_letters <= 14 && var.retention_days.aurora_backups >= 1 && var.retention_days.aurora_backups <= 35 && var.retention_days.snapshots >= 3
    error_message = "retention_days: SQS keeps dead_letters for 1 to 14 days, Aurora aurora_backups for 1 to 35, and snapshots stay for 3 at least, because a run may still write what none of them names yet."
  }
}

variable "sources" {
  description = "Where extraction finds sources, by the setting that the sources YAML names, such as { LAKEHOUSE_RETAIL_VENDA = \"arn:…\" }: addresses, and ARNs of secrets below <project>-<environment>/source/."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "staging" {
  description = "What staging models are on Athena: view, or ephemeral (a part of each statement that reads them) should Athena refuse views with timestamp(6)."
  type        = string
  default     = "view"
  nullable    = false

  validation {
    condition     = contains(["ephemeral", "view"], var.staging)
    error_message = "staging is view or ephemeral."
  }
}

variable "target" {
  description = "Engine that builds the tables by schedule and event, athena or glue; an environment has one."
  type        = string
  default     = "athena"
  nullable    = false

  validation {
    condition     = contains(["athena", "glue"], var.target)
    error_message = "target is athena or glue: DuckDB builds on one machine."
  }
}
