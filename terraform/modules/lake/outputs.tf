output "buckets" {
  description = "Bucket name of each zone: artifacts, curated, logs, raw, results, transient."
  value       = { for zone, bucket in aws_s3_bucket.this : zone => bucket.bucket }
}

output "kms_key_arn" {
  description = "ARN of the key of all data of this environment."
  value       = aws_kms_key.this.arn
}
