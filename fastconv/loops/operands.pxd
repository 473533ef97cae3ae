"""For calls/fast_call.pyx, which makes the arrays of a call ready for the engine."""


cpdef tuple ready(tuple arrays, tuple dtypes)
