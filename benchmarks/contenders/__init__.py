"""Compare fastconv with other libraries: `python benchmarks/peers.py`.

A contender is one way to compute a case: a function of fastconv or of a peer, which is another
library. A case is a problem with arrays.

| module | what it holds |
|---|---|
| `main` | the command line |
| `cases` | makes cases from the keys in benchmarks/problems |
| `drawn` | draws layers of networks at random |
| `drawn_filters`, `pictures` | draws filters of integers at random; makes their pictures |
| `ours` | the contenders of fastconv |
| `pytorch` | the contenders of torch, with those of `torch_backward` and `torch_unshared` |
| `torch_backward` | the contenders of torch for gradients of poolings, unpooling and maxout |
| `torch_unshared` | the contenders of torch for local and tiled convolutions |
| `onnx_runtimes` | the contenders of ONNX Runtime and OpenVINO |
| `opencv`, `with_scipy`, `with_numpy` | the contenders of OpenCV, SciPy and NumPy |
| `gpu` | the comparison of CuPy arrays with torch.cuda and cupyx |
| `truth` | computes each case in float64, and the errors of results |
| `timing` | times contenders in turns, with pauses |
| `machine` | peak rates of the machine, versions of libraries, numbers of threads |
| `report` | makes rows, ratios and tables |

Libraries are imported inside functions, so that asv can import these modules without them.
"""
