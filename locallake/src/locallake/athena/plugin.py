"""Puts Trino behind the emulator's Athena."""

from __future__ import annotations

from typing import Any

from locallake import ministack
from locallake.athena import statements
from locallake.athena.catalogue import Catalogue
from locallake.athena.service import AthenaService
from locallake.athena.trino_client import TrinoClient
from locallake.errors import ConfigurationError
from locallake.permissions import plugin as permissions
from locallake.settings import Settings

_ATHENA_HOOKS = (
    "_detect_statement_type",
    "_execute_query",
    "_executions",
    "_get_query_results",
    "_parse_ddl",
    "_run_ddl",
    "_start_query_execution",
    "_stop_query_execution",
    "_workgroups",
)


def install(settings: Settings) -> None:
    """Have every statement run on Trino.

    Raises: HookError if the emulator is not the version this was written for, ConfigurationError if
        the settings name no Trino.
    """
    from ministack.core import responses
    from ministack.services import athena, glue, s3

    ministack.require(athena, *_ATHENA_HOOKS)
    ministack.require(glue, "_handle_request_sync")
    ministack.require(s3, "_buckets", "_put_object")
    ministack.require(responses, "error_response_json", "json_response")
    if settings.trino_port is None:
        raise ConfigurationError("the settings name no Trino: run `locallake up` with Athena")
    service = AthenaService(
        athena,
        s3,
        catalogue=Catalogue(glue),
        engine=TrinoClient(settings.trino_port),
        parse_ddl=athena._parse_ddl,
        start=athena._start_query_execution,
        refuse=responses.error_response_json,
        answer=responses.json_response,
        faults_file=settings.faults,
        **({"denied": permissions.denied_to_asker} if settings.enforce else {}),
    )
    hook(athena, service)
    ministack.on_reset(service.forget)


def hook(athena: Any, service: AthenaService) -> None:
    """Replace what the emulator's module does with queries."""
    athena._detect_statement_type = statements.statement_type
    # The emulator reads DDL itself when it can; Trino is to have all of it.
    athena._parse_ddl = lambda query: None
    athena._execute_query = service.execute
    athena._get_query_results = service.get_query_results
    athena._start_query_execution = service.start_query_execution
    athena._stop_query_execution = service.stop_query_execution
