"""Make programs faster that call NumPy's and SciPy's functions, without a change of the program.

`install` puts functions of fastconv in the place of those that it has too: `np.convolve`,
`np.correlate`, and the functions of `fastconv.signal` and `fastconv.ndimage`. `uninstall` undoes
it, and `report` tells what they have done. ``python -m fastconv accelerate script.py`` runs a whole
program in this way.

==============  ================================================================================
`places`        `install`, `uninstall`, `installed`: which functions stand where
`replacements`  makes the function that takes the place of another
`functions`     the module in which pickle finds these functions
`lines`         `np.convolve` and `np.correlate` by functions of fastconv.signal
`counts`        `report` and what it counts
==============  ================================================================================

See `docs/accelerate.md`.
"""

from .counts import report
from .places import install, installed, uninstall

__all__ = ["install", "installed", "report", "uninstall"]
