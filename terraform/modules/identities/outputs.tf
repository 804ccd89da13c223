output "build_policy_arn" {
  description = "ARN of the policy that lets a builder read raw and write curated tables."
  value       = aws_iam_policy.this["build-tables"].arn
}

output "role_arns" {
  description = "ARN of each role: ci-deploy, ci-plan, extractor, publisher, reader, reader-personal, transformer."
  value       = { for role, resource in aws_iam_role.this : role => resource.arn }
}

output "role_names" {
  description = "Name of each role."
  value       = { for role, resource in aws_iam_role.this : role => resource.name }
}
