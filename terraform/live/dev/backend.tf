terraform {
  # The bucket is an account's: terraform init -backend-config=bucket=<output of bootstrap>
  backend "s3" {
    key          = "dev/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}
