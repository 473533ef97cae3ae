/* Combine rows to one row: the operation that every pooling here consists of.
 *
 *     to[j] = rows[0][j] o rows[1][j] o ... o rows[n - 1][j]
 *
 * The operation o, called a join, is a maximum, a minimum or a sum. A window is combined down its
 * columns and then along the row. The second is the same operation, with pointers to one row that
 * are shifted to each tap.
 *
 * Loop      The outer loop is over 4 vectors of columns, and then over single ones; the inner one
 *           over rows. One call combines a batch of rows, so that stored values have left the store
 *           buffer when they are loaded again at another offset.
 * Registers one accumulator per vector, 1 to 4 of them, and as many sums that look for NaN.
 * Order     Rows are combined one after the other in blocks of 64, and then the blocks.
 *
 * The maximum of a NaN and a number is whichever of them the instruction returns. So the values of
 * the input are also summed, because a sum with a NaN is NaN. If such a sum is NaN (which inf - inf
 * gives, too), the task is computed again with CAREFUL maxima, in which every NaN wins. Minima are
 * correct only for arrays without NaN.
 */
/* Integers of 4 and 8 bytes are pooled seldom. For them, fewer loops are unrolled, and at_once.h
 * and shared.h are left out. */
#define FC_THIN (!FC_FLOATING && FC_REAL_BYTES >= 4)
#define work NAME(pool_work)
#define edge NAME(pool_edge)

#ifndef FC_POOLING_H
#define FC_POOLING_H
enum { MAXIMUM, CAREFUL, SUM, MINIMUM };    /* how two values are combined */
enum { AS_IS, ABSOLUTE, SQUARE };           /* what is computed from an input value first */
enum { NOTHING, DIVIDE, ROOT };             /* what is computed from a combined window last */
enum { PLAIN, SCALED_UP, SCALED_DOWN };     /* the passes of a ROOT, see result.h */
enum { BLOCK_ROWS = 64, BATCH_ROWS = 16 };
#endif

/* A column of vectors that reads beyond the ends of its rows. For each tap and half, `inside` is
 * the mask of lanes inside of the row and `outside` has the neutral element in the others. `masked`
 * says which taps have lanes outside (edges.h). */
struct edge {
    ints inside[3][2], outside[3][2];
    int masked;
};

/* The state of one task. Whole vectors may be read and written beyond the end of a row of
 * scratch. */
struct work {
    const struct fc_pool *pool;
    const real *plane, *input, *input_end; /* the current plane; both ends of the array */
    struct fc_watch *watch;
    struct edge *edges;
    int join, lift, last, pass;
    int inner_lift; /* the lift that across.h applies when it transposes planes */
    ptrdiff_t unit; /* reals per element: 1, or LANES in across.h */
    real scale, neutral; /* a join with the neutral element changes nothing */
    ints odd, small, large; /* lanes that found a NaN, and sums of squares that are out of range */
    const real *out_end;      /* the end of the outputs that the task writes */
    ptrdiff_t first, outputs; /* the first output of the strip, and their number in a row */
    ptrdiff_t from, width;    /* the first input column that the strip reads, and their number */
    ptrdiff_t pitch, batch;
    real *bordered; /* combined rows, with the neutral element on both sides of the input */
    real *line;     /* column `from` of these rows */
    real *scratch;  /* batches of rows: those that a stride picks, and levels along the row */
    real *entered, *leaving; /* planes of vectors: the input and the results */
    real *rings;    /* rows: levels down the columns, or suffixes and a prefix */
    const real **rows, **shifted, **suffix;
    const real *starts[BATCH_ROWS];    /* the first input row of each row of the batch */
    real divisors[BATCH_ROWS];
    ptrdiff_t next[FC_LADDER_LEVELS]; /* for each level, the first row that is not computed yet */
    ptrdiff_t block, after;           /* first row of a block; first row that no prefix has yet */
    int has_prefix;
};

/* Return the first output of the vector that holds output o. The last vector ends where the row
 * ends, unless the row is shorter than a vector. */
FC_INLINE ptrdiff_t NAME(vector_start)(ptrdiff_t o, ptrdiff_t outputs)
{
    return o + LANES <= outputs || o == 0 ? o : outputs - LANES;
}

static void NAME(clear)(const struct work *w, real *to, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i += LANES)
        storeu(to + i, broadcast(w->neutral));
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
    if (how == MINIMUM)
        return vmin(a, b);
    const vec most = vmax(a, b); /* b in lanes where a or b is NaN */
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

/* Combine `vectors` vectors of columns, from column j on. If the rows come from the input, lift
 * their values and look for NaN. */
FC_INLINE void NAME(block)(real *to, const real *const *rows, const ptrdiff_t n, ptrdiff_t j,
                           const int vectors, const int input, const int how, const int lift,
                           real scale, ints *odd)
{
    const int watch = FC_FLOATING && input && how == MAXIMUM;
    vec all[4], seen[4];
    ptrdiff_t first = 0;
    do {
        const ptrdiff_t stop = n - first > BLOCK_ROWS ? first + BLOCK_ROWS : n;
        vec part[4];
UNROLLED
        for (int v = 0; v < vectors; v++) {
            part[v] = NAME(lift)(loadu(rows[first] + j + v * LANES), lift, scale);
            if (watch && first)
                seen[v] += part[v];
            else
                seen[v] = part[v];
        }
UNROLLED
        for (ptrdiff_t i = first + 1; i < stop; i++) {
UNROLLED
            for (int v = 0; v < vectors; v++) {
                const vec x = NAME(lift)(loadu(rows[i] + j + v * LANES), lift, scale);
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
            *odd |= NAME(nan)(seen[v]);
    }
}

/* Combine whole rows. The last vector of an input row ends where the row ends; rows of scratch are
 * read and written beyond `width`. `to` may be rows[0]. */
FC_INLINE void NAME(span)(real *to, const real *const *rows, const ptrdiff_t n, ptrdiff_t width,
                          const int input, const int how, const int lift, real scale, ints *odd)
{
    ptrdiff_t j = 0;
    for (; j + 4 * LANES <= width; j += 4 * LANES)
        NAME(block)(to, rows, n, j, 4, input, how, lift, scale, odd);
    for (; j < width && (!input || j + LANES <= width); j += LANES)
        NAME(block)(to, rows, n, j, 1, input, how, lift, scale, odd);
    if (input && j < width)
        NAME(block)(to, rows, n, width - LANES, 1, input, how, lift, scale, odd);
}

/* Compute a batch of `count` rows that are w->pitch elements apart. Row r combines row r of each of
 * `rows`. */
FC_INLINE void NAME(combine_batch)(struct work *w, real *to, const real *const *rows,
                                   const ptrdiff_t n, ptrdiff_t width, ptrdiff_t count,
                                   const int how)
{
    const ptrdiff_t pitch = w->pitch;
    const real *few[4], **at = n <= 4 ? few : w->shifted;
    for (ptrdiff_t r = 0; r < count; r++) {
UNROLLED
        for (ptrdiff_t i = 0; i < n; i++)
            at[i] = rows[i] + r * pitch;
        NAME(span)(to + r * pitch, at, n, width, 0, how, AS_IS, 1, 0);
    }
}

FC_INLINE void NAME(combine_some)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                                  ptrdiff_t width, ptrdiff_t count, const int how)
{
    switch (FC_THIN ? 0 : n) {
    case 1:
        NAME(combine_batch)(w, to, rows, 1, width, count, how);
        break;
    case 2:
        NAME(combine_batch)(w, to, rows, 2, width, count, how);
        break;
    case 3:
        NAME(combine_batch)(w, to, rows, 3, width, count, how);
        break;
    case 4:
        NAME(combine_batch)(w, to, rows, 4, width, count, how);
        break;
    default:
        NAME(combine_batch)(w, to, rows, n, width, count, how);
    }
}

static void NAME(pool_combine)(struct work *w, real *to, const real *const *rows, ptrdiff_t n,
                          ptrdiff_t width, ptrdiff_t count)
{
    if (w->join == MAXIMUM)
        NAME(combine_some)(w, to, rows, n, width, count, MAXIMUM);
    else if (w->join == MINIMUM)
        NAME(combine_some)(w, to, rows, n, width, count, MINIMUM);
    else if (FC_FLOATING && w->join == SUM)
        NAME(combine_some)(w, to, rows, n, width, count, SUM);
    else if (FC_FLOATING)
        NAME(combine_batch)(w, to, rows, n, width, count, CAREFUL);
}
