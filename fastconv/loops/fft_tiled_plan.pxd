"""Declare what fft_tiled.pyx and fft_tiled_channels.pyx share."""

from fastconv.loops cimport simd
from fastconv.loops.simd cimport fc_geometry
from fastconv.loops.winograd_layout cimport fc_tiles

cdef extern from "fft_tiled/interface.h" nogil:
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
        const void *line_twiddles
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
        void *patch
        void *zeros

    enum: FC_WHOLE_STEPS

    struct fc_fft_place:
        pass

    struct fc_fft_whole:
        const void *row_turns
        const void *column_turns
        const void *starts
        const void *steps

    struct fc_fft_tiled:
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
        void whole_load(const fc_fft_plan *plan, const fc_fft_whole *whole,
                        const fc_fft_place *places, const void *start, ptrdiff_t task, void *matrix,
                        void *scratch) noexcept nogil
        void whole_rows(const fc_fft_plan *plan, const fc_fft_whole *whole, ptrdiff_t band,
                        void *matrix, const void *h, void *spectrum, void *scratch) noexcept nogil
        void whole_store(const fc_fft_plan *plan, const fc_fft_whole *whole,
                         const fc_fft_place *places, const void *matrix, ptrdiff_t task, void *to,
                         void *scratch) noexcept nogil


cdef inline const fc_fft_tiled *fft_tiled_kernels(str isa, int real) except NULL:
    return <const fc_fft_tiled *>simd.room(isa, "fft_tiled", real, sizeof(fc_fft_tiled))

cdef set_transform(fc_transform *t, size, str dtype, list kept)
cdef set_plan(fc_fft_plan *p, str dtype, cut, n, groups, image_channels, feature_channels,
              axes, bias, activation, add, list kept)
