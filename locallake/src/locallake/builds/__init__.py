"""CodeBuild's builds as processes of this machine: real commands, the project's role, logs."""
