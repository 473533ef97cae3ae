"""fastconv against other libraries, interleaved in one process, every result checked.

    python benchmarks/peers.py --set dense --threads 1,2 --filter 3x3 --limit 20 --json dense.json

What is compared and how to read it: benchmarks/README.md. The parts are in benchmarks/contenders/.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # read when NumPy loads OpenBLAS, whose idle threads otherwise spin for 2**26 ticks, some 30 ms,
    # and take half a core from whoever is timed next
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from benchmarks.contenders.main import main

    main()
