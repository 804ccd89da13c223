"""Errors that a person can act on: each message names the thing and the next step."""


class LocallakeError(Exception):
    """Anything this package refuses or fails at; the command line prints it without a traceback."""


class ConfigurationError(LocallakeError):
    """A setting, a folder or an environment is not as it must be."""


class ArtefactError(LocallakeError):
    """A pinned file could not be had, or is not the file that was pinned."""


class ProcessError(LocallakeError):
    """A server did not start, did not stop, or is not ours."""


class HookError(LocallakeError):
    """The emulator is not the version whose inner names the plug-ins rely on."""
