"""Calls: from the arguments of a public function to a run of an algorithm.

    face -> call or filtered -> call cache -> executor -> algorithm's run

A call whose shapes, dtypes and options were met before is found in the call cache and runs at once
(`fast_call`). Any other is validated into a problem (`fastconv.problem`), gets an algorithm
(`fastconv.planner`) and an executor, which is kept.

============  ===================================================================================
`eager`       the way in: `call` for results in `out=`, and where executors are found or made
`images`      the way in of `scipy.ndimage`'s functions: their `output=` is any array or dtype
`executor`    `Executor`: one problem on one algorithm
`by_values`   executors that depend on the values of a weight
`forward`     calls that SciPy answers
`fast_call`   compiled: calls of nothing but an algorithm's `run`; keys of calls
`call_cache`  compiled: what the last calls were, found again without hashing
============  ===================================================================================
"""

from ..recording import listen
from .eager import call, executor_for, release_memory
from .executor import SERIAL_BELOW, Executor
from .fast_call import set_recording
from .images import filtered

__all__ = ["SERIAL_BELOW", "Executor", "call", "executor_for", "filtered", "release_memory"]

listen(set_recording)
