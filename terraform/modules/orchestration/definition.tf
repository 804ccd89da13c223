locals {
  # CodeBuild refuses a build beyond the project's limit; another execution is then writing, so wait.
  wait_for_turn = {
    ErrorEquals     = ["CodeBuild.AccountLimitExceededException", "CodeBuild.CodeBuildException"]
    IntervalSeconds = 60
    # As long as the build that is waited for may take, and wait itself.
    MaxAttempts = var.build_minutes + 60
    BackoffRate = 1
  }

  # Of the answer only what a person needs: the rest holds the environment of the build.
  build_result = { "build_id.$" = "$.Build.Id", "status.$" = "$.Build.BuildStatus" }

  # A build that finds the lease of another writer ends with this status, before it does anything. It costs a start; the
  # wait between two costs nothing. Together they last as long as a build may take, and wait itself.
  held = {
    says    = "Reason: exit status 75"
    seconds = 300
    waits   = ceil((var.build_minutes + 60) * 60 / 300)
  }

  begins = { for step in ["maintain", "transform"] : step => "Begin${title(step)}" }

  # Of the tables, by either of the steps that write them.
  build = {
    Type     = "Task"
    Resource = "arn:${local.partition}:states:::codebuild:startBuild.sync"
    Parameters = {
      "ProjectName.$" = "$.turn.project"
      EnvironmentVariablesOverride = [
        for input in ["full_refresh", "run_date", "select", "variables"] :
        { Name = "LAKEHOUSE_${upper(input)}", Type = "PLAINTEXT", "Value.$" = "$.${input}" }
      ]
    }
    ResultSelector = local.build_result
    # What it failed for before holds the environment of that build: it goes.
    ResultPath     = "$.build"
    TimeoutSeconds = 3 * 3600
    Retry          = [local.wait_for_turn]
    Next           = var.publishes ? "IsPublished" : "Notify"
  }

  publish = {
    IsPublished = {
      Type    = "Choice"
      Choices = [{ Variable = "$.step", StringEquals = "transform", Next = "Publish" }]
      Default = "Notify"
    }
    Publish = {
      Type           = "Task"
      Comment        = "One transaction per table: a repeated attempt finds the old tables whole."
      Resource       = "arn:${local.partition}:states:::codebuild:startBuild.sync"
      Parameters     = { ProjectName = var.project_names["publish"] }
      ResultSelector = local.build_result
      ResultPath     = "$.publish"
      TimeoutSeconds = 2 * 3600
      Retry = [local.wait_for_turn, {
        ErrorEquals     = ["States.TaskFailed"]
        IntervalSeconds = 60
        MaxAttempts     = 2
        BackoffRate     = 2
      }]
      Next = "Notify"
    }
  }

  # The sources named in private_sources are reached from inside their network alone, all others from outside alone.
  has_private = length(var.private_sources) > 0
  extract_states = merge(
    { for state, step in merge({ ExtractSource = "extract" }, local.has_private ? { ExtractPrivateSource = "extract-private" } : {}) : state => {
      Type     = "Task"
      Resource = "arn:${local.partition}:states:::codebuild:startBuild.sync"
      Parameters = {
        ProjectName = var.project_names[step]
        EnvironmentVariablesOverride = [
          { Name = "LAKEHOUSE_SOURCE", Type = "PLAINTEXT", "Value.$" = "$.source" },
          { Name = "LAKEHOUSE_OBJECT", Type = "PLAINTEXT", "Value.$" = "$.object" },
        ]
      }
      ResultSelector = local.build_result
      TimeoutSeconds = 3600
      Retry = [local.wait_for_turn, {
        ErrorEquals     = ["States.TaskFailed"]
        IntervalSeconds = 60
        MaxAttempts     = 3
        BackoffRate     = 2
      }]
      End = true
    } },
    { for state in local.has_private ? ["WhereSourceLies"] : [] : state => {
      Type = "Choice"
      Choices = [{
        Or   = flatten([for source in var.private_sources : [for pattern in [source, "${source}.*"] : { Variable = "$.source", StringMatches = pattern }]])
        Next = "ExtractPrivateSource"
      }]
      Default = "ExtractSource"
    } },
  )

  states = merge({
    Extract = {
      Type           = "Map"
      Comment        = "All sources at once; none for a run that only builds."
      ItemsPath      = "$.extracts"
      MaxConcurrency = var.extracts_at_once
      ResultPath     = null
      ItemProcessor = {
        ProcessorConfig = { Mode = "INLINE" }
        StartAt         = local.has_private ? "WhereSourceLies" : "ExtractSource"
        States          = local.extract_states
      }
      Next = "WhatIsBuilt"
    }
    WhatIsBuilt = {
      Type    = "Choice"
      Choices = [for step, state in local.begins : { Variable = "$.step", StringEquals = step, Next = state }]
      Default = "Notify"
    }
    Build = merge(local.build, {
      Comment = "What it fails for is looked at before the one attempt more."
      Catch   = [{ ErrorEquals = ["States.TaskFailed"], ResultPath = "$.build", Next = "IsHeld" }]
    })
    IsHeld = {
      Type    = "Choice"
      Comment = "Somebody else writes the tables: nothing was done, and nothing is wrong."
      Choices = [{
        And = [
          { Variable = "$.build.Cause", StringMatches = "*${local.held.says}*" },
          { Variable = "$.turn.waits", NumericLessThan = local.held.waits },
        ]
        Next = "WaitForLease"
      }]
      Default = "Pause"
    }
    WaitForLease = { Type = "Wait", Seconds = local.held.seconds, Next = "CountWait" }
    CountWait = {
      Type       = "Pass"
      Parameters = { "project.$" = "$.turn.project", "waits.$" = "States.MathAdd($.turn.waits, 1)" }
      ResultPath = "$.turn"
      Next       = "Build"
    }
    Pause = {
      Type    = "Wait"
      Comment = "A build that was killed keeps its lease for 180 s."
      Seconds = 240
      Next    = "BuildAgain"
    }
    # Not a retry of Build, and not followed by a state of type Fail: an execution is redriven at the state that
    # failed, and that must be one that builds.
    BuildAgain = merge(local.build, {
      Comment = "A partial run converges, so one more attempt is harmless; more would hide a failing test for hours."
    })
    Notify = {
      Type     = "Task"
      Resource = "arn:${local.partition}:states:::sns:publish"
      Parameters = {
        TopicArn    = var.topic_arn
        Subject     = "${var.prefix}: run done"
        "Message.$" = "States.Format('Execution {} is done.', $$.Execution.Name)"
      }
      TimeoutSeconds = 60
      Retry = [{
        ErrorEquals     = ["States.TaskFailed"]
        IntervalSeconds = 10
        MaxAttempts     = 3
        BackoffRate     = 2
      }]
      End = true
    }
    }, {
    for step, state in local.begins : state => {
      Type       = "Pass"
      Result     = { project = var.project_names[step], waits = 0 }
      ResultPath = "$.turn"
      Next       = "Build"
    }
  }, [for state in [local.publish] : state if var.publishes]...)

  # A failure is told by a rule on the execution's state: that also sees a stop and a time-out.
  definition = {
    Comment        = "Extract all sources at once, build and test with dbt, publish, tell; or maintain the tables."
    StartAt        = "Extract"
    TimeoutSeconds = 8 * 3600
    States         = local.states
  }
}
