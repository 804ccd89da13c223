output "access_host_id" {
  description = "Instance id of the host through which a person reaches Aurora; null without one."
  value       = one(module.network[*].access_host_id)
}

output "aurora_endpoint" {
  description = "Host name of Aurora; null while it is switched off."
  value       = one(module.aurora[*].endpoint)
}

output "buckets" {
  description = "Bucket name of each zone."
  value       = module.lake.buckets
}

output "databases" {
  description = "Glue database of each domain."
  value       = module.catalogue.databases
}

output "key_policy" {
  description = "Statements that the policy of the key must have, as JSON: for a key that is brought along."
  value       = module.lake.key_policy
}

output "profile" {
  description = "Environment variables of the dbt profile: eval \"$(lakehouse env --from-terraform <this folder>)\"."
  value       = local.profile
}

output "redshift_workgroup" {
  description = "Name of the Redshift workgroup; null while it is switched off."
  value       = one(module.redshift[*].workgroup)
}

output "role_arns" {
  description = "ARN of each identity."
  value       = merge(module.identities.role_arns, { spark = module.spark.role_arn })
}

output "secret_arns" {
  description = "ARN of the owner's secret of each database that is switched on."
  value = merge(
    { for arn in module.aurora[*].secret_arn : "aurora" => arn },
    { for arn in module.redshift[*].secret_arn : "redshift" => arn },
  )
}

output "state_machine_arn" {
  description = "ARN of the workflow."
  value       = module.orchestration.state_machine_arn
}

output "topic_arn" {
  description = "ARN of the topic that gets every notice."
  value       = module.observability.topic_arn
}

output "workgroups" {
  description = "Name of the Athena workgroup of builder, reader and reader-personal."
  value       = { for group, workgroup in module.query.workgroups : group => workgroup.name }
}
