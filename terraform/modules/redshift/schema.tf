locals {
  # An identity that logs in through IAM is this database user.
  login = "IAMR:${var.publisher_role_name}"

  # Redshift has no `create user if not exists`, hence a procedure; it may run any number of times.
  # Publication lets the role read what it publishes.
  statements = {
    define = <<-SQL
      create or replace procedure public.prepare_publication() as $$
      declare
        logins int;
        roles int;
      begin
        select count(*) into logins from pg_user where usename = '${local.login}';
        if logins = 0 then
          execute 'create user "${local.login}" password disable';
        end if;
        select count(*) into roles from svv_roles where role_name = '${var.reader_role}';
        if roles = 0 then
          execute 'create role ${var.reader_role}';
        end if;
      %{~for schema in var.schemas}
        execute 'create schema if not exists ${schema}';
        execute 'grant usage, create on schema ${schema} to "${local.login}"';
        execute 'grant usage on schema ${schema} to role ${var.reader_role}';
      %{~endfor}
      end;
      $$ language plpgsql
    SQL
    # The comment makes a changed procedure a changed call.
    run = "call public.prepare_publication() -- for ${local.login} in ${join(", ", var.schemas)}"
  }
}

resource "terraform_data" "statement" {
  for_each = local.statements

  input = each.value
}

resource "aws_redshiftdata_statement" "define" {
  workgroup_name = aws_redshiftserverless_workgroup.this.workgroup_name
  database       = var.database_name
  secret_arn     = aws_redshiftserverless_namespace.this.admin_password_secret_arn
  sql            = local.statements.define

  lifecycle {
    # The Data API forgets a statement after a day and then reads back empty; only a new text runs again.
    ignore_changes       = [secret_arn, sql, workgroup_name]
    replace_triggered_by = [terraform_data.statement["define"]]
  }
}

resource "aws_redshiftdata_statement" "run" {
  workgroup_name = aws_redshiftserverless_workgroup.this.workgroup_name
  database       = var.database_name
  secret_arn     = aws_redshiftserverless_namespace.this.admin_password_secret_arn
  sql            = local.statements.run

  lifecycle {
    ignore_changes       = [secret_arn, sql, workgroup_name]
    replace_triggered_by = [terraform_data.statement["run"]]
  }

  depends_on = [aws_redshiftdata_statement.define]
}
