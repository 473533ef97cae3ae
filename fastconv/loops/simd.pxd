"""The C interface of src/fastconv.h, and the table of kernels of each instruction set."""

cdef extern from "fastconv.h" nogil:
    enum: FC_F32
    enum: FC_F64
    enum: FC_LINEAR

    struct fc_axis:
        ptrdiff_t image, feature, taps, stride, dilation, before, extent
        const ptrdiff_t *line

    struct fc_geometry:
        fc_axis axis[3]
        ptrdiff_t batch, image_channels, feature_channels, plane, pixels, taps
        int direct

    struct fc_piece:
        pass

    struct fc_panel:
        pass

    struct fc_line:
        pass

    struct fc_block:
        ptrdiff_t first_pixel, pixel_count, panel_count, depth
        fc_panel *panels
        fc_piece *pieces
        ptrdiff_t *slots
        fc_line *lines
        ptrdiff_t *offsets
        ptrdiff_t *places
        void *box

    struct fc_implicit_gemm:
        size_t size
        int lanes, rows_max, vectors_max, depth_max, block_bytes, box_bytes, placed_bytes
        int shape_count
        const int (*shapes)[2]
        void cut(const fc_geometry *g, fc_block *block, ptrdiff_t first, ptrdiff_t count,
                 ptrdiff_t vectors, int placed) noexcept nogil
        void pack(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                  ptrdiff_t k0, ptrdiff_t k1, double fill, void *packed) noexcept nogil
        void place(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                   ptrdiff_t channels, ptrdiff_t most, double fill) noexcept nogil
        void pack_strip(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t depth,
                        void *packed) noexcept nogil
        void multiply(const fc_block *block, const void *packed, const void *weight,
                      ptrdiff_t stride, ptrdiff_t rows, void *out, ptrdiff_t out_stride,
                      int accumulate, void *tile) noexcept nogil

    struct fc_epilogue:
        size_t size
        void finish(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                    const void *channel, const void *position, const void *add,
                    int activation) noexcept nogil
        int nonfinite(const void *values, ptrdiff_t count) noexcept nogil

    struct fc_probe:
        size_t size
        double multiply_add(ptrdiff_t iterations, void *result) noexcept nogil
        void read(const void *values, ptrdiff_t count, void *result) noexcept nogil

    struct fc_lines:
        const void *line
        const void *c
        void *out
        const ptrdiff_t *offset
        ptrdiff_t taps, rows, pitch, out_pitch, length
        int accumulate

    struct fc_separable:
        size_t size
        int lanes, rows, taps_max, slack
        void columns(const void *const *rows, ptrdiff_t at, const void *c, ptrdiff_t taps,
                     void *out, ptrdiff_t pitch, ptrdiff_t count, ptrdiff_t length,
                     int accumulate) noexcept nogil
        void lines(const fc_lines *l) noexcept nogil
        void split(const void *line, ptrdiff_t length, ptrdiff_t stride, void *out,
                   ptrdiff_t pitch) noexcept nogil

    struct fc_box:
        size_t size
        void suffix(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                    void *suffix, ptrdiff_t pitch, ptrdiff_t length, int first) noexcept nogil
        void combine(const void *const *rows, ptrdiff_t at, double scale, ptrdiff_t count,
                     ptrdiff_t more, const void *suffix, void *prefix, void *out,
                     ptrdiff_t pitch, ptrdiff_t length) noexcept nogil

    struct fc_kernels:
        size_t size
        const char *isa
        int vector_bytes
        const char *compiler
        const fc_implicit_gemm *implicit_gemm[2]
        const fc_epilogue *epilogue[2]
        const fc_probe *probe[2]
        const fc_separable *separable[2]
        const fc_box *box[2]

    const fc_kernels *fc_table(int index)
    int fc_runnable(int index)


# The kernels of a runnable instruction set; ValueError for any other name.
cdef const fc_kernels *table(str isa) except NULL

# FC_F32 or FC_F64 from the short name of a dtype; ValueError for any other name.
cdef int real_index(str dtype) except -1
