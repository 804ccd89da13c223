output "results_location" {
  description = "S3 prefix of query results, without a slash at its end."
  value       = "s3://${var.results_bucket}/athena"
}

output "workgroup" {
  description = "Name of the Athena workgroup."
  value       = aws_athena_workgroup.this.name
}
