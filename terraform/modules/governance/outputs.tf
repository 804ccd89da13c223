output "tag_key" {
  description = "Key of the Lake Formation tag that carries a column's class."
  value       = aws_lakeformation_lf_tag.class.key
}
