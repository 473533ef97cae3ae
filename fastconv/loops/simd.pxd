"""Look up C kernels by instruction set, name and type; declare the geometry most of them use."""

cdef extern from "fastconv.h" nogil:
    enum: FC_F32
    enum: FC_F64

cdef extern from "geometry.h" nogil:
    enum: FC_FILL

    struct fc_axis:
        ptrdiff_t image, feature, taps, stride, dilation, before, extent, boundary, unit

    struct fc_geometry:
        fc_axis axis[3]
        ptrdiff_t batch, image_channels, feature_channels, plane, pixels, taps
        int direct

    struct fc_line:
        ptrdiff_t start, position, low, high, count

    # Return the image index at padded coordinate j of an axis, or -1 where the fill value is read.
    ptrdiff_t fc_at(const fc_axis *axis, ptrdiff_t j)


# Return the struct of functions of a room (a set of C kernels), which has `size` bytes. Raise
# ValueError for an instruction set that this machine does not run or a type that the room lacks,
# and ImportError if the caller was compiled from another version of the room's interface.
cdef const void *room(str isa, str name, int dtype, size_t size) except NULL

# Return FC_F32 or FC_F64 for the short name of a dtype; raise ValueError for any other name.
cdef int real_index(str dtype) except -1

# Return the number of a type that poolings take, integers included; raise ValueError for any other
# name.
cdef int value_index(str dtype) except -1
