/* Rows joined into one row: what every pooling here is made of.
 *
 *     to[j] = rows[0][j] o rows[1][j] o ... o rows[n - 1][j],    o: maximum or sum
 *
 * A window is joined down its columns, then along the row; shifted pointers to one row make the
 * second the same operation as the first. Registers: one accumulator per vector, 1 to 4 of them.
 *
 * NaN: the maximum of a NaN and a number is whatever the instruction returns. Values from the input
 * are therefore also summed, which a NaN survives; if a sum is NaN (or inf - inf was) the task is
 * done again by CAREFUL maxima, which let every NaN win. Sums run in blocks of 64 rows.
 */
#define work NAME(pool_work)

#ifndef FC_POOLING_H
#define FC_POOLING_H
enum { MAXIMUM, CAREFUL, SUM };             /* how two values are joined */
enum { AS_IS, ABSOLUTE, SQUARE };           /* what is done to an input value first */
enum { NOTHING, DIVIDE, ROOT };             /* and to a result last */
enum { PLAIN, SCALED_UP, SCALED_DOWN };     /* passes of a ROOT */
enum { BLOCK_ROWS = 64 };
#endif

/* One task on one plane. Rows of scratch hold whole vectors beyond their end. */
struct work {
    const struct fc_pool *pool;
    const real *plane, *input_end;
    int join, lift, last, pass;
    real scale;
    ints odd, small, large; /* lanes: a NaN was there; sums of squares out of range */
    ptrdiff_t first, outputs; /* outputs of the strip */
    ptrdiff_t from, width;    /* input columns that it reads */
    ptrdiff_t pitch;
    real *bordered; /* the joined row, on both sides of the input filled with what never wins */
    real *line;     /* where column `from` lies in it */
    real *scratch;  /* rows: the picked one, levels along the row */
    real *rings;    /* rows: levels down the columns, or suffixes and a prefix */
    const real **rows, **suffix;
    ptrdiff_t next[FC_LADDER_LEVELS]; /* ladder: the first row not built yet */
    ptrdiff_t block, after;           /* van Herk: its first row, the first one not in the prefix */
    int has_prefix;
};

/* What never wins, or adds nothing. */
FC_INLINE real NAME(neutral)(const struct work *w)
{
    return w->join == SUM || w->lift != AS_IS ? 0 : (real)FC_LOWEST;
}

static void NAME(clear)(const struct work *w, real *to, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i += LANES)
        storeu(to + i, broadcast(NAME(neutral)(w)));
}

FC_INLINE ints NAME(nan)(vec x)
{
#if FC_FLOATING
    return (ints)(x != x);
#else
    return (ints)x ^ (ints)x;
#endif
}

FC_INLINE vec NAME(join)(vec a, vec b, const int how)
{
    if (how == SUM)
        return a + b;
    const vec most = vmax(a, b); /* b where either is NaN */
    return how == CAREFUL ? (vec)((ints)most | NAME(nan)(a)) : most;
}

FC_INLINE vec NAME(lift)(vec x, const int lift, real scale)
{
    const real_int magnitude = (real_int)(((uint64_t)1 << (8 * sizeof(real) - 1)) - 1);
    if (lift == ABSOLUTE)
        return (vec)((ints)x & magnitude);
    if (lift == SQUARE)
        return (x * scale) * (x * scale);
    return x;
}

/* `vectors` vectors from column j. From the input: lift, and look for NaN. */
FC_INLINE void NAME(block)(struct work *w, real *to, const real *const *rows, const ptrdiff_t n,
                           ptrdiff_t j, const int vectors, const int input, const int how,
                           const int lift)
{
    const int watch = FC_FLOATING && input && how == MAXIMUM;
    vec all[4], seen[4];
    ptrdiff_t first = 0;
    do {
        const ptrdiff_t stop = n - first > BLOCK_ROWS ? first + BLOCK_ROWS : n;
        vec part[4];
UNROLLED
        for (int v = 0; v < vectors; v++) {
            part[v] = NAME(lift)(loadu(rows[first] + j + v * LANES), lift, w->scale);
            if (watch && first)
                seen[v] += part[v];
            else
                seen[v] = part[v];
        }
UNROLLED
        for (ptrdiff_t i = first + 1; i < stop; i++) {
UNROLLED
            for (int v = 0; v < vectors; v++) {
                const vec x = NAME(lift)(loadu(rows[i] + j + v * LANES), lift, w->scale);
                part[v] = NAME(join)(part[v], x, how);
                if (watch)
                    seen[v] += x;
            }
        }
UNROLLED
        for (int v = 0; v < vectors; v++)
            all[v] = first ? NAME(join)(all[v], part[v], how) : part[v];
        first += BLOCK_ROWS;
    } while (first < n);
UNROLLED
    for (int v = 0; v < vectors; v++) {
        storeu(to + j + v * LANES, all[v]);
        if (watch)
            w->odd |= NAME(nan)(seen[v]);
    }
}

/* Whole vectors, beyond `width` if need be: rows of scratch. `to` may be rows[0], or a row that
 * starts before all of them in the same memory. */
FC_INLINE void NAME(span)(struct work *w, real *to, const real *const *rows, const ptrdiff_t n,
                          ptrdiff_t width, const int input, const int how, const int lift)
{
    ptrdiff_t j = 0;
    for (; j + 4 * LANES <= width; j += 4 * LANES)
        NAME(block)(w, to, rows, n, j, 4, input, how, lift);
    for (; j < width && (!input || j + LANES <= width); j += LANES)
        NAME(block)(w, to, rows, n, j, 1, input, how, lift);
    if (input && j < width) /* the last vector of the input ends with it */
        NAME(block)(w, to, rows, n, width - LANES, 1, input, how, lift);
}

/* The few lengths that small windows have are compiled. */
FC_INLINE void NAME(spans)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                           ptrdiff_t width, const int input, const int how, const int lift)
{
    switch (n) {
    case 1:
        NAME(span)(w, to, rows, 1, width, input, how, lift);
        break;
    case 2:
        NAME(span)(w, to, rows, 2, width, input, how, lift);
        break;
    case 3:
        NAME(span)(w, to, rows, 3, width, input, how, lift);
        break;
    case 4:
        NAME(span)(w, to, rows, 4, width, input, how, lift);
        break;
    default:
        NAME(span)(w, to, rows, n, width, input, how, lift);
    }
}

/* Rows of scratch. */
static void NAME(pool_combine)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                          ptrdiff_t width)
{
    if (w->join == MAXIMUM)
        NAME(spans)(w, to, rows, n, width, 0, MAXIMUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM)
        NAME(spans)(w, to, rows, n, width, 0, SUM, AS_IS);
    else if (FC_FLOATING)
        NAME(span)(w, to, rows, n, width, 0, CAREFUL, AS_IS);
}

FC_INLINE void NAME(gather_span)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                                 ptrdiff_t width)
{
    if (w->join == MAXIMUM && w->lift == AS_IS)
        NAME(spans)(w, to, rows, n, width, 1, MAXIMUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && w->lift == AS_IS)
        NAME(spans)(w, to, rows, n, width, 1, SUM, AS_IS);
    else if (FC_FLOATING && w->join == SUM && w->lift == SQUARE)
        NAME(span)(w, to, rows, n, width, 1, SUM, SQUARE);
    else if (FC_FLOATING && w->join == SUM)
        NAME(span)(w, to, rows, n, width, 1, SUM, ABSOLUTE);
    else if (FC_FLOATING && w->join == CAREFUL && w->lift == AS_IS)
        NAME(span)(w, to, rows, n, width, 1, CAREFUL, AS_IS);
    else if (FC_FLOATING && w->join == CAREFUL)
        NAME(span)(w, to, rows, n, width, 1, CAREFUL, ABSOLUTE);
    else if (FC_FLOATING)
        NAME(span)(w, to, rows, n, width, 1, MAXIMUM, ABSOLUTE);
}

/* Rows of the input, w->width columns of each; rows of scratch may come before them. A row shorter
 * than a vector is read beyond its end, but not beyond that of the array. */
static void NAME(gather)(struct work *w, real *to, const real *const *rows, ptrdiff_t n)
{
    const ptrdiff_t width = w->width;
    if (width >= LANES) {
        NAME(gather_span)(w, to, rows, n, width);
    } else if (w->input_end - rows[n - 1] >= LANES) {
        NAME(gather_span)(w, to, rows, n, LANES);
    } else {
        real spare[3][LANES] __attribute__((aligned(FC_VECTOR_BYTES))) = {{0}};
        const real *pair[2] = {spare[0], spare[1]}, *copy = spare[2];
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < width; j++)
                spare[2][j] = rows[i][j];
            NAME(gather_span)(w, spare[i > 0], &copy, 1, LANES);
            if (i)
                NAME(pool_combine)(w, spare[0], pair, 2, LANES);
        }
        NAME(pool_combine)(w, to, pair, 1, LANES);
    }
}
