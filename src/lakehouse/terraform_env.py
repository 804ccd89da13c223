"""The environment of the dbt profile and of landing, read from Terraform's outputs."""

import json
import shlex
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lakehouse.errors import LakehouseError, UsageError

ReadOutputs = Callable[[Path], str]


class TerraformEnvError(LakehouseError):
    """Terraform's outputs cannot be read, or are not those of an environment."""


def terraform_outputs(folder: Path) -> str:
    """Ask Terraform for the outputs of a folder, as JSON text.

    Raises: TerraformEnvError if Terraform is missing or refuses.
    """
    try:
        done = subprocess.run(
            ["terraform", f"-chdir={folder}", "output", "-json"],
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as err:
        raise TerraformEnvError("terraform is not on PATH; install it, then try again") from err
    except subprocess.CalledProcessError as err:
        raise TerraformEnvError(
            f"{folder}: {err.stderr.strip()}; init and apply it, then try again"
        ) from err
    return done.stdout


def environment(folder: Path, *, read_outputs: ReadOutputs = terraform_outputs) -> dict[str, str]:
    """Read the environment variables of one deployed environment.

    Args:
        folder: the environment's Terraform folder, such as `terraform/live/dev`.
    Returns: value by name, sorted by name; the database of each domain among them.
    Raises: TerraformEnvError if the outputs are not there.
    """
    try:
        outputs = {name: item["value"] for name, item in json.loads(read_outputs(folder)).items()}
        profile = dict(_text_by_text(outputs["profile"]))
        databases = _text_by_text(outputs["databases"])
        profile["LAKEHOUSE_WORKFLOW"] = outputs["state_machine_arn"]
    except (ValueError, KeyError, TypeError, AttributeError) as err:
        raise TerraformEnvError(
            f"{folder}: no outputs 'profile', 'databases' and 'state_machine_arn' ({err!r}); apply "
            "it, then try again"
        ) from err
    profile |= {f"LAKEHOUSE_DATABASE_{domain.upper()}": name for domain, name in databases.items()}
    return dict(sorted(profile.items()))


def shell_exports(variables: Mapping[str, str], shell: str = "posix") -> str:
    """Write variables as lines that a shell evaluates.

    Args:
        shell: `posix` or `powershell`.
    Raises: UsageError for another one.
    """
    if shell == "powershell":
        quoted = {name: value.replace("'", "''") for name, value in variables.items()}
        return "\n".join(f"$env:{name} = '{value}'" for name, value in quoted.items())
    if shell != "posix":
        raise UsageError(f"'{shell}' is no shell that is known: posix, powershell")
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _text_by_text(value: dict[str, Any]) -> Mapping[str, str]:
    if not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise ValueError("an output holds something else than text")
    return value
