# The gateway endpoint of a network that exists is its owner's; the list of S3's addresses is AWS's.
data "aws_prefix_list" "s3" {
  count = local.makes_network ? 0 : 1

  name = "com.amazonaws.${local.region}.s3"
}

locals {
  s3_prefix_list_id = local.makes_network ? aws_vpc_endpoint.s3[0].prefix_list_id : data.aws_prefix_list.s3[0].id
}

resource "aws_vpc_endpoint" "s3" {
  count = local.makes_network ? 1 : 0

  vpc_id            = local.vpc_id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private[0].id]

  tags = { Name = "${var.prefix}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.makes_network ? var.interface_services : []

  vpc_id              = local.vpc_id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints[0].id]
  # One zone: each further one costs as much again, and a build can wait for a zone to come back.
  subnet_ids = [aws_subnet.private[local.zones[0]].id]

  tags = { Name = "${var.prefix}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = local.makes_network ? 1 : 0

  name        = "${var.prefix}-endpoints"
  description = "Interface endpoints of ${var.prefix}"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.prefix}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = local.makes_network ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "AWS APIs from inside the network"
  cidr_ipv4         = var.cidr_block
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

# Publication lives in this group; a database names it in its own rules.
resource "aws_security_group" "client" {
  name        = "${var.prefix}-client"
  description = "Clients of the databases of ${var.prefix}"
  vpc_id      = local.vpc_id

  tags = { Name = "${var.prefix}-client" }
}

resource "aws_vpc_security_group_egress_rule" "client_to_network" {
  for_each = { https = 443, postgresql = 5432 }

  security_group_id = aws_security_group.client.id
  description       = "${each.key} inside the network"
  # In a network that exists AWS may lie behind its owner's gateway: routes decide, not this rule.
  cidr_ipv4   = each.key == "https" && !local.makes_network ? "0.0.0.0/0" : local.cidr_block
  from_port   = each.value
  to_port     = each.value
  ip_protocol = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "client_to_s3" {
  security_group_id = aws_security_group.client.id
  description       = "S3 through the gateway endpoint"
  prefix_list_id    = local.s3_prefix_list_id
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}
