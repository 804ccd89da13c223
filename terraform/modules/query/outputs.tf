output "results_location" {
  description = "S3 prefix of the results of dbt and publication, without a slash at its end."
  value       = "s3://${var.results_bucket}/${local.groups["builder"].folder}"
}

output "workgroups" {
  description = "Athena workgroups of builder, reader and reader-personal: name, and the folder of their results."
  value = {
    for group, workgroup in aws_athena_workgroup.this : group => { name = workgroup.name, results_folder = local.groups[group].folder }
  }
}
