"""Benchmarks: asv suites that time the problems in problems/*.txt (see README.md)."""

import sys
from pathlib import Path

# asv imports this package from elsewhere; benchmarks of networks need `examples` beside it
_ROOT = str(Path(__file__).parent.parent)
if _ROOT not in sys.path:
    sys.path.append(_ROOT)
