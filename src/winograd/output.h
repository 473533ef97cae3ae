/* Output transform: compute m x m outputs per tile from products[k][frequency][tile]. Lanes are
 * tiles.
 *
 * Per k      per vector of tiles: transform vertically, then horizontally, and merge the tiles into
 *            rows[i][tile * m + j].
 *            per run: copy the rows to the output, clip them at the edges of the output, and apply
 *            the epilogue (bias, add, activation) while they are in cache. The caller applies the
 *            epilogue to dilated outputs.
 */
/* Store the rows of one run in output channel k. The outputs of a dilated run are not
 * contiguous. */
static void NAME(store_run)(const struct fc_geometry *g, const struct fc_tiles *b,
                            const struct fc_tile_run *run, const struct fc_finish *finish,
                            ptrdiff_t k, real *out, const int m, const int high)
{
    const struct fc_axis *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t right = (w->feature - run->column + w->dilation - 1) / w->dilation;
    const ptrdiff_t below = (h->feature - run->row + h->dilation - 1) / h->dilation;
    const ptrdiff_t width = run->count * m < right ? run->count * m : right;
    const ptrdiff_t height = high < below ? high : below;
    const ptrdiff_t step = h->dilation * w->feature, at = k * g->pixels + run->out;
    for (ptrdiff_t j = 0; j < height; j++) {
        const real *from = (const real *)b->rows + (j * b->vectors * LANES + run->lane) * m;
        real *to = out + at + j * step;
        ptrdiff_t c = 0;
        if (w->dilation == 1) {
            for (; c + LANES <= width; c += LANES)
                storeu(to + c, loadu(from + c));
            if (c < width && width >= LANES) {
                storeu(to + width - LANES, loadu(from + width - LANES));
                c = width;
            }
        }
        for (; c < width; c++)
            to[c * w->dilation] = from[c];
    }
    if (!finish->any)
        return;
    /* Treat rows that are contiguous in memory as one row. */
    const ptrdiff_t whole = width == step ? height : 1;
    for (ptrdiff_t j = 0; j < height; j += whole) {
        const ptrdiff_t element = at + j * step;
        const ptrdiff_t position = element - run->batch * g->feature_channels * g->pixels;
        FC_OF(epilogue)->finish(out + element, 1, width * whole, 0,
                     finish->channel ? (const real *)finish->channel + k : 0,
                     finish->position ? (const real *)finish->position + position : 0,
                     finish->add ? (const real *)finish->add + element : 0, finish->activation);
    }
}

FC_INLINE void NAME(winograd_output)(const struct fc_geometry *g, const struct fc_tiles *b,
                                     const struct fc_finish *finish, ptrdiff_t k,
                                     ptrdiff_t count, void *out, const int m, const int high)
{
    const int points = high == 1 ? 1 : high + 2, n = m + 2;
    const ptrdiff_t lanes = b->vectors * LANES, pitch = lanes * m;
    real *rows = b->rows;
    for (ptrdiff_t r = 0; r < count; r++) {
        const real *x = (const real *)b->products + r * b->product_row;
        for (ptrdiff_t t = 0; t < lanes; t += LANES) {
            vec in[FC_POINTS_MAX], half[FC_POINTS_MAX][FC_POINTS_MAX], y[FC_POINTS_MAX];
            for (int v = 0; v < n; v++) {
UNROLLED
                for (int u = 0; u < points; u++)
                    in[u] = load(x + (u * n + v) * lanes + t);
                NAME(winograd_inverse)(high, in, y);
UNROLLED
                for (int i = 0; i < high; i++)
                    half[i][v] = y[i];
            }
            for (int i = 0; i < high; i++) {
                NAME(winograd_inverse)(m, half[i], y);
                NAME(merge_tiles)(m, y, rows + i * pitch + t * m);
            }
        }
        for (ptrdiff_t i = 0; i < b->run_count; i++)
            NAME(store_run)(g, b, &b->runs[i], finish, k + r, out, m, high);
    }
}
