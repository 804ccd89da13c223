mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix             = "lakehouse-dev"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_retention_days = 365
  network = {
    client_security_group_id = "sg-1"
    subnet_ids               = ["subnet-1", "subnet-2", "subnet-3"]
    vpc_id                   = "vpc-1"
  }
}

run "cluster_sleeps_and_speaks_tls" {
  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 0
    error_message = "An idle cluster scales to zero."
  }

  assert {
    condition     = aws_rds_cluster.this.manage_master_user_password && aws_rds_cluster.this.storage_encrypted
    error_message = "RDS keeps the password, storage is encrypted."
  }

  assert {
    condition     = contains([for parameter in aws_rds_cluster_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "rds.force_ssl=1")
    error_message = "Connections without TLS are refused."
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16"
    error_message = "The parameters fit the engine."
  }

  assert {
    condition     = aws_rds_cluster.this.engine_version == "16" && aws_rds_cluster_instance.this.auto_minor_version_upgrade
    error_message = "The major version is pinned: a minor one would be planned back after each upgrade."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.client.referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.client.cidr_ipv4 == null
    error_message = "Only the clients' group gets in."
  }

  assert {
    condition     = keys(output.environment) == ["LAKEHOUSE_AURORA_CA", "LAKEHOUSE_AURORA_DATABASE", "LAKEHOUSE_AURORA_HOST", "LAKEHOUSE_AURORA_PORT", "LAKEHOUSE_AURORA_SECRET"]
    error_message = "Publication learns where the database is and where its secret lies."
  }
}

run "minor_version_is_refused" {
  command = plan

  variables {
    engine_version = "16.11"
  }

  expect_failures = [var.engine_version]
}

run "one_zone_is_refused" {
  command = plan

  variables {
    network = { client_security_group_id = "sg-1", subnet_ids = ["subnet-1"], vpc_id = "vpc-1" }
  }

  expect_failures = [var.network]
}
