"""Terraform for every test of this folder; without it they are skipped, and say so."""

import shutil

import pytest
from infra import terraform_tool
from infra.terraform_tool import Terraform


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: the configuration of AWS is not checked")
    return terraform_tool.copied(tmp_path_factory.mktemp("terraform"))
