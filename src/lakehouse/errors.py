"""Why a delivery is not landed: every error names the thing, the reason and what to do next."""


class LandingError(Exception):
    """Landing stops and leaves the raw zone as it was, unless the text says otherwise."""

    exit_code = 1


class UsageError(LandingError):
    """The command asks for something that does not exist or contradicts itself."""

    exit_code = 2


class ContractError(LandingError):
    """The dbt sources YAML does not say how a delivery is to be read."""


class DeliveryError(LandingError):
    """A delivered file is not what the contract of its entity promises."""


class FutureClaimError(LandingError):
    """A delivery claims to have been received later than now."""


class HistoryRewriteError(LandingError):
    """A delivery claims to have been received before something the domain already knows."""


class RawStoreError(LandingError):
    """The raw zone or its catalogue cannot be read or written."""


class SourceError(LandingError):
    """A source cannot be fetched, or what it answers is not complete; nothing of it is landed."""


class PublishError(LandingError):
    """A mart cannot be published; the published tables stay as they were."""


class FeaturesError(LandingError):
    """The features of a delivery cannot be built or written; earlier ones stay as they were."""


class ParityError(Exception):
    """A table cannot be read for a comparison."""
