provider "aws" {
  region = var.region

  default_tags {
    # `deployment` is what the budget filters by.
    tags = { project = var.project_name, environment = var.environment, deployment = local.prefix }
  }
}

data "aws_caller_identity" "current" {}

locals {
  prefix     = "${var.project_name}-${var.environment}"
  repository = "${path.root}/../../.."

  # What the YAML of the models says of marts and of seeds that are marts: name => classes of its columns.
  mart_files = setunion(fileset(local.repository, "models/*/marts/*.yml"), fileset(local.repository, "seeds/*/*.yml"))
  marts = merge([
    for file in local.mart_files : {
      for node in flatten([for kind in ["models", "seeds"] : try(yamldecode(file("${local.repository}/${file}"))[kind], [])]) :
      node.name => { domain = split("/", file)[1], classes = [for column in node.columns : try(column.config.meta.class, "none")] }
      if can(regex("^(dim|fct|feat|rpt)_", node.name))
    }
  ]...)

  # The domains are those whose sources dbt declares, and `quality`, which has models only.
  sources_files = {
    for file in fileset("${local.repository}/models", "*/staging/_*__sources.yml") :
    split("/", file)[0] => "${local.repository}/models/${file}"
  }
  domains = {
    for domain in concat(keys(local.sources_files), ["quality"]) : domain => {
      database     = lookup(var.databases, domain, null)
      sources_file = lookup(local.sources_files, domain, null)
    }
  }

  # A domain whose sources are all set is extracted from all of them at once; otherwise by one build,
  # which also lands what was delivered.
  source_settings = {
    for domain, file in local.sources_files : domain => {
      for table in yamldecode(file(file)).sources[0].tables : table.name => try(table.config.meta.extract.setting, "-")
    }
  }
  daily_extracts = flatten([
    for domain in ["commerce", "credit", "education", "retail"] :
    alltrue([for setting in values(local.source_settings[domain]) : contains(keys(var.sources), setting)])
    ? [for entity in keys(local.source_settings[domain]) : "${domain}.${entity}"]
    : [domain]
    if contains(keys(local.sources_files), domain)
  ])

  sources_of_extraction = distinct(concat(keys(local.sources_files), local.daily_extracts))

  # Days after which a source is late, as its YAML declares.
  rhythm_days = merge([
    for domain, file in local.sources_files : {
      for table in yamldecode(file(file)).sources[0].tables : "${domain}.${table.name}" => table.config.freshness.warn_after.count
    }
  ]...)

  # Twice what scripts/costs.py computes of what is on, in US dollars a month; a test holds the two together.
  computed_budget_usd = sum([
    12,
    var.enable_schedules ? 30 : 0,
    var.enable_access_host ? 37 : 0,
    var.enable_aurora ? 62 : 0,
    var.enable_redshift ? 24 : 0,
  ])

  has_network = var.enable_aurora || var.enable_redshift
  publishes   = local.has_network

  interface_services = concat(
    var.enable_aurora ? ["athena", "glue", "logs", "secretsmanager"] : [],
    # With Aurora, publication runs inside the network, and asks Redshift from there.
    var.enable_aurora && var.enable_redshift ? ["redshift-data"] : [],
    var.enable_access_host ? ["ssm", "ssmmessages"] : [],
  )

  # Held together with profiles.yml by a test.
  profile = merge(module.spark.profile, {
    AWS_DEFAULT_REGION         = var.region
    AWS_REGION                 = var.region
    LAKEHOUSE_ATHENA_RESULTS   = module.query.results_location
    LAKEHOUSE_ATHENA_WORKGROUP = module.query.workgroups["builder"].name
    LAKEHOUSE_CURATED          = "s3://${module.lake.buckets["curated"]}/wh"
    LAKEHOUSE_RAW              = "s3://${module.lake.buckets["raw"]}"
    LAKEHOUSE_SCHEMA_PREFIX    = replace(local.prefix, "-", "_")
    LAKEHOUSE_STAGING          = var.staging
    LAKEHOUSE_TARGET           = var.target
    LAKEHOUSE_TRANSIENT        = "s3://${module.lake.buckets["transient"]}"
  })

  steps = { extract = "extractor", maintain = "transformer", publish = "publisher", transform = "transformer" }
}

module "lake" {
  source = "../../modules/lake"

  prefix           = local.prefix
  destroy_data     = var.destroy_data
  existing_buckets = var.existing_buckets
  kms_key_arn      = var.kms_key_arn
  retention_days   = { for zone in ["access_logs", "artifacts", "curated", "raw", "results", "transient"] : zone => var.retention_days[zone] }
}

module "catalogue" {
  source = "../../modules/catalogue"

  prefix     = local.prefix
  domains    = local.domains
  raw_bucket = module.lake.buckets["raw"]
}

module "query" {
  source = "../../modules/query"

  prefix         = local.prefix
  results_bucket = module.lake.buckets["results"]
  kms_key_arn    = module.lake.kms_key_arn

  named_queries = {
    rows-per-load = {
      database    = module.catalogue.databases["commerce"]
      description = "What was landed: rows of purchase per day and load."
      query       = "select ingest_date, load_id, count(*) as row_count from purchase group by 1, 2 order by 1, 2"
    }
    rows-not-accounted-for = {
      database    = module.catalogue.databases["quality"]
      description = "Must be empty: received rows that are in no state."
      query       = "select * from fct_quality__row_accounting where received_count <> accepted_count + repeated_count + waiting_count + rejected_count"
    }
  }
}

module "identities" {
  source = "../../modules/identities"

  prefix            = local.prefix
  environment       = var.environment
  github_repository = var.github_repository
  buckets           = module.lake.buckets
  databases         = module.catalogue.databases
  raw_tables        = module.catalogue.raw_tables
  kms_key_arn       = module.lake.kms_key_arn
  state_bucket      = "${var.project_name}-${data.aws_caller_identity.current.account_id}-state"
  workgroups        = module.query.workgroups

  brought_along            = { key = var.kms_key_arn != null, zones = keys(var.existing_buckets) }
  github_repository_ids    = var.github_repository_ids
  permissions_boundary_arn = var.permissions_boundary_arn

  # A column without a class counts as personal.
  readable_marts = {
    for domain in keys(local.domains) : domain => sort([
      for name, mart in local.marts : name
      if mart.domain == domain && length(setsubtract(mart.classes, ["internal", "public"])) == 0
    ])
  }

  databases_published = {
    aurora_secret_arn      = one(module.aurora[*].secret_arn)
    redshift_workgroup_arn = one(module.redshift[*].workgroup_arn)
  }
}

module "spark" {
  source = "../../modules/spark"

  prefix          = local.prefix
  data_policy_arn = module.identities.build_policy_arn
  idle_minutes    = var.glue.idle_minutes
  worker          = { count = var.glue.workers, type = var.glue.worker_type }

  permissions_boundary_arn = var.permissions_boundary_arn
  kms_key_arn              = module.lake.kms_key_arn
}

module "runtime" {
  source = "../../modules/runtime"

  prefix             = local.prefix
  artifacts_bucket   = module.lake.buckets["artifacts"]
  kms_key_arn        = module.lake.kms_key_arn
  log_retention_days = var.retention_days.logs
  profile            = merge(local.profile, { for domain, database in module.catalogue.databases : "LAKEHOUSE_DATABASE_${upper(domain)}" => database })
  role_arns          = { for step, role in local.steps : step => module.identities.role_arns[role] }
  role_names         = { for step, role in local.steps : step => module.identities.role_names[role] }
  metrics_namespace  = local.prefix
  private_network    = var.private_network
  snapshot_days      = var.retention_days.snapshots
  sources            = var.sources
  network            = var.enable_aurora ? one(module.network[*].client) : null

  published_databases = merge(
    one(module.aurora[*].environment),
    one(module.redshift[*].environment),
  )
}

module "orchestration" {
  source = "../../modules/orchestration"

  prefix             = local.prefix
  bundle_path        = "${local.repository}/target/terraform/start_workflow.zip"
  kms_key_arn        = module.lake.kms_key_arn
  log_retention_days = var.retention_days.logs
  dead_letter_days   = var.retention_days.dead_letters
  private_sources    = var.private_sources
  project_names      = module.runtime.project_names
  publishes          = local.publishes
  schedules_enabled  = var.enable_schedules
  extracts_at_once   = var.extracts_at_once
  topic_arn          = module.observability.topic_arn

  permissions_boundary_arn = var.permissions_boundary_arn

  schedules = {
    daily = {
      expression = "cron(0 6 * * ? *)"
      extracts   = local.daily_extracts
    }
    # Fetching writes to transient, and the new object starts the run that lands and builds.
    market = {
      expression = "cron(0 23 ? * MON-FRI *)"
      extracts   = ["market"]
      step       = "-"
    }
    maintenance = {
      expression = "cron(0 10 ? * SUN *)"
      extracts   = []
      step       = "maintain"
    }
  }

  trigger = {
    bucket   = module.lake.buckets["transient"]
    prefixes = ["market/"]
  }
}

module "observability" {
  source = "../../modules/observability"

  prefix             = local.prefix
  alert_email        = var.alert_email
  kms_key_arn        = module.lake.kms_key_arn
  metrics_namespace  = local.prefix
  monthly_budget_usd = coalesce(var.monthly_budget_usd, local.computed_budget_usd)

  silence = var.enable_schedules ? {
    last_project = module.runtime.project_names[local.publishes ? "publish" : "transform"]
    rhythm_days  = local.rhythm_days
  } : null

  watched = {
    dead_letter_queue = module.orchestration.dead_letter_queue
    function          = module.orchestration.function_name
    state_machine_arn = module.orchestration.state_machine_arn
    workgroups        = { for group, workgroup in module.query.workgroups : group => workgroup.name }
  }
}

module "network" {
  source = "../../modules/network"
  count  = local.has_network ? 1 : 0

  prefix             = local.prefix
  access_host        = var.enable_access_host
  interface_services = local.interface_services
  kms_key_arn        = module.lake.kms_key_arn
  log_retention_days = var.retention_days.logs
  excluded_zone_ids  = var.excluded_zone_ids
  existing           = var.existing_network
  zones_needed       = var.enable_redshift ? 3 : 2

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "aurora" {
  source = "../../modules/aurora"
  count  = var.enable_aurora ? 1 : 0

  prefix             = local.prefix
  kms_key_arn        = module.lake.kms_key_arn
  backup_days        = var.retention_days.aurora_backups
  log_retention_days = var.retention_days.logs

  network = {
    client_security_group_id = module.network[0].client.security_group_id
    subnet_ids               = module.network[0].subnet_ids
    vpc_id                   = module.network[0].vpc_id
  }
}

module "redshift" {
  source = "../../modules/redshift"
  count  = var.enable_redshift ? 1 : 0

  prefix              = local.prefix
  export_bucket       = module.lake.buckets["results"]
  kms_key_arn         = module.lake.kms_key_arn
  publisher_role_name = "${local.prefix}-publisher"

  permissions_boundary_arn = var.permissions_boundary_arn

  network = {
    client_security_group_id = module.network[0].client.security_group_id
    s3_prefix_list_id        = module.network[0].s3_prefix_list_id
    subnet_ids               = module.network[0].subnet_ids
    vpc_id                   = module.network[0].vpc_id
  }
}
