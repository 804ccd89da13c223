"""Terraform for tests: a copy of the configuration, and providers from a folder if there is one.

The folder of providers is TF_PLUGIN_MIRROR, or one of that layout in a usual place; without either,
Terraform asks its registry.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TERRAFORM = REPOSITORY / "terraform"
PROVIDER = "*/hashicorp/aws"  # below the name of whichever registry
USUAL_PLACES = ("/opt", "/usr/local/share", "/usr/share", "/var/lib", str(Path.home()))
GITHUB_REPOSITORY = "acme/lakehouse"
FUNCTION_ZIP = "target/terraform/start_workflow.zip"


def modules() -> list[str]:
    return sorted(path.name for path in (TERRAFORM / "modules").iterdir() if path.is_dir())


def environments() -> list[str]:
    return sorted(path.name for path in (TERRAFORM / "live").iterdir() if path.is_dir())


@cache
def plugin_mirror() -> Path | None:
    """The folder of providers, if there is one on this machine."""
    if named := os.environ.get("TF_PLUGIN_MIRROR"):
        return Path(named)
    for place in USUAL_PLACES:
        for pattern in ("*", "*/*", ".*/plugins"):
            for folder in Path(place).glob(pattern):
                try:
                    if any(folder.glob(PROVIDER)):
                        return folder
                except OSError:
                    continue
    return None


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@dataclass(frozen=True)
class Terraform:
    """Runs Terraform in a copy of the configuration, with its own settings."""

    root: Path
    environment: dict[str, str]

    def using(self, variables: Mapping[str, str]) -> "Terraform":
        """The same with other variables in its environment, such as somebody else's credentials."""
        return replace(self, environment=self.environment | dict(variables))

    def run(self, *args: str, folder: str, timeout_s: int = 1200) -> subprocess.CompletedProcess:
        """Run in `folder`, relative to terraform/."""
        return subprocess.run(
            ["terraform", f"-chdir={self.root / 'terraform' / folder}", *args],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    def check(self, *args: str, folder: str) -> str:
        """Run, and fail with Terraform's own words."""
        done = self.run(*args, folder=folder)
        assert done.returncode == 0, without_colours(done.stdout[-6000:] + done.stderr[-6000:])
        return done.stdout

    def json(self, *args: str, folder: str) -> dict:
        return json.loads(self.check(*args, folder=folder))


def copied(root: Path, **variables: str) -> Terraform:
    """Copy what Terraform reads into `root`, so that nothing is left in the working tree."""
    shutil.copytree(
        TERRAFORM,
        root / "terraform",
        symlinks=True,
        ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"),
    )
    for folder in ("models", "scripts", "seeds"):
        (root / folder).symlink_to(REPOSITORY / folder)
    # The example of a repository is refused: somebody could own it.
    for values in root.glob("terraform/live/*/terraform.tfvars"):
        text = values.read_text(encoding="utf-8").replace("owner/lakehouse", GITHUB_REPOSITORY)
        values.write_text(text, encoding="utf-8")
    subprocess.run(
        ["python3", REPOSITORY / "scripts" / "bundle.py", "function", root / FUNCTION_ZIP],
        check=True,
        capture_output=True,
    )
    settings = root / "terraform.rc"
    mirror = plugin_mirror()
    settings.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        if mirror
        else "",
        encoding="utf-8",
    )
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))
    }
    return Terraform(
        root=root,
        environment=kept
        | {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        # The provider is started for every run, and lives too short to gain by collecting garbage:
        # at the default of 100 a quarter of the processor's time goes there.
        | {"GOGC": "400"}
        | variables,
    )
