from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

# scipy.sparse.linalg.LinearOperator and scipy.sparse.csr_array: SciPy has no annotations
def linear_operator(
    weight: ArrayLike, input_size: Sequence[int], **conv_options: Any,
) -> Any: ...
def toeplitz(kernel: ArrayLike, input_shape: int | Sequence[int], mode: str = "full") -> Any: ...
