"""Comparison of all algorithms of a problem: time, error, memory, or the reason not to run.

=========  ====================================================================
`subject`  the problem to compare, with operands from a call or from a key
`rebuilt`  the call that poses the problem of a key
`sample`   arrays of noise for that call
`timing`   `compare`, which runs and times every algorithm
`result`   `Comparison` and its rows
`text`     numbers and tables as plain text
`plot`     figures, drawn with matplotlib
=========  ====================================================================
"""

from .result import Comparison, Row
from .timing import compare, compare_problem

__all__ = ["Comparison", "Row", "compare", "compare_problem"]
