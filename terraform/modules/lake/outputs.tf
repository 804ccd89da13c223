output "buckets" {
  description = "Bucket name of each zone: artifacts, curated, logs, raw, results, transient."
  value       = merge(var.existing_buckets, { for zone, bucket in aws_s3_bucket.this : zone => bucket.bucket })
}

output "key_policy" {
  description = "Statements that the policy of the key must have, as JSON: for a key that was made elsewhere."
  value       = jsonencode(local.key_statements)
}

output "kms_key_arn" {
  description = "ARN of the key of all data of this environment."
  value       = local.kms_key_arn
}
