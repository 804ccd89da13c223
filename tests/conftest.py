"""Makes the shared modules of the tests, such as `lake`, and the scripts importable everywhere."""

import sys
from pathlib import Path

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "scripts")]
