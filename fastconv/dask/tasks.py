"""What the tasks of a graph call: functions of fastconv, on one thread, on slabs of the arrays."""

import sys

from .. import config
from ..calls import call as run


class Call:
    """One call of a function, for all blocks of a result.

    Parameters
    ----------
    name : str
        Name of the op.
    options : dict
        The op's options by name.
    common : tuple
        algorithm, accuracy and workspace_limit.
    absent : tuple of bool, optional
        Which arrays of the op are None. The default is none of them.
    """

    def __init__(self, name, options, common, absent=()):
        self.name, self.options, self.common, self.absent = name, options, common, absent

    @property
    def label(self):
        """The beginning of the names of tasks."""
        return self.name.rpartition(".")[2].replace("_", "-")

    def __dask_tokenize__(self):
        return type(self).__qualname__, sorted(vars(self).items())

    def __call__(self, place, slabs):
        """Return the block at a `Place` from the slabs of the arrays."""
        return cropped(self.run(slabs, self.options), place.crop)

    def run(self, slabs, options):
        """Return what the function returns for some arrays and options."""
        arrays = self.arrays(slabs)
        return run(
            self.name, arrays, tuple(options.values()), *self.common, None, threads_of_task()
        )  # fmt: skip

    def arrays(self, slabs):
        """Return the arrays in the order of the op, None for those that are absent."""
        if not any(self.absent):
            return tuple(slabs)
        given = iter(slabs)
        return tuple(None if gone else next(given) for gone in self.absent)


def threads_of_task():
    """Return the number of threads of a task.

    It is 1 where Dask's own threads or processes share the CPUs. A worker of `distributed` shares
    the threads that its process may use between the tasks that it runs at once.
    """
    worker = sys.modules.get("distributed.worker")
    if worker is None:
        return 1
    try:
        at_once = worker.get_worker().state.nthreads
    except ValueError:  # not on a worker
        return 1
    return max(1, config.get_num_threads() // at_once)


def cropped(result, crop):
    """Return a part of a result, as a copy unless the rest is small."""
    if crop is None:
        return result
    part = result[crop]
    return part if 2 * result.size <= 3 * part.size else part.copy()
