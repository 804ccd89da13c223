"""Why a command stops: every error names the thing, the reason and what to do next."""

import re
from unicodedata import category


def shown(text: str) -> str:
    """The text with escapes for characters that break a line, show nothing, or are half of one."""
    return "".join(
        ascii(sign)[1:-1] if category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text
    )


class LakehouseError(Exception):
    """A command stops and leaves what it writes as it was, unless the text says otherwise."""

    exit_code = 1

    @classmethod
    def code(cls) -> str:
        """Return what `lakehouse explain` knows it by: `raw_store` for RawStoreError."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__.removesuffix("Error")).lower()


class UsageError(LakehouseError):
    """The command asks for something that does not exist or contradicts itself."""

    exit_code = 2


class ContractError(LakehouseError):
    """The dbt sources YAML does not say how a delivery is to be read."""


class DeliveryError(LakehouseError):
    """A delivered file is not what the contract of its entity promises.

    Its text quotes what somebody else wrote: what would break its line is escaped.
    """

    def __init__(self, text: str) -> None:
        super().__init__(shown(text))


class FutureClaimError(LakehouseError):
    """A delivery claims to have been received later than now."""


class HistoryRewriteError(LakehouseError):
    """A delivery claims to have been received before something the domain already knows."""


class RawStoreError(LakehouseError):
    """The raw zone or its catalogue cannot be read or written."""


class AwsError(LakehouseError):
    """AWS refuses what is asked of it, or cannot be asked."""


class LeaseHeldError(LakehouseError):
    """Another run writes the tables of the environment; nothing was done. Wait, and run again."""

    exit_code = 75


class LeaseLostError(LakehouseError):
    """A run had to end, because another may have begun to write its tables."""


class DecisionError(LakehouseError):
    """What was decided of a load cannot be written down; the list stays as it was."""


class SourceError(LakehouseError):
    """A source cannot be fetched, or what it answers is not complete; nothing of it is landed."""


class TableReadError(LakehouseError):
    """A table cannot be read as text."""


class ComparisonError(LakehouseError):
    """Two builds cannot be compared; neither was touched. The status is that of diff(1)."""

    exit_code = 2


class PublishError(LakehouseError):
    """A mart cannot be published; the published tables stay as they were."""


class FeaturesError(LakehouseError):
    """The features of a delivery cannot be built or written; earlier ones stay as they were."""


class DeclarationError(LakehouseError):
    """The YAML of a project does not say what is asked of it."""


class GuardedColumnError(LakehouseError):
    """A query names what is not for everybody's eyes."""


class SiteError(LakehouseError):
    """The site cannot be written; one that is there stays as it was."""
