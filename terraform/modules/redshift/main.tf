data "aws_partition" "current" {}

locals {
  name      = "${var.prefix}-redshift"
  partition = data.aws_partition.current.partition
}

resource "aws_redshiftserverless_namespace" "this" {
  namespace_name        = local.name
  db_name               = var.database_name
  admin_username        = "owner"
  manage_admin_password = true

  admin_password_secret_kms_key_id = var.kms_key_arn
  kms_key_id                       = var.kms_key_arn
  default_iam_role_arn             = aws_iam_role.copy.arn
  iam_roles                        = [aws_iam_role.copy.arn]
  log_exports                      = ["connectionlog", "useractivitylog", "userlog"]
}

resource "aws_redshiftserverless_workgroup" "this" {
  workgroup_name       = local.name
  namespace_name       = aws_redshiftserverless_namespace.this.namespace_name
  base_capacity        = var.base_capacity
  max_capacity         = var.max_capacity
  enhanced_vpc_routing = true
  publicly_accessible  = false
  subnet_ids           = var.network.subnet_ids
  security_group_ids   = [aws_security_group.this.id]
}

resource "aws_redshiftserverless_usage_limit" "this" {
  resource_arn  = aws_redshiftserverless_workgroup.this.arn
  usage_type    = "serverless-compute"
  period        = "daily"
  amount        = var.daily_rpu_hours
  breach_action = "deactivate"
}

resource "aws_security_group" "this" {
  name        = local.name
  description = "Redshift of ${var.prefix}"
  vpc_id      = var.network.vpc_id

  tags = { Name = local.name }
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  security_group_id            = aws_security_group.this.id
  description                  = "SQL clients inside the network; publication uses the Data API"
  referenced_security_group_id = var.network.client_security_group_id
  from_port                    = 5439
  to_port                      = 5439
  ip_protocol                  = "tcp"
}

# COPY reads S3 through the network.
resource "aws_vpc_security_group_egress_rule" "s3" {
  security_group_id = aws_security_group.this.id
  description       = "S3 through the gateway endpoint"
  prefix_list_id    = var.network.s3_prefix_list_id
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}
