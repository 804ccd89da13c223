"""One local AWS for all tests that apply the configuration: first bootstrap, then live/dev."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from infra import terraform_tool
from infra.applied import emulator, github, policies, release
from infra.applied.emulator import Emulator
from infra.terraform_tool import REPOSITORY, Terraform

FOLDER = "live/dev"
HERE = Path(__file__).parent
KNOWN = yaml.safe_load((HERE / "known_gaps.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Deployment:
    """live/dev on the local AWS, its state in the bucket that bootstrap made."""

    terraform: Terraform
    aws: Emulator

    @property
    def account(self) -> str:
        return emulator.ACCOUNT

    def ci(self, role: str) -> "Deployment":
        """The same with the credentials that a workflow of GitHub gets for a role."""
        claim = {"ci-plan": "pull_request", "ci-deploy": "environment:dev"}[role]
        keys = self.aws.by_github(role, github.token(f"repo:{github.REPOSITORY}:{claim}"))
        return Deployment(self.terraform.using(keys), self.aws)

    def apply(self, *switches: str) -> None:
        self.terraform.check("apply", *OPTIONS, *_switched_on(switches), folder=FOLDER)

    def plan(self, *switches: str) -> dict:
        """The plan as JSON, after everything was read back."""
        file = str(self.terraform.root / "second.tfplan")
        options = ["-input=false", "-no-color", f"-out={file}", *_switched_on(switches)]
        self.terraform.check("plan", *options, folder=FOLDER)
        return self.terraform.json("show", "-json", file, folder=FOLDER)

    def script(self, name: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        """Run one of scripts/ as a person does, from the top of the repository."""
        return subprocess.run(
            ["bash", f"scripts/{name}", f"terraform/{FOLDER}", *arguments],
            cwd=self.terraform.root,
            env=self.terraform.environment | variables,
            capture_output=True,
            text=True,
        )

    def state(self) -> dict:
        return self.terraform.json("show", "-json", folder=FOLDER)

    def outputs(self) -> dict[str, Any]:
        found = self.terraform.json("output", "-json", folder=FOLDER)
        return {name: item["value"] for name, item in found.items()}

    def addresses(self) -> list[str]:
        return self.terraform.check("state", "list", folder=FOLDER).split()


OPTIONS = ("-auto-approve", "-parallelism=20", "-input=false", "-no-color")


def _switched_on(switches: tuple[str, ...]) -> list[str]:
    # A region of the local AWS has three zones, where us-east-1 has six.
    zones = "-var=excluded_zone_ids=[]"
    given = (name if "=" in name else f"{name}=true" for name in switches)
    return ["-var=alert_email=data@example.com", zones, *(f"-var={one}" for one in given)]


def drift(plan: dict) -> set[str]:
    """What a plan would change: `<address without keys> <attribute>`."""
    changed = set()
    for change in plan["resource_changes"]:
        if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]:
            address = re.sub(r"\[[^]]*\]", "", change["address"])
            changed |= {f"{address} {attribute}" for attribute in _attributes(change["change"])}
    return changed


def _attributes(change: dict) -> set[str]:
    if change.get("replace_paths"):
        return {path[0] for path in change["replace_paths"]}
    before, after = change["before"] or {}, change["after"] or {}
    unknown = {name for name, is_unknown in change["after_unknown"].items() if is_unknown is True}
    differing = {
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    return (differing - unknown) or {"(whole)"}


def known(*parts: str) -> set[str]:
    """What the lists of known gaps say that a plan changes for ever."""
    return {
        f"{address} {name}"
        for part in parts
        for address, names in (KNOWN[part] or {}).items()
        for name in names
    }


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: nothing is applied")
    folder = tmp_path_factory.mktemp("aws")
    programs = None if release.missing() else release.image(folder)
    wanted = {"with_glue": False, "build_path": programs, "wait_scale": 0.02}
    with emulator.running(folder / "state", **wanted) as running:
        yield running


@pytest.fixture(scope="session")
def copy(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """A copy of the configuration whose clients are pointed at the local AWS."""
    root = tmp_path_factory.mktemp("applied")
    # Without an endpoint of its own the provider would talk to AWS.
    copy = terraform_tool.copied(root / "copy", **aws.region, **emulator.ADMINISTRATOR)
    for folder in ("bootstrap", FOLDER):
        override = copy.root / "terraform" / folder / "emulator_override.tf"
        override.write_text(emulator.OVERRIDE, encoding="utf-8")
    return copy


@pytest.fixture(scope="session")
def bootstrap(copy: Terraform) -> Terraform:
    """What an account needs once, applied."""
    copy.check("init", "-input=false", folder="bootstrap")
    copy.check("apply", *OPTIONS, folder="bootstrap")
    return copy


@pytest.fixture(scope="session")
def deployment(bootstrap: Terraform, aws: Emulator) -> Deployment:
    """live/dev, applied for the first time, by the administrator, with all switches off."""
    bucket = bootstrap.check("output", "-raw", "state_bucket", folder="bootstrap")
    settings = [f"bucket={bucket}", *emulator.BACKEND]
    backend = [f"-backend-config={setting}" for setting in settings]
    bootstrap.check("init", "-input=false", *backend, folder=FOLDER)
    made = Deployment(bootstrap, aws)
    made.apply()
    return made


def put_release(deployment: Deployment, folder: Path, authorities: bytes) -> str:
    """Release as GitHub's workflow does after an apply; returns the address.

    Args:
        authorities: who vouches for the databases of RDS, PEM.
    """
    if lacking := release.missing():
        pytest.skip(f"{lacking}: nothing is released or built")
    path = f"{release.image(folder)}:{deployment.terraform.environment['PATH']}"
    (deployment.terraform.root / "requirements").symlink_to(REPOSITORY / "requirements")
    with release.trust_store(folder / "curl", authorities) as curl:
        done = deployment.ci("ci-deploy").script("release.sh", PATH=path, **curl)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="session")
def released(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a release."""
    return put_release(deployment, tmp_path_factory.mktemp("release"), b"none is asked here")


@pytest.fixture(scope="session")
def state(deployment: Deployment) -> dict:
    """Terraform's state after the first apply."""
    return deployment.state()


@pytest.fixture(scope="session")
def roles(state: dict) -> dict[str, policies.Role]:
    return policies.roles(state)
