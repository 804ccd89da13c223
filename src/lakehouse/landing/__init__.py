"""What was delivered becomes text in the raw zone, as the contract of its domain says."""
