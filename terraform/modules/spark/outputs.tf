output "profile" {
  description = "Values of the dbt profile's target `glue`, as environment variables. Its Glue version 5.1 stands in profiles.yml."
  value = {
    LAKEHOUSE_GLUE_IDLE_MINUTES           = tostring(var.idle_minutes)
    LAKEHOUSE_GLUE_ROLE_ARN               = aws_iam_role.session.arn
    LAKEHOUSE_GLUE_SECURITY_CONFIGURATION = aws_glue_security_configuration.this.name
    LAKEHOUSE_GLUE_WORKERS                = tostring(var.worker.count)
    LAKEHOUSE_GLUE_WORKER_TYPE            = var.worker.type
  }
}

output "role_arn" {
  description = "ARN of the role of Glue interactive sessions."
  value       = aws_iam_role.session.arn
}
