"""SciPy's image filters on fastconv's algorithms: import this instead of `scipy.ndimage`.

=================  ===========================================================================
`arguments`        footprints and outputs, for the modules below
`convolutions`     convolve, correlate, convolve1d, correlate1d
`blurs`            gaussian_filter, gaussian_filter1d, uniform_filter, uniform_filter1d
`derivatives`      sobel, prewitt, laplace, gaussian_laplace, gaussian_gradient_magnitude
`ranks`            maximum_filter, minimum_filter, maximum_filter1d, minimum_filter1d
`medians`          median_filter, percentile_filter, rank_filter
`grey`             grey_erosion, grey_dilation, grey_opening, grey_closing
`tophats`          morphological_gradient, morphological_laplace, white_tophat, black_tophat
`binary`           binary_erosion, binary_dilation, binary_opening, binary_closing
=================  ===========================================================================

Signatures, defaults, dtypes, warnings and error types are those of SciPy 1.17; the keywords
`algorithm`, `num_threads` and `out` come after them. All other public names of `scipy.ndimage` are
SciPy's own.
"""

from ..scipy_names import scipy_fallback as _scipy_fallback
from .binary import binary_closing as binary_closing
from .binary import binary_dilation as binary_dilation
from .binary import binary_erosion as binary_erosion
from .binary import binary_opening as binary_opening
from .blurs import gaussian_filter as gaussian_filter
from .blurs import gaussian_filter1d as gaussian_filter1d
from .blurs import uniform_filter as uniform_filter
from .blurs import uniform_filter1d as uniform_filter1d
from .convolutions import convolve as convolve
from .convolutions import convolve1d as convolve1d
from .convolutions import correlate as correlate
from .convolutions import correlate1d as correlate1d
from .derivatives import gaussian_gradient_magnitude as gaussian_gradient_magnitude
from .derivatives import gaussian_laplace as gaussian_laplace
from .derivatives import laplace as laplace
from .derivatives import prewitt as prewitt
from .derivatives import sobel as sobel
from .grey import grey_closing as grey_closing
from .grey import grey_dilation as grey_dilation
from .grey import grey_erosion as grey_erosion
from .grey import grey_opening as grey_opening
from .medians import median_filter as median_filter
from .medians import percentile_filter as percentile_filter
from .medians import rank_filter as rank_filter
from .ranks import maximum_filter as maximum_filter
from .ranks import maximum_filter1d as maximum_filter1d
from .ranks import minimum_filter as minimum_filter
from .ranks import minimum_filter1d as minimum_filter1d
from .tophats import black_tophat as black_tophat
from .tophats import morphological_gradient as morphological_gradient
from .tophats import morphological_laplace as morphological_laplace
from .tophats import white_tophat as white_tophat

__getattr__, __dir__ = _scipy_fallback("ndimage", globals())
