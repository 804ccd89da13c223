data "aws_region" "current" {}

# Zones that an account has without asking for them; names differ from account to account, ids do not.
data "aws_availability_zones" "available" {
  state            = "available"
  exclude_zone_ids = var.excluded_zone_ids

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_vpc" "existing" {
  count = var.existing == null ? 0 : 1

  id = var.existing.vpc_id
}

locals {
  region = data.aws_region.current.name

  makes_network = var.existing == null

  # Always three where there are three: a database that was switched on keeps its subnets when another goes.
  zones   = local.makes_network ? slice(data.aws_availability_zones.available.names, 0, min(3, length(data.aws_availability_zones.available.names))) : []
  subnets = { for position, zone in local.zones : zone => cidrsubnet(var.cidr_block, 3, position) }

  vpc_id     = local.makes_network ? aws_vpc.this[0].id : var.existing.vpc_id
  cidr_block = local.makes_network ? var.cidr_block : data.aws_vpc.existing[0].cidr_block
  subnet_ids = local.makes_network ? [for zone in local.zones : aws_subnet.private[zone].id] : var.existing.subnet_ids
}

resource "aws_vpc" "this" {
  count = local.makes_network ? 1 : 0

  cidr_block           = var.cidr_block
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = var.prefix }

  lifecycle {
    precondition {
      condition     = length(local.zones) >= var.zones_needed
      error_message = "The region ${local.region} has ${length(local.zones)} zones that this account can use, and ${var.zones_needed} are needed: choose another region, or bring a network of your own (existing_network)."
    }
  }
}

# Left without rules: nothing may lean on it by accident.
resource "aws_default_security_group" "this" {
  count = local.makes_network ? 1 : 0

  vpc_id = local.vpc_id
}

resource "aws_subnet" "private" {
  for_each = local.subnets

  vpc_id            = local.vpc_id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.prefix}-${each.key}" }
}

# Without a default route: no NAT, no internet, nothing to pay for and no way out.
resource "aws_route_table" "private" {
  count = local.makes_network ? 1 : 0

  vpc_id = local.vpc_id

  tags = { Name = var.prefix }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[0].id
}
