output "access_host_id" {
  description = "Instance id of the access host; null without one."
  value       = one(aws_instance.access[*].id)
}

output "client" {
  description = "Where a client of the databases runs: vpc_id, subnet_ids, security_group_id."
  value = {
    security_group_id = aws_security_group.client.id
    # The zone of the interface endpoints: a client elsewhere would pay for each byte between zones.
    subnet_ids = [aws_subnet.private[local.zones[0]].id]
    vpc_id     = aws_vpc.this.id
  }
}

output "s3_prefix_list_id" {
  description = "Id of the prefix list of S3, for rules of security groups."
  value       = aws_vpc_endpoint.s3.prefix_list_id
}

output "subnet_ids" {
  description = "Ids of the private subnets, one per zone."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
}

output "vpc_id" {
  description = "Id of the network."
  value       = aws_vpc.this.id
}
