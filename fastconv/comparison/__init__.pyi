from .result import Comparison as Comparison
from .result import Row as Row
from .timing import compare as compare
from .timing import compare_problem as compare_problem

__all__ = ["Comparison", "Row", "compare", "compare_problem"]
