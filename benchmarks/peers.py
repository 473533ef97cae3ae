"""Compare fastconv with other libraries, in turns in one process, and check every result.

    python benchmarks/peers.py --set dense --threads 1,2 --filter 3x3 --limit 20 --json dense.json

benchmarks/README.md describes what is compared and how to read the tables. The modules are in
benchmarks/contenders/.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # Idle threads of OpenBLAS spin for 2**26 clock ticks by default, about 30 ms, and slow down the
    # library that is timed next. OpenBLAS reads this variable when NumPy loads it.
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from benchmarks.contenders.main import main

    main()
