"""`plan`: checks its arguments, and makes a `Plan`."""

from ..problem.arguments import choice, duration
from ..problem.ops import op_for
from .arguments import checked_op, specs_of, split_arguments
from .prepared import Plan


def plan(op, *, effort="estimate", time_limit=None, dtype=None, algorithm="auto",
         accuracy="default", workspace_limit=None, **arrays_and_options):  # fmt: skip
    """Choose an algorithm for a problem and prepare its weight.

    Parameters
    ----------
    op : str
        Name of a function: ``"conv2d"``, ``"conv2d_weight"``, ``"max_pool2d"``, ``"convolve"``,
        ``"ndimage.convolve"``.
    effort : {"estimate", "measure", "exhaustive"}, default "estimate"
        How to choose the algorithm. "estimate" uses the cost model. "measure" times the candidates
        that the cost model prefers and stores the fastest in the wisdom. "exhaustive" times all.
    time_limit : float, optional
        Number of seconds for the timing. The default is 10.
    dtype : dtype_like, optional
        dtype of the arrays that are given as shapes. The default is that of the arrays that are
        given, or float32 if there are none.
    algorithm : str, default "auto"
        Name of the algorithm to run. "auto" lets the planner choose.
    accuracy : {"high", "default", "fast"}, default "default"
        Error bound that the chosen algorithm must respect, as in `conv2d`.
    workspace_limit : int, optional
        Number of bytes of scratch memory that a call may use, as in `conv2d`.
    **arrays_and_options
        The arrays of the function by name, each as a shape or an array, and its options. An array
        is copied. A weight that is given as an array is also prepared.

    Returns
    -------
    Plan
        A callable with the chosen algorithm and the prepared weight.

    Raises
    ------
    ValueError, TypeError
        If `op` is unknown, or the function would raise it.
    UnsupportedAlgorithm
        If the named algorithm cannot run this problem.

    See Also
    --------
    compare : Times every algorithm of a problem.

    Notes
    -----
    A plan saves the choice of algorithm and the preparation of the weight, such as the transforms
    of Winograd and FFT algorithms. Plans may be called by several threads at once, and may be
    pickled; the preparation is then repeated.

    References
    ----------
    M. Frigo and S. G. Johnson, "The design and implementation of FFTW3", Proceedings of the IEEE
    93(2), 2005 (the idea of plans).

    Examples
    --------
    >>> import numpy as np
    >>> import fastconv as fc
    >>> w = np.ones((8, 4, 3, 3), np.float32)
    >>> p = fc.plan("conv2d", input=(1, 4, 16, 16), weight=w, padding=1, algorithm="naive")
    >>> p.algorithm, p.key
    ('naive', 'conv2d_fwd_f32_n1_g1_c4_k8_i16x16_w3x3_s1x1_p1.1x1.1_d1x1')
    >>> p(np.ones((1, 4, 16, 16), np.float32)).shape
    (1, 8, 16, 16)
    """
    op = op_for(checked_op(op).name, arrays_and_options)
    choice("effort", effort, ("estimate", "measure", "exhaustive"))
    if time_limit is not None:
        time_limit = duration("time_limit", time_limit)
    arrays, options = split_arguments(op, arrays_and_options)
    arrays = specs_of(op, arrays, dtype)
    return Plan(op, arrays, options, algorithm, accuracy, workspace_limit, effort, time_limit)
