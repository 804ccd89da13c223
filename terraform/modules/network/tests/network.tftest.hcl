mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  prefix             = "lakehouse-dev"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  log_retention_days = 365
  interface_services = ["logs", "secretsmanager"]
}

run "three_private_zones_without_a_way_out" {
  assert {
    condition     = [for subnet in values(aws_subnet.private) : subnet.cidr_block] == ["10.64.0.0/23", "10.64.2.0/23", "10.64.4.0/23"]
    error_message = "One private subnet in each of three zones."
  }

  assert {
    condition     = length(aws_vpc_endpoint.s3[0].route_table_ids) == 1 && aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway"
    error_message = "S3 is reached through the gateway endpoint."
  }

  assert {
    condition = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.service_name } == {
      logs           = "com.amazonaws.us-east-1.logs"
      secretsmanager = "com.amazonaws.us-east-1.secretsmanager"
    }
    error_message = "Only the endpoints asked for exist."
  }

  assert {
    condition     = alltrue([for rule in values(aws_vpc_security_group_egress_rule.client_to_network) : rule.cidr_ipv4 == "10.64.0.0/20"])
    error_message = "A client talks to the network and to S3, to nothing else."
  }

  assert {
    condition     = aws_flow_log.this[0].vpc_id == aws_vpc.this[0].id && aws_default_security_group.this[0].vpc_id == aws_vpc.this[0].id
    error_message = "Refused traffic is logged, and the default security group is emptied."
  }

  assert {
    condition     = length(aws_instance.access) == 0
    error_message = "There is no host unless asked for."
  }
}

run "access_host_has_no_address_and_no_key" {
  variables {
    access_host = true
  }

  assert {
    condition     = aws_instance.access[0].metadata_options[0].http_tokens == "required" && aws_instance.access[0].root_block_device[0].encrypted
    error_message = "The host asks for session tokens and encrypts its disk."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.access[0].policy).Statement[0].Sid == "SessionManagerAgent" && length(jsondecode(aws_iam_role_policy.access[0].policy).Statement) == 1
    error_message = "The host may talk to Session Manager and nothing else."
  }
}

run "network_that_exists_is_used" {
  variables {
    existing = { subnet_ids = ["subnet-1", "subnet-2"], vpc_id = "vpc-1" }
  }

  assert {
    condition     = length(aws_vpc.this) + length(aws_subnet.private) + length(aws_route_table.private) + length(aws_vpc_endpoint.s3) + length(aws_vpc_endpoint.interface) + length(aws_flow_log.this) == 0
    error_message = "Nothing is made in it but security groups."
  }

  assert {
    condition     = jsonencode(output.client.subnet_ids) == jsonencode(["subnet-1", "subnet-2"]) && output.client.vpc_id == "vpc-1" && aws_security_group.client.vpc_id == "vpc-1"
    error_message = "Clients and databases go there."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.client_to_network["postgresql"].cidr_ipv4 == "10.0.0.0/16"
    error_message = "PostgreSQL is reached inside the network."
  }
}

run "network_in_one_zone_is_refused" {
  command = plan

  variables {
    existing = { subnet_ids = ["subnet-1"], vpc_id = "vpc-1" }
  }

  expect_failures = [var.existing]
}

run "region_with_too_few_zones_is_refused" {
  command = plan

  override_data {
    target = data.aws_availability_zones.available
    values = { names = ["us-west-1a", "us-west-1c"] }
  }

  expect_failures = [aws_vpc.this]
}

run "two_zones_are_enough_for_aurora" {
  variables {
    zones_needed = 2
  }

  override_data {
    target = data.aws_availability_zones.available
    values = { names = ["us-west-1a", "us-west-1c"] }
  }

  assert {
    condition     = keys(aws_subnet.private) == ["us-west-1a", "us-west-1c"]
    error_message = "One subnet in each zone that is needed."
  }
}

run "three_zones_stay_when_two_are_needed" {
  variables {
    zones_needed = 2
  }

  assert {
    condition     = length(aws_subnet.private) == 3
    error_message = "A subnet in which a database may live does not go because another database did."
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    zones_needed = 1
  }

  expect_failures = [var.zones_needed]
}

run "range_too_small_for_eight_parts_is_refused" {
  command = plan

  variables {
    cidr_block = "10.64.0.0/26"
  }

  expect_failures = [var.cidr_block]
}
