locals {
  # Glue, Athena and SQL know no hyphen.
  underscored = replace(var.prefix, "-", "_")

  # A pattern for the databases of all domains: a policy does not grow with them. Those of other names are written out.
  database_names = concat(
    ["${local.underscored}_*"],
    sort(distinct([for database in values(var.databases) : database if !startswith(database, "${local.underscored}_")])),
  )

  catalog_and_databases = concat(
    ["${local.glue}:catalog"],
    [for database in local.database_names : "${local.glue}:database/${database}"]
  )

  # The prefixes of the layers are the border: raw tables bear the names of their sources.
  mart_prefixes = ["dim_", "fct_", "feat_", "rpt_"]
  # A run looks for processed_load too: a lake that has it was built by a version before.
  model_prefixes = concat(local.mart_prefixes, ["int_", "processed_load", "ref_", "reflected_", "stg_"])

  mart_tables = [
    for pair in setproduct(local.database_names, local.mart_prefixes) : "${local.glue}:table/${pair[0]}/${pair[1]}*"
  ]
  # dbt-athena keeps a unit test's inputs in a table named after the test, not after a model.
  model_tables = concat(
    [for pair in setproduct(local.database_names, local.model_prefixes) : "${local.glue}:table/${pair[0]}/${pair[1]}*"],
    [for database in local.database_names : "${local.glue}:table/${database}/*__dbt_tmp"],
  )
  raw_tables = flatten([
    for domain, tables in var.raw_tables : [for table in tables : "${local.glue}:table/${var.databases[domain]}/${table}"]
  ])

  # Athena writes athena/<schema>/<table>/<id>, a Glue session <schema>/<table>, its catalogue without a location
  # <schema>.db/<table>.
  mart_objects = [
    for pair in setproduct(local.database_names, local.mart_prefixes) : "${local.s3["curated"]}/wh/*${pair[0]}/${pair[1]}*"
  ]

  # The Hive client of Athena and Glue asks for `default` before anything else, and both work in the schema of the
  # profile, though no table lies in either. Nobody may make a database: Terraform does.
  look_at_databases = {
    Sid    = "LookAtDatabases"
    Effect = "Allow"
    Action = "glue:GetDatabase"
    Resource = distinct(concat(
      local.catalog_and_databases,
      [for database in ["default", local.underscored] : "${local.glue}:database/${database}"],
    ))
  }

  use_key = {
    Sid      = "UseKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = var.kms_key_arn
  }

  # A workgroup for each kind of asker: results hold what was asked, so nobody reads another kind's.
  query = {
    for group, workgroup in var.workgroups : group => [
      {
        Sid    = "Query"
        Effect = "Allow"
        Action = [
          "athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup",
          "athena:StartQueryExecution", "athena:StopQueryExecution",
        ]
        Resource = "arn:${local.partition}:athena:${local.region}:${local.account_id}:workgroup/${workgroup.name}"
      },
      {
        # AWS writes the catalogue's name in both ways, and IAM compares letters.
        Sid      = "KnowTheCatalogue"
        Effect   = "Allow"
        Action   = "athena:GetDataCatalog"
        Resource = [for name in ["AwsDataCatalog", "awsdatacatalog"] : "arn:${local.partition}:athena:${local.region}:${local.account_id}:datacatalog/${name}"]
      },
      {
        Sid      = "FindResults"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
        Resource = local.s3["results"]
      },
      {
        Sid      = "KeepResults"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
        Resource = "${local.s3["results"]}/${workgroup.results_folder}/*"
      },
    ]
  }

  find_marts = [
    local.use_key,
    local.look_at_databases,
    {
      Sid      = "FindMarts"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
      Resource = local.s3["curated"]
    },
    {
      Sid      = "FindMartTables"
      Effect   = "Allow"
      Action   = ["glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
      Resource = local.catalog_and_databases
    },
  ]

  read_all_marts = concat(local.find_marts, [
    {
      Sid      = "ReadMarts"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = local.mart_objects
    },
    {
      Sid      = "ReadMartTables"
      Effect   = "Allow"
      Action   = ["glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
      Resource = local.mart_tables
    },
  ])

  # Up to which day the marts are final: whoever asks for that reads the note of the run that passed last. It holds
  # dates of runs and nothing that was delivered.
  read_note_of_runs = [
    {
      Sid      = "ReadNoteOfRuns"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "${local.s3["curated"]}/wh/*/reflected_run/*"
    },
    {
      Sid      = "FindNoteOfRuns"
      Effect   = "Allow"
      Action   = ["glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
      Resource = [for database in local.database_names : "${local.glue}:table/${database}/reflected_run"]
    },
  ]

  # Marts by name, as many as fit into one policy: a mart that nobody classed is in none.
  readable_marts = chunklist(sort(flatten([
    for domain, marts in var.readable_marts : [for mart in marts : "${var.databases[domain]}/${mart}"]
  ])), 18)

  read_some_marts = {
    for position, marts in local.readable_marts : "read-marts-${position + 1}" => [
      {
        Sid      = "ReadMarts"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = [for mart in marts : "${local.s3["curated"]}/wh/*/${split("/", mart)[1]}/*"]
      },
      {
        Sid      = "ReadMartTables"
        Effect   = "Allow"
        Action   = ["glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
        Resource = [for mart in marts : "${local.glue}:table/${mart}"]
      },
    ]
  }

  build_tables = [
    local.use_key,
    local.look_at_databases,
    {
      Sid      = "FindLake"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
      Resource = [local.s3["curated"], local.s3["raw"]]
    },
    {
      Sid      = "ReadRaw"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "${local.s3["raw"]}/*"
    },
    {
      Sid      = "WriteCurated"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = "${local.s3["curated"]}/*"
    },
    {
      # dbt asks for all schemas at once; the answer to it is names only.
      Sid      = "ListDatabases"
      Effect   = "Allow"
      Action   = "glue:GetDatabases"
      Resource = ["${local.glue}:catalog", "${local.glue}:database/*"]
    },
    {
      Sid    = "ReadTables"
      Effect = "Allow"
      Action = [
        "glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTableVersions",
        "glue:GetTables",
      ]
      Resource = concat(
        local.catalog_and_databases,
        [for database in local.database_names : "${local.glue}:table/${database}/*"]
      )
    },
    {
      Sid      = "WriteModelTables"
      Effect   = "Allow"
      Action   = ["glue:CreateTable", "glue:DeleteTable", "glue:DeleteTableVersion", "glue:UpdateTable"]
      Resource = concat(local.catalog_and_databases, local.model_tables)
    },
  ]

  # Numbers have no ARN: their namespace is the border.
  tell_ages = {
    Sid       = "TellAges"
    Effect    = "Allow"
    Action    = "cloudwatch:PutMetricData"
    Resource  = "*"
    Condition = { StringEquals = { "cloudwatch:namespace" = var.prefix } }
  }

  sessions = [
    {
      Sid    = "Sessions"
      Effect = "Allow"
      Action = [
        "glue:CancelStatement", "glue:CreateSession", "glue:DeleteSession", "glue:GetSession", "glue:GetStatement",
        "glue:ListStatements", "glue:RunStatement", "glue:StopSession",
      ]
      Resource = "${local.glue}:session/${local.underscored}*"
    },
    {
      # To delete sessions that failed, before dbt meets one. AWS knows no narrower resource for it.
      Sid      = "FindSessions"
      Effect   = "Allow"
      Action   = "glue:ListSessions"
      Resource = "*"
    },
    {
      Sid       = "GiveSessionsTheirRole"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = "arn:${local.partition}:iam::${local.account_id}:role/${var.prefix}-spark"
      Condition = { StringEquals = { "iam:PassedToService" = "glue.amazonaws.com" } }
    },
  ]

  extract = [
    local.use_key,
    {
      Sid      = "FindDeliveries"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = [local.s3["raw"], local.s3["transient"]]
    },
    {
      Sid      = "KeepDeliveries"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = ["${local.s3["raw"]}/*", "${local.s3["transient"]}/*"]
    },
    {
      Sid      = "RegisterPartitions"
      Effect   = "Allow"
      Action   = ["glue:CreatePartition", "glue:GetTable"]
      Resource = concat(local.catalog_and_databases, local.raw_tables)
    },
    {
      Sid      = "SourceCredentials"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:${local.partition}:secretsmanager:${local.region}:${local.account_id}:secret:${var.prefix}/source/*"
    },
  ]

  publish = concat(
    [{
      Sid      = "KeepExports"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = ["${local.s3["results"]}/athena/unload/*", "${local.s3["results"]}/publish/*"]
    }],
    [for secret in var.databases_published.aurora_secret_arn[*] : {
      Sid      = "AuroraCredentials"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = secret
    }],
    flatten([for workgroup in var.databases_published.redshift_workgroup_arn[*] : [
      {
        Sid      = "RedshiftLogin"
        Effect   = "Allow"
        Action   = "redshift-serverless:GetCredentials"
        Resource = workgroup
      },
      {
        Sid      = "RedshiftStatements"
        Effect   = "Allow"
        Action   = ["redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"]
        Resource = workgroup
      },
      {
        # A statement has no ARN; the condition keeps each identity to its own.
        Sid       = "RedshiftOwnStatements"
        Effect    = "Allow"
        Action    = ["redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"]
        Resource  = "*"
        Condition = { StringEquals = { "redshift-data:statement-owner-iam-userid" = "$${aws:userid}" } }
      },
    ]])
  )
}
