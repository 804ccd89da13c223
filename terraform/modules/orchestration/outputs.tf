output "dead_letter_queue" {
  description = "Name of the queue of starts that were lost."
  value       = aws_sqs_queue.dead_letters.name
}

output "function_name" {
  description = "Name of the function that starts the workflow."
  value       = aws_lambda_function.start.function_name
}

output "state_machine_arn" {
  description = "ARN of the workflow."
  value       = aws_sfn_state_machine.this.arn
}
