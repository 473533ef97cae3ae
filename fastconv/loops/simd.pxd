"""Rooms of C kernels by instruction set, name and type; the geometry that most of them take."""

cdef extern from "fastconv.h" nogil:
    enum: FC_F32
    enum: FC_F64

cdef extern from "geometry.h" nogil:
    struct fc_axis:
        ptrdiff_t image, feature, taps, stride, dilation, before, extent
        const ptrdiff_t *line

    struct fc_geometry:
        fc_axis axis[3]
        ptrdiff_t batch, image_channels, feature_channels, plane, pixels, taps
        int direct

    struct fc_line:
        pass


# The struct of functions of a room, of `size` bytes: ValueError for an instruction set that this
# machine does not run, or a type that the room lacks; ImportError where the caller was compiled
# from another version of the room's interface.
cdef const void *room(str isa, str name, int dtype, size_t size) except NULL

# FC_F32 or FC_F64 from the short name of a dtype; ValueError for any other name.
cdef int real_index(str dtype) except -1

# The number of a type that poolings take, integers too; ValueError for any other name.
cdef int value_index(str dtype) except -1
