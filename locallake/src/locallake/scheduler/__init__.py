"""EventBridge Scheduler as AWS does it: keywords, the role, retries, dead letters."""
