resource "aws_iam_role_policy" "build" {
  for_each = local.steps

  # Two steps may share a role.
  name = "build-${each.key}"
  role = var.role_names[local.role_of[each.key]]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid      = "BuildLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws/codebuild/${var.prefix}-${each.key}:*"
        },
        {
          Sid      = "SourceAndWheels"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource = ["arn:${local.partition}:s3:::${var.artifacts_bucket}/source/*", "arn:${local.partition}:s3:::${var.artifacts_bucket}/wheels/*"]
        },
        {
          Sid      = "FindWheels"
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = "arn:${local.partition}:s3:::${var.artifacts_bucket}"
        },
        {
          Sid      = "OpenSource"
          Effect   = "Allow"
          Action   = "kms:Decrypt"
          Resource = var.kms_key_arn
        },
      ],
      flatten([for step, network in local.networks : [
        {
          # EC2 knows no resource for these before the interface exists.
          Sid    = "NetworkInterfaces"
          Effect = "Allow"
          Action = [
            "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
          ]
          Resource = "*"
        },
        {
          Sid      = "HandInterfaceToBuild"
          Effect   = "Allow"
          Action   = "ec2:CreateNetworkInterfacePermission"
          Resource = "arn:${local.partition}:ec2:${local.region}:${local.account_id}:network-interface/*"
          Condition = {
            StringEquals = { "ec2:AuthorizedService" = "codebuild.amazonaws.com" }
            ArnEquals = {
              "ec2:Subnet" = [for subnet in network.subnet_ids : "arn:${local.partition}:ec2:${local.region}:${local.account_id}:subnet/${subnet}"]
            }
          }
        },
      ] if step == each.key])
    )
  })
}
