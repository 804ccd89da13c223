"""Services that Terraform needs and nobody runs: what is asked for is stored and given back."""
