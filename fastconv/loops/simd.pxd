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
        ptrdiff_t pitch, slot_count
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
        void pack_lanes(const void *weight, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                        ptrdiff_t depth, void *packed) noexcept nogil
        void multiply_turned(const fc_block *block, const void *packed, const void *weight,
                             ptrdiff_t vectors, ptrdiff_t most, void *sums,
                             int accumulate) noexcept nogil
        void turn_back(const fc_block *block, const void *sums, ptrdiff_t width, ptrdiff_t rows,
                       void *out, ptrdiff_t out_stride) noexcept nogil

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

    struct fc_run:
        ptrdiff_t taps, columns, first, weight, step, offset
        int ends

    struct fc_span:
        ptrdiff_t start, stop, pitch, line_count
        fc_line *lines
        const ptrdiff_t *offsets

    struct fc_direct_plan:
        fc_geometry geometry
        ptrdiff_t groups, group_channels, group_features, kernel
        ptrdiff_t classes, entries, run_count, fill_count, tile_rows
        const ptrdiff_t *heights
        const fc_run *runs
        const fc_span *spans
        int constant, has_epilogue, bias_position, activation

    struct fc_direct_task:
        const void *image
        const void *weight
        const void *bias
        const void *add
        void *out
        double fill
        ptrdiff_t unit, unit_stop, row, row_stop, span, span_stop
        ptrdiff_t *slots
        const void **inputs
        void *fill_row
        void *box
        void *tile

    struct fc_direct:
        size_t size
        int lanes, tile_rows, constant_rows, depth_max, box_bytes
        void filter(const fc_direct_plan *plan, const fc_direct_task *task) noexcept nogil

    struct fc_plane_column:
        pass

    struct fc_planes_plan:
        fc_geometry geometry
        ptrdiff_t group_features, rows, column_count
        fc_plane_column *columns
        const ptrdiff_t *slots
        const ptrdiff_t *nothing
        const void *zeros
        int zeros_beyond, has_epilogue, bias_position, activation

    struct fc_planes_task:
        const void *image
        const void *image_end
        const void *weight
        const void *bias
        const void *add
        void *out
        ptrdiff_t unit, unit_stop, row, row_stop

    enum:
        FC_PLANE_MASKS
        FC_PLANE_REACH

    struct fc_planes:
        size_t size
        int lanes
        void plan(const fc_planes_plan *plan, fc_plane_column *columns, void *masks) noexcept nogil
        void filter(const fc_planes_plan *plan, const fc_planes_task *task) noexcept nogil

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

    struct fc_unfold:
        size_t size
        void plan(const fc_axis *w, ptrdiff_t column, ptrdiff_t columns,
                  fc_line *lines) noexcept nogil
        void unfold(const fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                    const fc_line *lines, ptrdiff_t rows, ptrdiff_t columns, const void *channel,
                    double fill, void *to, ptrdiff_t pitch, void *stage) noexcept nogil
        void fold(const fc_geometry *g, const ptrdiff_t *slots, ptrdiff_t slot_stride,
                  const fc_line *lines, ptrdiff_t rows, const void *source, ptrdiff_t pitch,
                  void *image) noexcept nogil

    struct fc_im2col:
        size_t size
        void pack(fc_block *block, ptrdiff_t k0, ptrdiff_t k1, void *packed) noexcept nogil

    struct fc_phases:
        size_t size
        void turn(const void *weight, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t taps,
                  const ptrdiff_t *tap, ptrdiff_t phases, ptrdiff_t kept, ptrdiff_t first,
                  ptrdiff_t count, void *out) noexcept nogil
        void interleave(const void *const *phase, ptrdiff_t stride, ptrdiff_t at,
                        ptrdiff_t count, void *out) noexcept nogil
        void fold(const fc_axis *w, const void *row, int accumulate, void *out) noexcept nogil

    struct fc_dots:
        ptrdiff_t pitch, unfolded_pitch, out_pitch, vectors
        int accumulate

    struct fc_grad:
        size_t size
        int lanes, block_bytes
        void dots(const fc_dots *d, const void *feature, ptrdiff_t rows, const void *unfolded,
                  ptrdiff_t columns, void *out) noexcept nogil
        void unroll(const fc_geometry *g, fc_block *block, const void *image, ptrdiff_t channel,
                    ptrdiff_t channels, void *to, ptrdiff_t pitch) noexcept nogil
        void taps(const fc_block *block, const void *feature, ptrdiff_t taps,
                  double *to) noexcept nogil
        void add(void *out, const void *source, ptrdiff_t count) noexcept nogil
        double sum(const void *values, ptrdiff_t count) noexcept nogil

    struct fc_spread:
        size_t size
        void add(void *row, const void *grad, double by, const void *scale, ptrdiff_t count,
                 int accumulate) noexcept nogil
        void ratio(void *row, const void *grad, const void *norm,
                   ptrdiff_t count) noexcept nogil
        void slide(const void *row, ptrdiff_t apart, ptrdiff_t taps, ptrdiff_t count,
                   void *out) noexcept nogil
        void gather(const void *row, const ptrdiff_t *first, const ptrdiff_t *number,
                    ptrdiff_t count, void *out) noexcept nogil
        void times(void *out, const void *input, ptrdiff_t count, int power) noexcept nogil
        int places(const void *grad, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                   void *out) noexcept nogil
        int put(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                void *out) noexcept nogil
        int pick(const void *values, const long long *place, ptrdiff_t count, ptrdiff_t limit,
                 void *out) noexcept nogil
        void maxout(const void *source, ptrdiff_t number, ptrdiff_t inner,
                    void *out) noexcept nogil
        void maxout_back(const void *source, const void *grad, ptrdiff_t number,
                         ptrdiff_t inner, void *out) noexcept nogil

    struct fc_local_task:
        const fc_block *block
        void *weight
        void *feature
        ptrdiff_t weight_step, feature_step, box_step, taps, columns, images
        int accumulate

    struct fc_local:
        size_t size
        int images
        void forward(const fc_local_task *task) noexcept nogil
        void input(const fc_local_task *task) noexcept nogil
        void weight(const fc_local_task *task) noexcept nogil
        void empty(const fc_geometry *g, const fc_block *block, const void *box,
                   void *channel) noexcept nogil

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
        ptrdiff_t strip, share
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

    struct fc_tile_run:
        pass

    struct fc_tiles:
        ptrdiff_t frequencies, depth, panel_vectors, run_count, vectors, panel_count
        ptrdiff_t column_pitch, line_pitch, value_plane, product_row
        fc_tile_run *runs
        const void *zeros
        void *columns
        void *lines
        void *values
        void *products
        void *rows

    struct fc_finish:
        const void *channel
        const void *position
        const void *add
        int activation, any

    struct fc_transforms:
        void input(const fc_geometry *g, const fc_tiles *b, const void *image, ptrdiff_t channel,
                   ptrdiff_t tap, ptrdiff_t row) noexcept nogil
        void output(const fc_geometry *g, const fc_tiles *b, const fc_finish *finish, ptrdiff_t k,
                    ptrdiff_t count, void *out) noexcept nogil
        void weight(const void *weight, ptrdiff_t rows, ptrdiff_t depth, void *packed,
                    ptrdiff_t plane) noexcept nogil

    struct fc_winograd:
        size_t size
        int block_bytes
        fc_transforms transforms[2][3]
        void cut(const fc_geometry *g, fc_tiles *b, ptrdiff_t first, ptrdiff_t count, int m,
                 int high) noexcept nogil
        void multiply(const fc_tiles *b, const void *weight, ptrdiff_t plane, ptrdiff_t features,
                      ptrdiff_t strips, ptrdiff_t first, ptrdiff_t last,
                      ptrdiff_t blocks) noexcept nogil

    struct fc_integer_plan:
        int source, target, kind, settles, fills, row_order, column_order
        ptrdiff_t width, unit, row_taps, column_taps, before
        const ptrdiff_t *row_line
        const ptrdiff_t *column_line
        const void *row_weights
        const void *column_weights
        double row_scale, column_scale, fill
        ptrdiff_t tap_count, list
        const ptrdiff_t *tap_rows
        const ptrdiff_t *tap_offsets
        ptrdiff_t pitch

    struct fc_integer_task:
        const void *image
        void *out
        void *scratch
        ptrdiff_t row, rows, column, columns

    struct fc_integer:
        size_t size
        int slack
        void filter(const fc_integer_plan *plan, const fc_integer_task *task) noexcept nogil

    enum: FC_FFT_PASSES

    struct fc_transform:
        ptrdiff_t size, twiddle_count
        const void *twiddles
        int passes
        int radix[FC_FFT_PASSES]

    struct fc_fft_plan:
        fc_geometry geometry
        fc_transform transform[3]
        ptrdiff_t groups, group_channels, group_features, parts, part
        ptrdiff_t tiles[3]
        ptrdiff_t hop[3]
        ptrdiff_t bands, vectors, pitch, plane, spectrum
        const void *turns
        int upright, is_complex, has_epilogue, bias_position, activation

    struct fc_fft_task:
        const void *image
        const void *bias
        const void *add
        const void *spectra
        void *out
        double fill[2]
        ptrdiff_t group, first, stop
        void *matrix
        void *inputs
        void *buffer
        void *row

    struct fc_fft_run:
        pass

    struct fc_fft_block:
        fc_tiles planes
        ptrdiff_t pair_count
        const ptrdiff_t (*pairs)[2]
        ptrdiff_t first, count, run_count
        fc_fft_run *runs
        const void **start "from"
        ptrdiff_t (*step)[2]
        void *box
        void *zeros

    struct fc_fft:
        size_t size
        int lanes
        void cut(const fc_fft_plan *plan, fc_fft_block *block) noexcept nogil
        void input(const fc_fft_plan *plan, const fc_fft_task *task, const fc_fft_block *block,
                   ptrdiff_t channel, ptrdiff_t row) noexcept nogil
        void output(const fc_fft_plan *plan, const fc_fft_task *task, const fc_fft_block *block,
                    ptrdiff_t channel, ptrdiff_t row) noexcept nogil
        void strip(const fc_fft_plan *plan, const fc_fft_task *scratch,
                   const fc_fft_block *block, const void *weight, ptrdiff_t rows, void *packed,
                   ptrdiff_t plane) noexcept nogil
        void filter(const fc_fft_plan *plan, const fc_fft_task *task) noexcept nogil
        void taps(const fc_fft_plan *plan, const void *weight, ptrdiff_t part, void *spectrum,
                  const fc_fft_task *scratch) noexcept nogil
        void transform(const fc_transform *t, void *values, int inverse) noexcept nogil

    struct fc_kernels:
        size_t size
        const char *isa
        int vector_bytes
        const char *compiler
        const fc_implicit_gemm *implicit_gemm[2]
        const fc_epilogue *epilogue[2]
        const fc_probe *probe[2]
        const fc_direct *direct[2]
        const fc_planes *planes[2]
        const fc_separable *separable[2]
        const fc_box *box[2]
        const fc_integer *integer[2]
        const fc_unfold *unfold[2]
        const fc_im2col *im2col[2]
        const fc_phases *phases[2]
        const fc_grad *grad[2]
        const fc_spread *spread[2]
        const fc_local *local[2]
        const fc_pooling *pooling[10]
        const fc_winograd *winograd[2]
        const fc_fft *fft[2]

    const fc_kernels *fc_table(int index)
    int fc_runnable(int index)


# The kernels of a runnable instruction set; ValueError for any other name.
cdef const fc_kernels *table(str isa) except NULL

# FC_F32 or FC_F64 from the short name of a dtype; ValueError for any other name.
cdef int real_index(str dtype) except -1

# Where the kernels of a dtype stand that also take integers; ValueError for any other name.
cdef int value_index(str dtype) except -1
