"""Calls of the AWS provider, read from Terraform's log, as the IAM actions that they need."""

import re
from pathlib import Path

# Names of the SDK's services and, where they differ, of its operations as IAM knows them.
SERVICES = {
    "Athena": "athena", "Budgets": "budgets", "CloudWatch": "cloudwatch", "CloudWatch Logs": "logs",
    "CodeBuild": "codebuild", "EC2": "ec2", "EventBridge": "events", "Glue": "glue", "IAM": "iam",
    "KMS": "kms", "LakeFormation": "lakeformation", "Lambda": "lambda", "RDS": "rds",
    "Redshift Data": "redshift-data", "Redshift Serverless": "redshift-serverless", "S3": "s3",
    "SFN": "states", "SNS": "sns", "SQS": "sqs", "SSM": "ssm", "STS": "sts",
    "Scheduler": "scheduler",
}  # fmt: skip
ACTIONS = {
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
# Of the emulator's run only: a role asks for itself, and needs no permission to do so.
NEED_NOTHING = {"iam:GetUser", "sts:GetCallerIdentity"}


def actions_called(log: Path) -> set[str]:
    """The IAM actions of every call in a log that Terraform wrote with TF_LOG_PROVIDER=DEBUG."""
    called = set()
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        operation = re.search(r"\brpc\.method=(\w+)", line)
        service = re.search(r'\brpc\.service=(?:"([^"]+)"|(\w+))', line)
        if operation and service:
            name = f"{SERVICES[service.group(1) or service.group(2)]}:{operation.group(1)}"
            called.add(ACTIONS.get(name, name))
    return called - NEED_NOTHING
