"""Run the call of a public function: find or make an executor, and run its algorithm.

    face -> call or filtered -> call cache -> executor -> run of the algorithm

If a call has the shapes, dtypes and options of an earlier one, its executor is found in the call
cache and runs at once (`fast_call`). Otherwise the arguments are validated into a problem
(`fastconv.problem`), the planner chooses an algorithm (`fastconv.planner`), and the new executor is
kept in the cache.

============  ===================================================================================
`eager`       `call`, the entry of most functions; finds or makes the executor of a call
`images`      `filtered`, the entry of `scipy.ndimage`'s functions, which have an `output=`
`executor`    `Executor`: runs one problem with one algorithm
`by_values`   `ByValues`: finds the executor that fits the values of a weight
`fortran`     arrays in Fortran's order, as their transposes
`forward`     `ForwardCall`: calls SciPy's own function
`kinds`       arrays of other libraries, for which a package above has a handler
`host`        `HostCalls`: what plans ask of NumPy arrays
`fast_call`   compiled: the fast path, for calls that need nothing but `run`; keys of calls
`call_cache`  compiled: the executors of the last calls, found without hashing
============  ===================================================================================
"""

from ..recording import listen
from .eager import call, executor_for, release_memory
from .executor import Executor
from .fast_call import set_recording
from .images import filtered

__all__ = ["Executor", "call", "executor_for", "filtered", "release_memory"]

listen(set_recording)
