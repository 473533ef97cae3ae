"""Plans: choose the algorithm of a problem once, prepare its weight once, and call it often.

===========  =================================================================
`arguments`  names of functions; arrays and options that are given by name
`prepared`   `Plan`: an executor, and copies of the arrays that were given
`making`     `plan`, which makes one
===========  =================================================================
"""

from .arguments import OWN_DTYPES, checked_op, similar_ops, split_arguments
from .making import plan
from .prepared import Plan, shared

__all__ = [
    "OWN_DTYPES", "Plan", "checked_op", "plan", "shared", "similar_ops", "split_arguments",
]  # fmt: skip
