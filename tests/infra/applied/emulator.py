"""AWS of this machine for Terraform: MiniStack with our plug-in, started and ended by the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ACCOUNT, REGION = "123456789012", "us-east-1"
PLUGIN = Path(__file__).with_name("emulator_plugin.py")

# Copied beside a configuration for a run: nothing local stands in the configuration itself.
OVERRIDE = """
terraform {
  backend "local" {}
}

provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
  max_retries                 = 2 # of 25: a call that is missing here would hang for minutes
}
"""


def python_of_emulator() -> str | None:
    """A Python that has MiniStack: LAKEHOUSE_EMULATOR_PYTHON, or this one."""
    python = os.environ.get("LAKEHOUSE_EMULATOR_PYTHON", sys.executable)
    found = subprocess.run([python, "-c", "import ministack"], capture_output=True)
    return python if found.returncode == 0 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(python: str, log: Path, **settings: str) -> Iterator[str]:
    """Start MiniStack on a free port of 127.0.0.1, and end it afterwards.

    Returns: the address of its endpoint.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [python, PLUGIN],
            env=environment | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_until_healthy(endpoint, process, log)
        yield endpoint
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_until_healthy(endpoint: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-3000:]
        with suppress(OSError):
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=5).close()
            return
        time.sleep(0.2)
    raise AssertionError(f"the emulator does not answer; see {log}")
