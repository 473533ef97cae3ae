# cython: freethreading_compatible=True
"""The extension that links the C objects: which instruction sets there are and can run here."""

from fastconv.config import register_isas

cdef extern from *:
    """
    #ifdef _OPENMP
    #define FC_OPENMP _OPENMP
    #else
    #define FC_OPENMP 0
    #endif
    """
    int FC_OPENMP


VALUES = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64")


cdef const fc_kernels *table(str isa) except NULL:
    cdef int i = 0
    while fc_table(i) is not NULL:
        if fc_table(i).isa.decode() == isa and fc_runnable(i):
            return fc_table(i)
        i += 1
    raise ValueError(f"isa is {isa!r}; this machine runs: {', '.join(runnable_isas())}")


cdef int real_index(str dtype) except -1:
    if dtype == "f32":
        return FC_F32
    if dtype == "f64":
        return FC_F64
    raise ValueError(f"dtype is {dtype!r}; the C kernels are built for f32 and f64")


cdef int value_index(str dtype) except -1:
    try:
        return VALUES.index(dtype)
    except ValueError:
        raise ValueError(f"dtype is {dtype!r}; allowed: {', '.join(VALUES)}") from None


def compiled_isas():
    """Names of the instruction sets in this build, best first."""
    cdef int i = 0
    names = []
    while fc_table(i) is not NULL:
        names.append(fc_table(i).isa.decode())
        i += 1
    return tuple(names)


def runnable_isas():
    """Names of those that this CPU can run, best first."""
    return tuple([name for i, name in enumerate(compiled_isas()) if fc_runnable(i)])


def vector_bytes(str isa):
    """Bytes of one vector of an instruction set."""
    return table(isa).vector_bytes


def openmp():
    """The date of the OpenMP standard this build follows, such as 201511; None when serial."""
    return FC_OPENMP or None


def compiler():
    """Name and version of the C compiler that built the kernels."""
    return fc_table(0).compiler.decode().strip() if fc_table(0) is not NULL else "none"


cdef _check_sizes():
    """A table compiled from another version of fastconv.h would be called with wrong offsets."""
    cdef int i = 0, real, value
    cdef const fc_kernels *t
    while fc_table(i) is not NULL:
        t = fc_table(i)
        same = t.size == sizeof(fc_kernels)
        for real in range(2):
            same = (
                same
                and t.implicit_gemm[real].size == sizeof(fc_implicit_gemm)
                and t.epilogue[real].size == sizeof(fc_epilogue)
                and t.probe[real].size == sizeof(fc_probe)
                and t.direct[real].size == sizeof(fc_direct)
                and t.planes[real].size == sizeof(fc_planes)
                and t.separable[real].size == sizeof(fc_separable)
                and t.box[real].size == sizeof(fc_box)
                and t.integer[real].size == sizeof(fc_integer)
                and t.unfold[real].size == sizeof(fc_unfold)
                and t.im2col[real].size == sizeof(fc_im2col)
                and t.phases[real].size == sizeof(fc_phases)
                and t.grad[real].size == sizeof(fc_grad)
                and t.spread[real].size == sizeof(fc_spread)
                and t.local[real].size == sizeof(fc_local)
                and t.winograd[real].size == sizeof(fc_winograd)
                and t.fft[real].size == sizeof(fc_fft)
            )
        for value in range(len(VALUES)):
            same = same and t.pooling[value].size == sizeof(fc_pooling)
        if not same:
            raise ImportError("fastconv's C kernels are older than its extensions: build it again")
        i += 1


_check_sizes()
register_isas(runnable_isas())
