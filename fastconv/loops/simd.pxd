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

    enum: FC_LADDER_LEVELS
    enum: FC_MAXIMUM
    enum: FC_SEPARATE

    struct fc_pool_axis:
        ptrdiff_t input, output, taps, stride, dilation, before
        const ptrdiff_t *first
        const ptrdiff_t *count
        const ptrdiff_t *tap

    struct fc_ladder:
        ptrdiff_t radix, levels, taps
        const ptrdiff_t (*tap)[2]
        ptrdiff_t reach[FC_LADDER_LEVELS]

    struct fc_pool:
        fc_pool_axis axis[3]
        int kind, columns, along, across
        fc_ladder ladder, row_ladder
        ptrdiff_t strip
        const void *divisor
        const double *row_divisor[2]
        const ptrdiff_t *places
        ptrdiff_t list, pitch, batch
        ptrdiff_t ring[FC_LADDER_LEVELS]

    struct fc_pool_task:
        ptrdiff_t first_plane, planes, first_row, rows, strip
        const void *input
        const void *input_end
        void *output
        long long *indices
        void *scratch

    struct fc_pooling:
        size_t size
        int lanes
        size_t measure(fc_pool *pool) noexcept nogil
        void run(const fc_pool *pool, const fc_pool_task *task) noexcept nogil

    struct fc_kernels:
        size_t size
        const char *isa
        int vector_bytes
        const char *compiler
        const fc_implicit_gemm *implicit_gemm[2]
        const fc_epilogue *epilogue[2]
        const fc_probe *probe[2]
        const fc_pooling *pooling[10]

    const fc_kernels *fc_table(int index)
    int fc_runnable(int index)


# The kernels of a runnable instruction set; ValueError for any other name.
cdef const fc_kernels *table(str isa) except NULL

# FC_F32 or FC_F64 from the short name of a dtype; ValueError for any other name.
cdef int real_index(str dtype) except -1

# Where the kernels of a dtype stand that also take integers; ValueError for any other name.
cdef int value_index(str dtype) except -1
