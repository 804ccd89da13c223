# A person's way to a database: Session Manager forwards a port through this host. It has no public
# address and no key, and every session is an identity's own, in CloudTrail.
data "aws_ssm_parameter" "image" {
  count = var.access_host ? 1 : 0

  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_instance" "access" {
  count = var.access_host ? 1 : 0

  ami                    = data.aws_ssm_parameter.image[0].value
  instance_type          = "t4g.nano"
  subnet_id              = local.subnet_ids[0]
  vpc_security_group_ids = [aws_security_group.client.id]
  iam_instance_profile   = aws_iam_instance_profile.access[0].name
  ebs_optimized          = true
  monitoring             = false

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  root_block_device {
    encrypted = true
  }

  tags = { Name = "${var.prefix}-access" }

  lifecycle {
    # A newer image is no reason to replace a host that is switched off after use.
    ignore_changes = [ami]
  }
}

resource "aws_iam_instance_profile" "access" {
  count = var.access_host ? 1 : 0

  name = "${var.prefix}-access"
  role = aws_iam_role.access[0].name
}

resource "aws_iam_role" "access" {
  count = var.access_host ? 1 : 0

  name                 = "${var.prefix}-access"
  description          = "Lets Session Manager reach the access host."
  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Instance"
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "access" {
  count = var.access_host ? 1 : 0

  name = "session-manager"
  role = aws_iam_role.access[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      # The channels of the agent have no ARN.
      Sid    = "SessionManagerAgent"
      Effect = "Allow"
      Action = [
        "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
      ]
      Resource = "*"
    }]
  })
}
