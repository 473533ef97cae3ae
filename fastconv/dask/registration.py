"""`register`: the filters of dask-image run on fastconv."""

import numpy as np

from .. import ndimage
from .tasks import threads_of_task

#: filters of `dask_image.ndfilters` that fastconv has
_FILTERS = (
    "convolve", "correlate", "laplace", "prewitt", "sobel", "gaussian_filter",
    "gaussian_gradient_magnitude", "gaussian_laplace", "minimum_filter", "median_filter",
    "maximum_filter", "rank_filter", "percentile_filter", "uniform_filter",
)  # fmt: skip


class _Filter:
    """A filter of blocks of NumPy arrays, on the threads of one task.

    Parameters
    ----------
    name : str
        Name of a function of `fastconv.ndimage`.
    """

    def __init__(self, name):
        self.name = self.__name__ = name

    def __call__(self, *args, **kwargs):
        return getattr(ndimage, self.name)(*args, **kwargs, num_threads=threads_of_task())

    def __dask_tokenize__(self):
        return type(self).__module__, self.name


class _Chosen:
    """What dask-image asks for the filter of an array's blocks."""

    def __init__(self, name):
        self.filter = _Filter(name)

    def __call__(self, *args, **kwargs):
        return self.filter


def register():
    """Run the filters of `dask_image.ndfilters` on fastconv, where blocks are NumPy arrays.

    Returns
    -------
    None

    Raises
    ------
    ImportError
        If the package dask-image is missing.

    See Also
    --------
    fastconv.ndimage : Its functions take arrays of Dask themselves.

    Notes
    -----
    dask-image itself cuts the image into overlapping blocks, as it did before. Its results for
    ``mode="wrap"`` are therefore those of blocks that wrap around; the functions of
    `fastconv.ndimage` wrap around the whole image. The registration holds until the process ends.

    References
    ----------
    `dask_image.ndfilters`, its documentation.

    Examples
    --------
    >>> import fastconv.dask
    >>> fastconv.dask.register()  # doctest: +SKIP
    """
    try:
        from dask_image.dispatch import _dispatch_ndfilters as dispatch
    except ImportError as error:
        raise ImportError(
            "fastconv.dask.register needs the package dask-image: pip install dask-image"
        ) from error
    for name in _FILTERS:
        getattr(dispatch, f"dispatch_{name}").register(np.ndarray, _Chosen(name))
