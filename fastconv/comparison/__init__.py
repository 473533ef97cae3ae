"""Every algorithm of a problem side by side: time, error, memory, or why it cannot run.

=========  ====================================================================
`subject`  what is compared: a problem with operands, from a call or from a key
`timing`   runs and times every algorithm: `compare`
`result`   `Comparison` and its rows
`text`     numbers and tables as plain text
`plot`     figures, with matplotlib
=========  ====================================================================
"""

from .result import Comparison, Row
from .timing import compare, compare_problem

__all__ = ["Comparison", "Row", "compare", "compare_problem"]
