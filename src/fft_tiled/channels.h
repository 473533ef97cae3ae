/* fft_tiled for many channels: small tiles, and one matrix product per frequency.
 *
 *     Y[k] = sum_c W[k, c] X[c]    W, X complex, for every frequency and all tiles of a block
 *
 * Lanes are tiles. Two vectors of tiles are the real and the imaginary parts of one transform Z.
 * Let f' be the conjugate frequency of f. The taps are real, so H(f') = conj H(f). The columns of
 * one matrix product are therefore Z(f) and conj Z(f'), and half of the frequencies suffice. One
 * complex product is computed as three real products (Gauss). Their operands are stored as planes
 * of values like Winograd's, and the same register tiles multiply them:
 *
 *     p = Wr (Xr + Xi)    q = (Wi - Wr) Xr    r = (Wr + Wi) Xi    Yr = p - r    Yi = p + q
 *
 * Layout     values[3 f + (0, 1, 2)][panel][channel][2 vectors: f, f']. Products have the same
 *            layout per output channel. The transform uses buffer[z][y][x], and the length of its
 *            rows is an odd number of complex vectors.
 * Order      input: load rows of tiles and transpose them in registers, transform along x, y and z,
 *            and store planes.
 *            output: load planes and transform along z and y. Then transform only the rows that are
 *            needed along x, transpose them, and store them.
 */
/* Transform the buffer along y and z. Scratch memory follows the buffer. */
static void NAME(across_forward)(const struct fc_fft_plan *p, complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    complex_vec *scratch = buffer + t[0].size * p->plane + FC_SQUARE;
    if (t[1].size > 1)
        for (ptrdiff_t z = 0; z < t[0].size; z++)
            for (ptrdiff_t x = 0; x < t[2].size; x++) {
                complex_vec *at = buffer + z * p->plane + x;
                NAME(fft_forward)(&t[1], at, p->pitch, at, p->pitch, scratch, 1);
            }
    if (t[0].size > 1)
        for (ptrdiff_t y = 0; y < t[1].size; y++)
            for (ptrdiff_t x = 0; x < t[2].size; x++) {
                complex_vec *at = buffer + y * p->pitch + x;
                NAME(fft_forward)(&t[0], at, p->plane, at, p->plane, scratch, 1);
            }
}

static void NAME(across_inverse)(const struct fc_fft_plan *p, complex_vec *buffer)
{
    const struct fc_transform *t = p->transform;
    complex_vec *scratch = buffer + t[0].size * p->plane + FC_SQUARE;
    if (t[0].size > 1)
        for (ptrdiff_t y = 0; y < t[1].size; y++)
            for (ptrdiff_t x = 0; x < t[2].size; x++) {
                complex_vec *at = buffer + y * p->pitch + x;
                NAME(fft_inverse)(&t[0], at, p->plane, at, p->plane, scratch, 1);
            }
    if (t[1].size > 1)
        for (ptrdiff_t z = 0; z < p->hop[0] && z < t[0].size; z++)
            for (ptrdiff_t x = 0; x < t[2].size; x++) {
                complex_vec *at = buffer + z * p->plane + x;
                NAME(fft_inverse)(&t[1], at, p->pitch, at, p->pitch, scratch, 1);
            }
}

static void NAME(fft_input)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                            const struct fc_fft_block *b, ptrdiff_t channel, ptrdiff_t row)
{
    const struct fc_transform *t = p->transform;
    complex_vec *buffer = task->buffer;
    const ptrdiff_t plane = b->planes.value_plane;
    for (ptrdiff_t i = 0; i < b->run_count; i++)
        NAME(copy_rows)(p, task, b, &b->runs[i], channel);
    for (ptrdiff_t q = 0; q < b->planes.vectors / 2; q++) {
        for (ptrdiff_t z = 0; z < t[0].size; z++)
            for (ptrdiff_t y = 0; y < t[1].size; y++) {
                const real *rows[FC_PAIR_TILES];
                complex_vec *to = buffer + z * p->plane + y * p->pitch;
                for (int l = 0; l < FC_PAIR_TILES; l++) {
                    const ptrdiff_t tile = q * FC_PAIR_TILES + l;
                    rows[l] = b->zeros;
                    if (tile < b->count)
                        rows[l] = (const real *)b->from[tile] + y * b->step[tile][0] +
                                  z * b->step[tile][1];
                }
                NAME(load_tiles)(rows, t[2].size, to);
                NAME(fft_forward)(&t[2], to, 1, to, 1, to, 1);
            }
        NAME(across_forward)(p, buffer);
        real *to = (real *)b->planes.values + (q * b->planes.depth + row) * FC_PAIR_TILES;
        for (ptrdiff_t f = 0; f < b->pair_count; f++, to += 3 * plane) {
            const complex_vec x = buffer[b->pairs[f][0]], y = buffer[b->pairs[f][1]];
            store(to, x.r + x.i);
            store(to + LANES, y.r - y.i);
            store(to + plane, x.r);
            store(to + plane + LANES, y.r);
            store(to + 2 * plane, x.i);
            store(to + 2 * plane + LANES, -y.i);
        }
    }
}

/* Store one row of outputs of each of `count` tiles of one run, starting with tile `tile` of the
 * block. */
static void NAME(store_outputs)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                                const struct fc_fft_run *run, ptrdiff_t tile, ptrdiff_t count,
                                ptrdiff_t channel, ptrdiff_t z, ptrdiff_t y, const real *from,
                                ptrdiff_t width)
{
    const struct fc_geometry *g = &p->geometry;
    const struct fc_axis *d = &g->axis[0], *h = &g->axis[1], *w = &g->axis[2];
    const ptrdiff_t depth = (run->at[0] + z) / d->stride, height = (run->at[1] + y) / h->stride;
    if (depth >= d->feature || height >= h->feature)
        return;
    const ptrdiff_t line = ((run->batch * g->feature_channels + channel) * g->pixels) +
                           (depth * h->feature + height) * w->feature;
    const ptrdiff_t step = p->hop[2] / w->stride;
    ptrdiff_t x = (run->at[2] + (tile - run->lane) * p->hop[2]) / w->stride, first = x;
    real *out = (real *)task->out + line;
    if (width == 1 && step == 1 && w->stride == 1) {
        __builtin_memcpy(out + x, from, (size_t)count * sizeof(real));
        x += count;
    } else
        for (ptrdiff_t i = 0; i < count; i++, x += step, from += width) {
            const ptrdiff_t size = w->feature - x < step ? w->feature - x : step;
            ptrdiff_t e = 0;
            if (w->stride == 1) /* load as much as each store wrote: wider loads would stall */
                for (; e + FC_SQUARE <= size; e += FC_SQUARE)
                    *(fc_piece_ints *)(out + x + e) = *(const fc_piece_ints *)(from + e);
            for (; e < size; e++)
                out[x + e] = from[e * w->stride];
        }
    if (p->has_epilogue)
        NAME(finish_outputs)(p, task, run->batch, channel, line + first,
                             (x < w->feature ? x : w->feature) - first);
}

static void NAME(fft_output)(const struct fc_fft_plan *p, const struct fc_fft_task *task,
                             const struct fc_fft_block *b, ptrdiff_t channel, ptrdiff_t row)
{
    const struct fc_transform *t = p->transform;
    const struct fc_geometry *g = &p->geometry;
    complex_vec *buffer = task->buffer;
    const ptrdiff_t lanes = b->planes.vectors * LANES;
    const ptrdiff_t width = t[2].size == 1 ? 1 : t[2].size + FC_SQUARE;
    const ptrdiff_t needed = p->hop[2] < t[2].size ? p->hop[2] : t[2].size;
    real *rows = task->row;
    const struct fc_fft_run *first_run = b->runs;
    for (ptrdiff_t q = 0; q < b->planes.vectors / 2; q++) {
        const real *from = (const real *)b->planes.products + row * b->planes.product_row +
                           q * FC_PAIR_TILES;
        for (ptrdiff_t f = 0; f < b->pair_count; f++, from += 3 * lanes) {
            const vec u = load(from), v = load(from + LANES);
            buffer[b->pairs[f][0]] = (complex_vec){u - load(from + 2 * lanes),
                                                   u + load(from + lanes)};
            buffer[b->pairs[f][1]] = (complex_vec){v - load(from + 2 * lanes + LANES),
                                                   -(v + load(from + lanes + LANES))};
        }
        NAME(across_inverse)(p, buffer);
        const ptrdiff_t start = q * FC_PAIR_TILES;
        const ptrdiff_t stop = start + FC_PAIR_TILES < b->count ? start + FC_PAIR_TILES : b->count;
        while (first_run->lane + first_run->count <= start)
            first_run++;
        for (ptrdiff_t z = 0; z < p->hop[0]; z += g->axis[0].stride)
            for (ptrdiff_t y = 0; y < p->hop[1]; y += g->axis[1].stride) {
                complex_vec *at = buffer + z * p->plane + y * p->pitch;
                NAME(fft_inverse)(&t[2], at, 1, at, 1, at, 1);
                NAME(store_tiles)(at, needed, rows, width);
                const struct fc_fft_run *run = first_run;
                for (ptrdiff_t tile = start; tile < stop; run++) {
                    const ptrdiff_t end = run->lane + run->count;
                    const ptrdiff_t count = (end < stop ? end : stop) - tile;
                    NAME(store_outputs)(p, task, run, tile, count, channel, z, y,
                                        rows + (tile - start) * width, width);
                    tile += count;
                }
            }
    }
}

/* Transform the taps of one strip of rows. Two vectors of kernels share one transform, as its real
 * and imaginary parts, and the symmetry of their spectra separates them again. */
static void NAME(fft_strip)(const struct fc_fft_plan *p, const struct fc_fft_task *scratch,
                            const struct fc_fft_block *b, const void *weight, ptrdiff_t rows,
                            void *packed, ptrdiff_t plane)
{
    const struct fc_axis *axis = p->geometry.axis;
    const struct fc_transform *t = p->transform;
    const ptrdiff_t taps = p->geometry.taps, depth = p->group_channels;
    const real scale = (real)0.5 / (real)(t[0].size * t[1].size * t[2].size);
    complex_vec *buffer = scratch->buffer;
    for (ptrdiff_t e = 0; e < rows * depth; e += FC_PAIR_TILES) {
        const ptrdiff_t some = rows * depth - e < FC_PAIR_TILES ? rows * depth - e : FC_PAIR_TILES;
        const real *from[FC_PAIR_TILES];
        for (ptrdiff_t l = 0; l < some; l++)
            from[l] = (const real *)weight + ((e + l) % rows * depth + (e + l) / rows) * taps;
        __builtin_memset(buffer, 0, (size_t)(t[0].size * p->plane) * sizeof *buffer);
        ptrdiff_t tap = 0;
        for (ptrdiff_t u = 0; u < axis[0].taps; u++)
            for (ptrdiff_t v = 0; v < axis[1].taps; v++) {
                const ptrdiff_t z = (t[0].size - u * axis[0].dilation) % t[0].size;
                const ptrdiff_t y = (t[1].size - v * axis[1].dilation) % t[1].size;
                complex_vec *row = buffer + z * p->plane + y * p->pitch;
                for (ptrdiff_t s = 0; s < axis[2].taps; s++, tap++) {
                    real *to = (real *)(row + (t[2].size - s * axis[2].dilation) % t[2].size);
                    for (ptrdiff_t l = 0; l < some; l++)
                        to[l] = from[l][tap] * scale;
                }
                NAME(fft_forward)(&t[2], row, 1, row, 1, row, 1);
            }
        NAME(across_forward)(p, buffer);
        real *to = (real *)packed + e;
        for (ptrdiff_t f = 0; f < b->pair_count; f++, to += 3 * plane) {
            const complex_vec x = buffer[b->pairs[f][0]], y = buffer[b->pairs[f][1]];
            const vec r[2] = {x.r + y.r, x.i + y.i}, i[2] = {x.i - y.i, y.r - x.r};
            const vec three[3][2] = {
                {r[0], r[1]}, {i[0] - r[0], i[1] - r[1]}, {r[0] + i[0], r[1] + i[1]}};
            for (int j = 0; j < 3; j++)
                if (some == FC_PAIR_TILES) {
                    storeu(to + j * plane, three[j][0]);
                    storeu(to + j * plane + LANES, three[j][1]);
                } else
                    __builtin_memcpy(to + j * plane, three[j], (size_t)some * sizeof(real));
        }
    }
}
