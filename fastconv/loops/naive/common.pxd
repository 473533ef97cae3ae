"""Define what the naive loops share: the types they are compiled for, and one multiply-add.

Sums are float64 for float32 and float64, complex128 for complex64 and complex128, and unsigned
64-bit for integers, whose wrap-around is exact modulo every power of two up to 2**64.
"""

cimport numpy as cnp
from libc.stdint cimport uint64_t

# Types of the computation. int64 is computed as uint64, because its bits are the same modulo 2**64.
ctypedef fused value_t:
    float
    double
    float complex
    double complex
    uint64_t


cdef enum:
    # Largest number of terms of a float64 sum before it joins a sum of sums. The error then grows
    # with the square root of 512 + terms/512 instead of the square root of the terms.
    TERMS = 512


# Short dtype names of the specialisations of value_t.
cdef enum Code:
    F32, F64, C64, C128, INTEGER


cdef union Number:
    double real
    double complex complexes
    uint64_t integer


cdef struct Sum:
    Number block
    Number total
    Py_ssize_t terms


cdef inline void multiply_add(
    void *sums, Py_ssize_t j, value_t a, value_t b
) noexcept nogil:
    if value_t is float or value_t is double:
        (<double *> sums)[j] += <double> a * <double> b
    elif value_t is floatcomplex or value_t is doublecomplex:
        (<double complex *> sums)[j] += <double complex> a * <double complex> b
    else:
        (<uint64_t *> sums)[j] += <uint64_t> a * <uint64_t> b


cdef inline void flush(Sum *sums, const value_t *like) noexcept nogil:
    if value_t is float or value_t is double:
        sums.total.real += sums.block.real
        sums.block.real = 0
    elif value_t is floatcomplex or value_t is doublecomplex:
        sums.total.complexes = sums.total.complexes + sums.block.complexes
        sums.block.complexes = 0
    else:
        sums.total.integer += sums.block.integer
        sums.block.integer = 0
    sums.terms = 0


cdef inline value_t result(Sum *sums, const value_t *like) noexcept nogil:
    flush(sums, like)
    if value_t is float or value_t is double:
        return <value_t> sums.total.real
    elif value_t is floatcomplex or value_t is doublecomplex:
        return <value_t> sums.total.complexes
    else:
        return sums.total.integer


cdef inline void *data(array):
    return NULL if array is None else cnp.PyArray_DATA(<cnp.ndarray> array)


cdef inline Code code(str compute):
    return {"f32": F32, "f64": F64, "c64": C64, "c128": C128}.get(compute, INTEGER)
