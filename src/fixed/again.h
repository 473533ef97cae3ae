/* Add up what fixed point leaves in doubt as SciPy does: in float64, with every product rounded, for
 * h = taps / 2 and equal or opposite pairs of taps, or else with the last tap first:
 *
 *     w[h] x[h] + sum_{t < h} w[t] (x[t] +- x[taps - 1 - t])
 *     w[taps - 1] x[taps - 1] + sum_{t < taps - 1} w[t] x[t]
 *
 * Single pixels are added up one by one; where many of a block of 16-bit pixels are left, all of it
 * is added up by vectors.
 */
#ifndef FC_FIXED_ROUNDED
#define FC_FIXED_ROUNDED
/* Keep a product apart from the sum that it is added to. */
FC_INLINE double fc_rounded(double x)
{
#if defined(__SSE2__)
    __asm__("" : "+x"(x));
#else
    __asm__("" : "+w"(x));
#endif
    return x;
}
#endif

/* The value of a tap. */
FC_INLINE double NAME(tap_at)(const void *const *in, ptrdiff_t t, ptrdiff_t x, const int from)
{
    if (from == FC_OF_ROWS)
        return ((const real *)in[t])[x];
    return ((const value *)in[t])[x] + FC_OFFSET;
}

FC_INLINE int32_t NAME(sum_again)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t x,
                                  const int from)
{
    const ptrdiff_t last = p->taps - 1, half = p->taps / 2;
    const ptrdiff_t stop = p->order == FC_ENDS_FIRST ? last : half;
    double sum = fc_rounded(p->weights[stop] * NAME(tap_at)(in, stop, x, from));
    for (ptrdiff_t t = 0; t < stop; t++) {
        double term = NAME(tap_at)(in, t, x, from);
        if (p->order == FC_PAIRS_EQUAL)
            term += NAME(tap_at)(in, last - t, x, from);
        else if (p->order == FC_PAIRS_OPPOSITE)
            term -= NAME(tap_at)(in, last - t, x, from);
        sum += fc_rounded(term * p->weights[t]);
    }
    return (int32_t)sum;
}

/* The same of taps that all are c, or of pairs that all add up to 2 c. */
FC_INLINE int32_t NAME(sum_level)(const struct fc_fixed_pass *p, double c)
{
    const ptrdiff_t stop = p->order == FC_ENDS_FIRST ? p->taps - 1 : p->taps / 2;
    const double term = p->order == FC_PAIRS_EQUAL ? 2 * c : p->order == FC_PAIRS_OPPOSITE ? 0 : c;
    double sum = fc_rounded(p->weights[stop] * c);
    for (ptrdiff_t t = 0; t < stop; t++)
        sum += fc_rounded(term * p->weights[t]);
    return (int32_t)sum;
}

#if FC_REAL_BYTES == 2
/* Some taps as float64, and products apart from sums. */
#define FC_FEW (FC_VECTOR_BYTES / 8)
typedef double NAME(few) __attribute__((vector_size(8 * FC_FEW)));
typedef int32_t NAME(few_words) __attribute__((vector_size(4 * FC_FEW)));
typedef int16_t NAME(few_shorts) __attribute__((vector_size(2 * FC_FEW), aligned(2), may_alias));
typedef real NAME(few_reals) __attribute__((vector_size(2 * FC_FEW), aligned(2), may_alias));

FC_INLINE NAME(few) NAME(taps_at)(const void *const *in, ptrdiff_t t, ptrdiff_t x, const int from)
{
    NAME(few_words) all;
    if (from == FC_OF_ROWS) {
        const NAME(few_reals) *p = (const void *)((const real *)in[t] + x);
        all = __builtin_convertvector(*p, NAME(few_words));
    } else {
        const NAME(few_shorts) *p = (const void *)((const value *)in[t] + x);
        all = __builtin_convertvector(*p, NAME(few_words)) + FC_OFFSET;
    }
    return __builtin_convertvector(all, NAME(few));
}

FC_INLINE NAME(few) NAME(rounded_few)(NAME(few) x)
{
#if defined(__AVX512F__)
    __asm__("" : "+v"(x));
#elif defined(__SSE2__)
    __asm__("" : "+x"(x));
#else
    __asm__("" : "+w"(x));
#endif
    return x;
}

/* Add up a whole block again. */
FC_INLINE void NAME(redo_all)(const struct fc_fixed_pass *p, const void *const *in, ptrdiff_t x,
                              const int from, void *to, int into_values)
{
    const ptrdiff_t last = p->taps - 1, half = p->taps / 2;
    const ptrdiff_t stop = p->order == FC_ENDS_FIRST ? last : half;
    for (int i = 0; i < BLOCK; i += FC_FEW) {
        NAME(few) sum = NAME(rounded_few)(p->weights[stop] * NAME(taps_at)(in, stop, x + i, from));
        for (ptrdiff_t t = 0; t < stop; t++) {
            NAME(few) term = NAME(taps_at)(in, t, x + i, from);
            if (p->order == FC_PAIRS_EQUAL)
                term += NAME(taps_at)(in, last - t, x + i, from);
            else if (p->order == FC_PAIRS_OPPOSITE)
                term -= NAME(taps_at)(in, last - t, x + i, from);
            sum += NAME(rounded_few)(term * p->weights[t]);
        }
        const NAME(few_words) result = __builtin_convertvector(sum, NAME(few_words));
        const NAME(few_words) offset = result - (into_values ? FC_OFFSET : 0);
        *(NAME(few_shorts) *)((int16_t *)to + i) =
            __builtin_convertvector(offset, NAME(few_shorts));
    }
}
#undef FC_FEW
#endif

/* Add up again what is left of a block, which is stored. */
static __attribute__((noinline)) void NAME(redo)(const struct fc_fixed_pass *p,
                                                 const void *const *in, ptrdiff_t x, const int from,
                                                 uint64_t left, void *to, int into_values)
{
#if FC_REAL_BYTES == 2
    if (__builtin_popcountll(left) > 4) {
        if (from == FC_OF_ROWS)
            NAME(redo_all)(p, in, x, FC_OF_ROWS, to, into_values);
        else
            NAME(redo_all)(p, in, x, FC_OF_VALUES, to, into_values);
        return;
    }
#endif
    for (; left; left &= left - 1) {
        const int i = __builtin_ctzll(left);
        NAME(put_one)(to, i, NAME(sum_again)(p, in, x + i, from), into_values);
    }
}
