resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]

  tags = { Name = "${var.prefix}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_services

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints.id]
  # One zone: each further one costs as much again, and a build can wait for a zone to come back.
  subnet_ids = [aws_subnet.private[local.zones[0]].id]

  tags = { Name = "${var.prefix}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.prefix}-endpoints"
  description = "Interface endpoints of ${var.prefix}"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.prefix}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
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
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.prefix}-client" }
}

resource "aws_vpc_security_group_egress_rule" "client_to_network" {
  for_each = { https = 443, postgresql = 5432 }

  security_group_id = aws_security_group.client.id
  description       = "${each.key} inside the network"
  cidr_ipv4         = var.cidr_block
  from_port         = each.value
  to_port           = each.value
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "client_to_s3" {
  security_group_id = aws_security_group.client.id
  description       = "S3 through the gateway endpoint"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}
