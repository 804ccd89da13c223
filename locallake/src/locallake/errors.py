"""Errors that a person can act on: each message names the thing and the next step."""


class LocallakeError(Exception):
    """Anything this package refuses or fails at; the command line prints it without a traceback."""


class ConfigurationError(LocallakeError):
    """A setting, a folder or an environment is not as it must be."""


class PortTakenError(ConfigurationError):
    """Somebody listens where a server of ours should: its answers would pass for ours.

    Args:
        option: of `locallake up`, which chooses another port.
        holder: who listens; None where the machine does not say.
        free_port: one that could be taken instead.
    """

    def __init__(self, port: int, *, option: str, holder: str | None, free_port: int) -> None:
        self.reason = f"port {port} is taken" + (f" by {holder}" if holder else "")
        self.free_port = free_port
        super().__init__(
            f"{self.reason}: choose another, such as `locallake up {option} {free_port}`"
        )


class ArtefactError(LocallakeError):
    """A pinned file could not be had, or is not the file that was pinned."""


class ProcessError(LocallakeError):
    """A server did not start, did not stop, or is not ours."""


class HookError(LocallakeError):
    """The emulator is not the version whose inner names the plug-ins rely on."""
