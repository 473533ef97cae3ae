"""fastconv against other libraries: `python benchmarks/peers.py`.

| module | what it holds |
|---|---|
| `cases` | problems of benchmarks/problems as calls with arrays |
| `ours` | fastconv's ways to compute one |
| `pytorch`, `onnx_runtimes`, `opencv`, `with_scipy`, `with_numpy` | those of the others |
| `truth` | each problem in float64, by NumPy alone; errors of results |
| `timing` | turns, pauses, medians |
| `machine` | what the machine can do at most; threads of every library; versions |
| `report` | rows, ratios, tables |

No library is imported before it is asked for, so that asv may import all of this.
"""
