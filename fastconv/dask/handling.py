"""The handler of Dask's arrays: which function plans the blocks of which op."""

from ..config import checked_threads
from . import filters, gradients, images, layers, pools, rates, sums, templates
from .arguments import check_out, impossible, is_dask

#: functions ``plan(op, arrays, options, common)`` by the names of ops, or of packages of ops
PLANS = {
    "ndimage": images.filtered,
    **dict.fromkeys(("convolve", "correlate"), sums.summed),
    **{f"signal.{name}": sums.summed for name in (
        "convolve", "correlate", "fftconvolve", "oaconvolve", "convolve2d", "correlate2d",
    )},
    "match_template": templates.matched,
    "signal.upfirdn": rates.upsampled,
    "signal.resample_poly": rates.resampled,
    "signal.decimate": rates.decimated,
    "signal.lfilter": filters.filtered,
    "signal.filtfilt": filters.filtered_twice,
    "signal.savgol_filter": filters.smoothed,
    "signal.sepfir2d": filters.planar,
    **{f"conv{dims}d": layers.convolved for dims in (1, 2, 3)},
    **{f"conv{dims}d_weight": gradients.of_weight for dims in (1, 2, 3)},
    **{f"conv{dims}d_input": gradients.of_input for dims in (1, 2, 3)},
    **{f"{name}_pool{dims}d": pools.pooled for dims in (1, 2, 3) for name in ("max", "avg", "lp")},
    **{f"{name}{dims}d": pools.by_image for dims in (1, 2, 3) for name in (
        "adaptive_avg_pool", "adaptive_max_pool", "max_unpool",
    )},
    "weighted_pool2d": pools.weighted,
    "unfold": pools.by_batch,
    "fold": pools.by_batch,
    "maxout": pools.maxed_out,
}  # fmt: skip


class Handler:
    """What `fastconv.calls.kinds` asks of the package that takes Dask's arrays."""

    @staticmethod
    def takes(array):
        """Return whether an array is one of Dask's."""
        return is_dask(array)

    @staticmethod
    def executor_of(op, arrays, options, common):
        """Return the executor of a call."""
        plan = PLANS.get(op.name) or PLANS.get(op.name.partition(".")[0])
        if plan is None:
            raise impossible(op, "it is not computed block by block; pass NumPy arrays")
        return DaskCall(plan, op, options, common)


class DaskCall:
    """A callable like `Executor`, whose result is an array of Dask that is not computed yet.

    Parameters
    ----------
    plan : callable
        ``plan(op, arrays, options, common)`` returns the result.
    op : Op
    options, common : tuple
        As in `find_executor`.
    """

    forwards = False

    def __init__(self, plan, op, options, common):
        self._plan, self._op, self._common = plan, op, common
        self._options = dict(zip(op.options, options, strict=True))

    def __call__(self, arrays, prepared, out, num_threads):
        check_out(out)
        if num_threads is not None:
            checked_threads(num_threads)
        return self._plan(self._op, arrays, dict(self._options), self._common)
