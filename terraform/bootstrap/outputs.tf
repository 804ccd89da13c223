output "state_bucket" {
  description = "Name of the bucket that keeps Terraform's state: init the environments with it."
  value       = aws_s3_bucket.state.id
}
