data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name

  function_name     = "${var.prefix}-start-workflow"
  machine_name      = "${var.prefix}-workflow"
  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${local.machine_name}"
}

resource "aws_sfn_state_machine" "this" {
  name     = local.machine_name
  role_arn = aws_iam_role.machine.arn

  definition = jsonencode(local.definition)

  encryption_configuration {
    type                              = "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = var.kms_key_arn
    kms_data_key_reuse_period_seconds = 900
  }

  # Without data: the cause of a failed build holds its environment in clear.
  logging_configuration {
    include_execution_data = false
    level                  = "ERROR"
    log_destination        = "${aws_cloudwatch_log_group.machine.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  depends_on = [aws_iam_role_policy.machine]
}

resource "aws_cloudwatch_log_group" "machine" {
  name              = "/aws/vendedlogs/states/${local.machine_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "start" {
  function_name    = local.function_name
  description      = "Starts the workflow once per schedule and day, and once per new object."
  role             = aws_iam_role.function.arn
  runtime          = "python3.12"
  architectures    = ["arm64"]
  handler          = "start_workflow.handler"
  filename         = var.bundle_path
  source_code_hash = filebase64sha256(var.bundle_path)
  timeout          = 30
  memory_size      = 256
  kms_key_arn      = var.kms_key_arn

  environment {
    variables = {
      STATE_MACHINE_ARN = local.state_machine_arn
    }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.prefix}-dead-letters"
  kms_master_key_id         = var.kms_key_arn
  message_retention_seconds = var.dead_letter_days * 24 * 3600
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RulesThatLostTheirTarget"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.dead_letters.arn
      Condition = { ArnLike = { "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${var.prefix}-*" } }
    }]
  })
}
