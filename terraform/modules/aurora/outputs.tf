output "endpoint" {
  description = "Host name of the writer."
  value       = aws_rds_cluster.this.endpoint
}

output "environment" {
  description = "What publication must know, as environment variables."
  value = {
    # Beside the wheels: the authorities of RDS are in nobody's usual list, and the network has no way out.
    LAKEHOUSE_AURORA_CA       = "wheels/rds-global-bundle.pem"
    LAKEHOUSE_AURORA_DATABASE = aws_rds_cluster.this.database_name
    LAKEHOUSE_AURORA_HOST     = aws_rds_cluster.this.endpoint
    LAKEHOUSE_AURORA_PORT     = tostring(aws_rds_cluster.this.port)
    LAKEHOUSE_AURORA_SECRET   = aws_rds_cluster.this.master_user_secret[0].secret_arn
  }
}

output "secret_arn" {
  description = "ARN of the secret with the owner's user and password, rotated by RDS."
  value       = aws_rds_cluster.this.master_user_secret[0].secret_arn
}
