# cython: freethreading_compatible=True
"""Link the C objects, and list the instruction sets that this build has and this CPU runs."""

from libc.string cimport strcmp

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

cdef extern from "fastconv.h" nogil:
    enum: FC_TYPES

    struct fc_room:
        const char *name
        const void *kernels[FC_TYPES]

    struct fc_table:
        const char *isa
        const char *extends
        const char *compiler
        int vector_bytes
        const fc_room *const *rooms

    const fc_table *fc_table_at(int index)
    int fc_runnable(int index)
    bint fc_splits_vectors()


# The order is that of enum fc_type.
TYPES = ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64")


cdef const fc_table *table(str isa) except NULL:
    cdef int i = 0
    while fc_table_at(i) is not NULL:
        if fc_table_at(i).isa.decode() == isa and fc_runnable(i):
            return fc_table_at(i)
        i += 1
    raise ValueError(f"isa is {isa!r}; this machine runs: {', '.join(runnable_isas())}")


cdef const void *room(str isa, str name, int dtype, size_t size) except NULL:
    cdef const fc_room *const *rooms = table(isa).rooms
    cdef bytes wanted = name.encode()
    cdef const void *kernels
    while rooms[0] is not NULL:
        kernels = rooms[0].kernels[dtype]
        if kernels is not NULL and strcmp(rooms[0].name, wanted) == 0:
            if (<const size_t *>kernels)[0] != size:
                raise ImportError(
                    f"the C kernels of {name} are of another version than the extension that "
                    "calls them: build fastconv again")
            return kernels
        rooms += 1
    raise ValueError(f"there are no C kernels of {name} for {TYPES[dtype]}")


cdef int real_index(str dtype) except -1:
    if dtype == "f32":
        return FC_F32
    if dtype == "f64":
        return FC_F64
    raise ValueError(f"dtype is {dtype!r}; the C kernels are built for f32 and f64")


cdef int value_index(str dtype) except -1:
    try:
        return TYPES.index(dtype)
    except ValueError:
        raise ValueError(f"dtype is {dtype!r}; allowed: {', '.join(TYPES)}") from None


def compiled_isas():
    """Return the names of the instruction sets in this build, best first."""
    cdef int i = 0
    names = []
    while fc_table_at(i) is not NULL:
        if fc_table_at(i).extends is NULL:
            names.append(fc_table_at(i).isa.decode())
        i += 1
    return tuple(names)


def runnable_isas():
    """Return the names of the instruction sets that this CPU can run, best first."""
    cdef int i = 0
    names = []
    while fc_table_at(i) is not NULL:
        if fc_table_at(i).extends is NULL and fc_runnable(i):
            names.append(fc_table_at(i).isa.decode())
        i += 1
    return tuple(names)


def extended(str isa):
    """Return an instruction set with those that add to it what few rooms use, best first.

    Only what this CPU can run is in the tuple.

    Parameters
    ----------
    isa : str
        Name of an instruction set that this CPU can run.
    """
    cdef int i = 0
    names = []
    while fc_table_at(i) is not NULL:
        if fc_table_at(i).extends is not NULL and fc_table_at(i).extends.decode() == isa:
            if fc_runnable(i):
                names.append(fc_table_at(i).isa.decode())
        i += 1
    return (*names, isa)


def vector_bytes(str isa):
    """Return the size in bytes of one vector of an instruction set.

    Parameters
    ----------
    isa : str
        Name of an instruction set that this CPU can run.
    """
    return table(isa).vector_bytes


def splits(str isa):
    """Return whether this CPU multiplies vectors of an instruction set in two halves.

    Vectors of half the size are then as fast, and loads keep up with multiply-adds.

    Parameters
    ----------
    isa : str
        Name of an instruction set.
    """
    return isa == "avx512" and fc_splits_vectors()


def openmp():
    """Return the date of the OpenMP standard of this build, such as 201511; None if serial."""
    return FC_OPENMP or None


def compiler():
    """Return name and version of the C compiler that built the kernels."""
    if fc_table_at(0) is NULL:
        return "none"
    return fc_table_at(0).compiler.decode().strip()


register_isas(runnable_isas())
