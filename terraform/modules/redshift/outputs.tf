output "copy_role_arn" {
  description = "ARN of the role that COPY names."
  value       = aws_iam_role.copy.arn
}

output "environment" {
  description = "What publication must know, as environment variables."
  value = {
    LAKEHOUSE_REDSHIFT_COPY_ROLE = aws_iam_role.copy.arn
    LAKEHOUSE_REDSHIFT_DATABASE  = var.database_name
    LAKEHOUSE_REDSHIFT_EXPORTS   = "s3://${var.export_bucket}/publish"
    LAKEHOUSE_REDSHIFT_WORKGROUP = aws_redshiftserverless_workgroup.this.workgroup_name
  }
}

output "secret_arn" {
  description = "ARN of the secret with the owner's user and password."
  value       = aws_redshiftserverless_namespace.this.admin_password_secret_arn
}

output "workgroup" {
  description = "Name of the Redshift workgroup."
  value       = aws_redshiftserverless_workgroup.this.workgroup_name
}

output "workgroup_arn" {
  description = "ARN of the Redshift workgroup."
  value       = aws_redshiftserverless_workgroup.this.arn
}
