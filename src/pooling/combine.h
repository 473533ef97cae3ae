/* Rows joined into one row: what every pooling here is made of.
 *
 *     to[j] = rows[0][j] o rows[1][j] o ... o rows[n - 1][j],    o: maximum, minimum or sum
 *
 * A window is joined down its columns, then along the row; shifted pointers to one row make the
 * second the same operation as the first. A batch of rows goes through one call: what is stored has
 * left the store buffer when it is loaded at another offset. One accumulator per vector, 1 to 4.
 *
 * NaN: the maximum of a NaN and a number is whatever the instruction returns. Values from the input
 * are therefore also summed, which a NaN survives; if a sum is NaN (or inf - inf was) the task is
 * done again by CAREFUL maxima, which let every NaN win. Minima are for arrays without NaN. Sums run
 * in blocks of 64 rows.
 */
/* Integers of 4 and 8 bytes are pooled seldom: fewer loops are written out for them, and there are no
 * windows at once and no shared rows. */
#define FC_THIN (!FC_FLOATING && FC_REAL_BYTES >= 4)
#define work NAME(pool_work)
#define edge NAME(pool_edge)

#ifndef FC_POOLING_H
#define FC_POOLING_H
enum { MAXIMUM, CAREFUL, SUM, MINIMUM };    /* how two values are joined */
enum { AS_IS, ABSOLUTE, SQUARE };           /* what is done to an input value first */
enum { NOTHING, DIVIDE, ROOT };             /* and to a result last */
enum { PLAIN, SCALED_UP, SCALED_DOWN };     /* passes of a ROOT */
enum { BLOCK_ROWS = 64, BATCH_ROWS = 16 };
#endif

/* A column of vectors that reads beyond the ends of its rows: by tap and half the lanes inside, and
 * what the others get; at which taps outputs depend on that. */
struct edge {
    ints inside[3][2], outside[3][2];
    int masked;
};

/* One task. Rows of scratch hold whole vectors beyond their end. */
struct work {
    const struct fc_pool *pool;
    const real *plane, *input, *input_end; /* the latter two: of the array */
    struct edge *edges;
    int join, lift, last, pass;
    int inner_lift; /* across planes: done on the way in */
    ptrdiff_t unit; /* reals per element: 1, or LANES across planes */
    real scale, neutral; /* neutral: what never wins, or adds nothing */
    ints odd, small, large; /* lanes: a NaN was there; sums of squares out of range */
    const real *out_end;      /* of what the task writes */
    ptrdiff_t first, outputs; /* outputs of the strip */
    ptrdiff_t from, width;    /* input columns that it reads */
    ptrdiff_t pitch, batch;
    real *bordered; /* joined rows, on both sides of the input filled with what never wins */
    real *line;     /* where column `from` lies in them */
    real *scratch;  /* batches of rows: picked ones, levels along the row */
    real *entered, *leaving; /* planes of vectors */
    real *rings;    /* rows: levels down the columns, or suffixes and a prefix */
    const real **rows, **shifted, **suffix;
    const real *starts[BATCH_ROWS];    /* first input row of each row of the batch */
    real divisors[BATCH_ROWS];
    ptrdiff_t next[FC_LADDER_LEVELS]; /* ladder: the first row not built yet */
    ptrdiff_t block, after;           /* van Herk: its first row, the first one not in the prefix */
    int has_prefix;
};

/* The first output of the vector that holds output o: the last one ends with the row, unless that
 * is shorter. */
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

/* One row. The last vector of the input ends with it; rows of scratch are written beyond `width`.
 * `to` may be rows[0]. */
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

/* `count` rows, w->pitch apart: row r joins row r of each of `rows`. */
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
