output "project_arns" {
  description = "ARN of the CodeBuild project of each step."
  value       = { for step, project in aws_codebuild_project.this : step => project.arn }
}

output "project_names" {
  description = "Name of the CodeBuild project of each step."
  value       = { for step, project in aws_codebuild_project.this : step => project.name }
}
