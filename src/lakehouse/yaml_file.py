"""Files of YAML, read by libyaml where PyYAML has it: the project's take a second without it."""

from pathlib import Path
from typing import Any

import yaml

# PyYAML built without libyaml has the other loader alone, which reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Return what a file of YAML says: mappings, lists, texts, numbers; None of an empty file.

    Raises: OSError, UnicodeDecodeError; yaml.YAMLError if it is no YAML.
    """
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
