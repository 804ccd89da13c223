environment       = "dev"
github_repository = "owner/lakehouse"
