/* fft_tiled for filters that do not extend along the last axis. Lanes are neighbours in a row, and
 * nothing is transposed.
 *
 *     tile       a stack of rows that are 2 LANES real numbers or LANES complex numbers wide. If
 *                the numbers are real, the first LANES are the real parts of one transform, and the
 *                others are its imaginary parts.
 *     order      load rows in memory order, transform along depth, transform along height, multiply
 *                by the spectrum, invert along height, invert along depth, store rows of the output
 *
 * Layout     matrix[depth][row] of single complex vectors. The spectrum has the same layout, and
 *            all lanes are equal.
 */
#ifndef FC_PARTED
#define FC_PARTED
#define part_numbers NAME(part_numbers)
#define join_numbers NAME(join_numbers)
#endif

/* Separate two vectors of complex numbers into real and imaginary parts. The order of lanes changes
 * within 16 bytes; join_numbers() restores it. */
FC_INLINE complex_vec part_numbers(vec a, vec b)
{
#if FC_REAL_BYTES == 4
    return (complex_vec){__builtin_shufflevector(a, b, FC_QUADS(0, 2, 4, 6)),
                         __builtin_shufflevector(a, b, FC_QUADS(1, 3, 5, 7))};
#else
    return (complex_vec){__builtin_shufflevector(a, b, FC_DUOS(0, 2)),
                         __builtin_shufflevector(a, b, FC_DUOS(1, 3))};
#endif
}

FC_INLINE complex_vec join_numbers(complex_vec x)
{
#if FC_REAL_BYTES == 4
    return (complex_vec){__builtin_shufflevector(x.r, x.i, FC_QUADS(0, 4, 1, 5)),
                         __builtin_shufflevector(x.r, x.i, FC_QUADS(2, 6, 3, 7))};
#else
    return part_numbers(x.r, x.i);
#endif
}

static void NAME(load_columns)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                               ptrdiff_t channel)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *w = &g->axis[2];
    const int parts = p->is_complex ? 2 : 1;
    const struct NAME(tile_position) position = NAME(position_of)(p, task->first);
    const real *image = (const real *)task->image +
                        (position.batch * g->image_channels + channel) * g->plane * parts;
    const ptrdiff_t start = position.at[2] - w->before;
    const int inside = start >= 0 && start + p->hop[2] <= w->image;
    for (ptrdiff_t z = 0; z < p->transform[0].size; z++) {
        complex_vec *to = (complex_vec *)task->matrix + z * p->plane;
        for (ptrdiff_t r = 0; r < p->transform[1].size; r++) {
            const real *row = NAME(image_row)(p, image, position.at[0] + z, position.at[1] + r);
            const real *from = row + start * parts;
            if (!row || !inside) {
                NAME(gather_row)(p, task, row, position.at[2], p->hop[2], task->row);
                from = task->row;
            } else /* prefetch the row of the next tile */
                __builtin_prefetch(from + 2 * LANES);
            const vec a = loadu(from), b = loadu(from + LANES);
            to[r] = p->is_complex ? part_numbers(a, b) : (complex_vec){a, b};
        }
    }
}

static void NAME(store_columns)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                                ptrdiff_t channel)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const int parts = p->is_complex ? 2 : 1;
    const struct NAME(tile_position) position = NAME(position_of)(p, task->first);
    const ptrdiff_t image = (position.batch * g->feature_channels + channel) * g->pixels;
    const ptrdiff_t left = w->feature - position.at[2];
    const ptrdiff_t count = left < p->hop[2] ? left : p->hop[2];
    for (ptrdiff_t z = 0; z < p->hop[0]; z += d->stride)
        for (ptrdiff_t y = 0; y < p->hop[1]; y += h->stride) {
            const ptrdiff_t depth = (position.at[0] + z) / d->stride;
            const ptrdiff_t row = (position.at[1] + y) / h->stride;
            if (depth >= d->feature || row >= h->feature)
                break;
            const ptrdiff_t out = image + (depth * h->feature + row) * w->feature + position.at[2];
            complex_vec x = ((const complex_vec *)task->matrix)[z * p->plane + y];
            real *to = (real *)task->out + out * parts;
            if (p->is_complex)
                x = join_numbers(x);
            if (count == p->hop[2]) {
                storeu(to, x.r);
                storeu(to + LANES, x.i);
            } else
                __builtin_memcpy(to, &x, (size_t)(count * parts) * sizeof(real));
            if (p->has_epilogue)
                NAME(finish_outputs)(p, task, position.batch, channel, out, count);
        }
}

static void NAME(filter_columns)(const struct fc_fft_plan *p, const struct fc_fft_task *task)
{
    const struct fc_transform *t = p->transform;
    complex_vec *matrix = task->matrix;
    NAME(load_columns)(p, task, task->group);
    NAME(stack_forward)(p, matrix, 1, task->buffer);
    for (ptrdiff_t z = 0; z < t[0].size; z++)
        NAME(fft_filtered)(&t[1], matrix + z * p->plane,
                           (const complex_vec *)task->spectra + z * t[1].size);
    NAME(stack_inverse)(p, matrix, 1, task->buffer);
    NAME(store_columns)(p, task, task->group);
}
