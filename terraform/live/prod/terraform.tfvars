environment       = "prod"
github_repository = "owner/lakehouse"
