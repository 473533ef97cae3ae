"""Declarations for calls/fast_call.pyx, which converts the arrays of a call for the engine."""


cpdef tuple ready(tuple arrays, tuple dtypes)
