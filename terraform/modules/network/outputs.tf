output "access_host_id" {
  description = "Instance id of the access host; null without one."
  value       = one(aws_instance.access[*].id)
}

output "client" {
  description = "Where a client of the databases runs: vpc_id, subnet_ids, security_group_id."
  value = {
    security_group_id = aws_security_group.client.id
    # The zone of the interface endpoints: a client elsewhere would pay for each byte between zones.
    subnet_ids = local.makes_network ? [local.subnet_ids[0]] : local.subnet_ids
    vpc_id     = local.vpc_id
  }
}

output "s3_prefix_list_id" {
  description = "Id of the prefix list of S3, for rules of security groups."
  value       = local.s3_prefix_list_id
}

output "subnet_ids" {
  description = "Ids of the private subnets, one per zone."
  value       = local.subnet_ids
}

output "vpc_id" {
  description = "Id of the network."
  value       = local.vpc_id
}
