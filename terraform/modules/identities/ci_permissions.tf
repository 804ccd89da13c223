# What Terraform's provider calls for this configuration, written out; a run that plans and applies is
# compared with it. Reading is for both CI identities, writing for ci-deploy alone.
locals {
  account = "${local.region}:${local.account_id}"

  owned = {
    alarm     = ["arn:${local.partition}:cloudwatch:${local.account}:alarm:${var.prefix}-*"]
    budget    = ["arn:${local.partition}:budgets::${local.account_id}:budget/${var.prefix}"]
    buckets   = [for zone, bucket in var.buckets : "arn:${local.partition}:s3:::${bucket}" if !contains(var.brought_along.zones, zone)]
    catalogue = concat(local.catalog_and_databases, ["${local.glue}:database/${local.underscored}"], [for database in local.database_names : "${local.glue}:table/${database}/*"])
    # Not `default`, which is the account's: deleting a database takes its tables along.
    databases = concat(
      ["${local.glue}:catalog", "${local.glue}:database/${local.underscored}"],
      flatten([for database in local.database_names : ["${local.glue}:database/${database}", "${local.glue}:table/${database}/*"] if database != "default"]),
    )
    dashboard    = ["arn:${local.partition}:cloudwatch::${local.account_id}:dashboard/${var.prefix}"]
    function     = ["arn:${local.partition}:lambda:${local.account}:function:${var.prefix}-*"]
    log_groups   = [for name in ["codebuild", "lambda", "rds/cluster", "vendedlogs/states", "vpc"] : "arn:${local.partition}:logs:${local.account}:log-group:/aws/${name}/${var.prefix}*"]
    machine      = ["arn:${local.partition}:states:${local.account}:stateMachine:${var.prefix}-workflow"]
    policies     = ["arn:${local.partition}:iam::${local.account_id}:policy/${var.prefix}-*"]
    profiles     = ["arn:${local.partition}:iam::${local.account_id}:instance-profile/${var.prefix}-*"]
    projects     = ["arn:${local.partition}:codebuild:${local.account}:project/${var.prefix}-*"]
    queue        = ["arn:${local.partition}:sqs:${local.account}:${var.prefix}-*"]
    rds          = [for kind in ["cluster", "cluster-pg", "db", "subgrp"] : "arn:${local.partition}:rds:${local.account}:${kind}:${var.prefix}-*"]
    redshift     = [for kind in ["namespace", "usagelimit", "workgroup"] : "arn:${local.partition}:redshift-serverless:${local.account}:${kind}/*"]
    roles        = ["arn:${local.partition}:iam::${local.account_id}:role/${var.prefix}-*"]
    rules        = ["arn:${local.partition}:events:${local.account}:rule/${var.prefix}-*"]
    schedules    = ["arn:${local.partition}:scheduler:${local.account}:schedule-group/${var.prefix}", "arn:${local.partition}:scheduler:${local.account}:schedule/${var.prefix}/*"]
    state        = ["arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/terraform.tfstate"]
    state_lock   = ["arn:${local.partition}:s3:::${var.state_bucket}/${var.environment}/terraform.tfstate.tflock"]
    state_bucket = ["arn:${local.partition}:s3:::${var.state_bucket}"]
    topic        = ["arn:${local.partition}:sns:${local.account}:${var.prefix}-*"]
    workgroup    = [for group in values(var.workgroups) : "arn:${local.partition}:athena:${local.account}:workgroup/${group.name}"]
  }

  # Policy => statement => service, actions and what they may be done to. "*" stands where AWS knows no
  # resource for the action.
  ci_read = {
    read-lake = {
      State      = ["s3", ["GetObject"], local.owned.state]
      StateLock  = ["s3", ["DeleteObject", "GetObject", "PutObject"], local.owned.state_lock]
      FindState  = ["s3", ["ListBucket"], local.owned.state_bucket]
      Buckets    = ["s3", ["GetAccelerateConfiguration", "GetBucketAcl", "GetBucketCORS", "GetBucketLogging", "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPublicAccessBlock", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetReplicationConfiguration", "ListBucket"], local.owned.buckets]
      Catalogue  = ["glue", ["GetDatabase", "GetPartitionIndexes", "GetTable", "GetTags"], local.owned.catalogue]
      Encryption = ["glue", ["GetSecurityConfiguration"], ["*"]]
      Workgroup  = ["athena", ["GetNamedQuery", "GetWorkGroup", "ListTagsForResource"], local.owned.workgroup]
      Key        = ["kms", ["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"], [var.kms_key_arn]]
      KeyNames   = ["kms", ["ListAliases"], ["*"]]
      Roles      = ["iam", ["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"], local.owned.roles]
      Policies   = ["iam", ["GetPolicy", "GetPolicyVersion"], local.owned.policies]
      Profiles   = ["iam", ["GetInstanceProfile"], local.owned.profiles]
    }
    read-workflow = {
      Projects   = ["codebuild", ["BatchGetProjects"], local.owned.projects]
      Machine    = ["states", ["DescribeStateMachine", "ListStateMachineVersions", "ListTagsForResource"], local.owned.machine]
      Definition = ["states", ["ValidateStateMachineDefinition"], ["*"]]
      Function   = ["lambda", ["GetFunction", "GetFunctionCodeSigningConfig", "GetPolicy", "ListVersionsByFunction"], local.owned.function]
      Rules      = ["events", ["DescribeRule", "ListTagsForResource", "ListTargetsByRule"], local.owned.rules]
      Schedules  = ["scheduler", ["GetSchedule", "GetScheduleGroup", "ListTagsForResource"], local.owned.schedules]
      Queue      = ["sqs", ["GetQueueAttributes", "ListQueueTags"], local.owned.queue]
      Topic      = ["sns", ["GetSubscriptionAttributes", "GetTopicAttributes", "ListTagsForResource"], local.owned.topic]
      Alarms     = ["cloudwatch", ["DescribeAlarms", "ListTagsForResource"], local.owned.alarm]
      Dashboard  = ["cloudwatch", ["GetDashboard"], local.owned.dashboard]
      LogTags    = ["logs", ["ListTagsForResource"], local.owned.log_groups]
      LogNames   = ["logs", ["DescribeLogGroups"], ["arn:${local.partition}:logs:${local.account}:log-group:*"]]
      Budget     = ["budgets", ["ListTagsForResource", "ViewBudget"], local.owned.budget]
    }
    read-databases = {
      Network      = ["ec2", ["DescribeAvailabilityZones", "DescribeFlowLogs", "DescribeImages", "DescribeInstanceAttribute", "DescribeInstanceCreditSpecifications", "DescribeInstanceTypes", "DescribeInstances", "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribePrefixLists", "DescribeRouteTables", "DescribeSecurityGroupRules", "DescribeSecurityGroups", "DescribeSubnets", "DescribeTags", "DescribeVolumes", "DescribeVpcAttribute", "DescribeVpcEndpoints", "DescribeVpcs"], ["*"]]
      Image        = ["ssm", ["GetParameter"], ["arn:${local.partition}:ssm:${local.region}::parameter/aws/service/ami-amazon-linux-latest/*"]]
      Aurora       = ["rds", ["DescribeDBClusterParameterGroups", "DescribeDBClusterParameters", "DescribeDBClusters", "DescribeDBInstances", "DescribeDBSubnetGroups", "ListTagsForResource"], local.owned.rds]
      AuroraGlobal = ["rds", ["DescribeGlobalClusters"], ["*"]]
      Redshift     = ["redshift-serverless", ["GetNamespace", "GetUsageLimit", "GetWorkgroup", "ListTagsForResource"], local.owned.redshift]
      Statements   = ["redshift-data", ["DescribeStatement"], ["*"]]
    }
  }

  ci_write = {
    write-lake = {
      State     = ["s3", ["PutObject"], local.owned.state]
      Release   = ["s3", ["PutObject"], ["${local.s3["artifacts"]}/source/*", "${local.s3["artifacts"]}/wheels/*"]]
      Buckets   = ["s3", ["CreateBucket", "DeleteBucketPolicy", "PutBucketLogging", "PutBucketNotification", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketPublicAccessBlock", "PutBucketTagging", "PutBucketVersioning", "PutEncryptionConfiguration", "PutLifecycleConfiguration"], local.owned.buckets]
      Catalogue = ["glue", ["CreateTable", "DeleteTable", "UpdateTable"], local.owned.catalogue]
      Databases = ["glue", ["CreateDatabase", "DeleteDatabase", "TagResource", "UntagResource", "UpdateDatabase"], local.owned.databases]
      Security  = ["glue", ["CreateSecurityConfiguration", "DeleteSecurityConfiguration"], ["*"]]
      Workgroup = ["athena", ["CreateNamedQuery", "CreateWorkGroup", "DeleteNamedQuery", "DeleteWorkGroup", "TagResource", "UntagResource", "UpdateNamedQuery", "UpdateWorkGroup"], local.owned.workgroup]
      Key       = ["kms", concat(["CreateGrant", "Decrypt", "GenerateDataKey"], var.brought_along.key ? [] : ["EnableKeyRotation", "PutKeyPolicy", "TagResource", "UntagResource", "UpdateKeyDescription"]), [var.kms_key_arn]]
      # Changes the environment's own roles, so it is as strong as they are: guard the GitHub environment.
      Roles    = ["iam", ["CreateRole", "DeleteRole", "DeleteRolePolicy", "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"], local.owned.roles]
      Policies = ["iam", ["CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "ListPolicyVersions", "TagPolicy", "UntagPolicy"], local.owned.policies]
      Profiles = ["iam", ["AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "UntagInstanceProfile"], local.owned.profiles]
      OfRole   = ["iam", ["ListInstanceProfilesForRole"], local.owned.roles]
    }
    write-workflow = {
      Projects  = ["codebuild", ["CreateProject", "DeleteProject", "UpdateProject"], local.owned.projects]
      Machine   = ["states", ["CreateStateMachine", "DeleteStateMachine", "TagResource", "UntagResource", "UpdateStateMachine"], local.owned.machine]
      Function  = ["lambda", ["AddPermission", "CreateFunction", "DeleteFunction", "RemovePermission", "TagResource", "UntagResource", "UpdateFunctionCode", "UpdateFunctionConfiguration"], local.owned.function]
      Rules     = ["events", ["DeleteRule", "PutRule", "PutTargets", "RemoveTargets", "TagResource", "UntagResource"], local.owned.rules]
      Schedules = ["scheduler", ["CreateSchedule", "CreateScheduleGroup", "DeleteSchedule", "DeleteScheduleGroup", "TagResource", "UntagResource", "UpdateSchedule"], local.owned.schedules]
      Queue     = ["sqs", ["CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"], local.owned.queue]
      Topic     = ["sns", ["CreateTopic", "DeleteTopic", "SetTopicAttributes", "Subscribe", "TagResource", "Unsubscribe", "UntagResource"], local.owned.topic]
      Alarms    = ["cloudwatch", ["DeleteAlarms", "PutMetricAlarm", "TagResource", "UntagResource"], local.owned.alarm]
      Dashboard = ["cloudwatch", ["DeleteDashboards", "PutDashboard"], local.owned.dashboard]
      LogGroups = ["logs", ["AssociateKmsKey", "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "TagResource", "UntagResource"], local.owned.log_groups]
      Delivery  = ["logs", ["CreateLogDelivery", "DeleteLogDelivery", "DescribeResourcePolicies", "GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"], ["*"]]
      Budget    = ["budgets", ["ModifyBudget", "TagResource", "UntagResource"], local.owned.budget]
    }
    write-databases = {
      Network    = ["ec2", ["AssociateRouteTable", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateTags", "CreateVpc", "CreateVpcEndpoint", "DeleteFlowLogs", "DeleteRouteTable", "DeleteSecurityGroup", "DeleteSubnet", "DeleteTags", "DeleteVpc", "DeleteVpcEndpoints", "DisassociateRouteTable", "ModifyInstanceAttribute", "ModifySecurityGroupRules", "ModifyVpcAttribute", "ModifyVpcEndpoint", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RunInstances", "TerminateInstances"], [for kind in ["instance", "network-interface", "route-table", "security-group", "security-group-rule", "subnet", "volume", "vpc", "vpc-endpoint", "vpc-flow-log"] : "arn:${local.partition}:ec2:${local.account}:${kind}/*"]]
      Images     = ["ec2", ["RunInstances"], ["arn:${local.partition}:ec2:${local.region}::image/*"]]
      Aurora     = ["rds", ["AddTagsToResource", "CreateDBCluster", "CreateDBClusterParameterGroup", "CreateDBInstance", "CreateDBSubnetGroup", "DeleteDBCluster", "DeleteDBClusterParameterGroup", "DeleteDBInstance", "DeleteDBSubnetGroup", "ModifyDBCluster", "ModifyDBClusterParameterGroup", "ModifyDBInstance", "ModifyDBSubnetGroup", "RemoveTagsFromResource"], local.owned.rds]
      Secrets    = ["secretsmanager", ["CreateSecret", "DescribeSecret", "GetSecretValue", "RotateSecret", "TagResource"], ["arn:${local.partition}:secretsmanager:${local.account}:secret:rds!*", "arn:${local.partition}:secretsmanager:${local.account}:secret:redshift!${var.prefix}-*"]]
      Redshift   = ["redshift-serverless", ["CreateNamespace", "CreateUsageLimit", "CreateWorkgroup", "DeleteNamespace", "DeleteUsageLimit", "DeleteWorkgroup", "TagResource", "UntagResource", "UpdateNamespace", "UpdateUsageLimit", "UpdateWorkgroup"], local.owned.redshift]
      Statements = ["redshift-data", ["ExecuteStatement"], [for kind in ["workgroup"] : "arn:${local.partition}:redshift-serverless:${local.account}:${kind}/*"]]
    }
  }

  # A role is handed over only to the service it is for; a policy is attached only if it is ours.
  ci_conditional = [
    {
      Sid       = "HandOverRoles"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = local.owned.roles
      Condition = { StringEquals = { "iam:PassedToService" = ["codebuild.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com", "redshift-serverless.amazonaws.com", "redshift.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } }
    },
    {
      # The first workgroup and the first cluster of an account come with these.
      Sid       = "RolesOfServices"
      Effect    = "Allow"
      Action    = "iam:CreateServiceLinkedRole"
      Resource  = "arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/*"
      Condition = { StringEquals = { "iam:AWSServiceName" = ["rds.amazonaws.com", "redshift.amazonaws.com"] } }
    },
    {
      Sid       = "AttachOwnPolicies"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = local.owned.roles
      Condition = { ArnLike = { "iam:PolicyARN" = local.owned.policies } }
    },
  ]

  ci_statements = {
    for policy, statements in merge(local.ci_read, local.ci_write) : policy => [
      for sid, rule in statements : {
        Sid      = sid
        Effect   = "Allow"
        Action   = [for action in rule[1] : "${rule[0]}:${action}"]
        Resource = rule[2]
      }
    ]
  }

  ci_read_policies = { for policy in keys(local.ci_read) : policy => local.ci_statements[policy] }
  ci_write_policies = merge(
    { for policy in keys(local.ci_write) : policy => local.ci_statements[policy] },
    { hand-over = local.ci_conditional },
  )
}
