"""What entry.pyx calls to make the arrays of a call ready for the engine."""


cpdef tuple ready(tuple arrays, tuple dtypes)
