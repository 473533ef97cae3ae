/* Convert a row of sums to the type of the result.
 *
 * A real becomes an integer by rounding towards zero or to the nearest integer (ties to even), and
 * then by keeping the low bits that the type has, or by taking the nearest value of the type. A NaN
 * is no integer, nor is an infinity unless the nearest value is taken: the task fails.
 */
#if FC_FLOATING && FC_REAL_BYTES == 8
#ifndef FC_TAPS_SLOW
#define FC_TAPS_SLOW
/* Return an integral value modulo 2^64. */
static uint64_t fc_taps_modulo(double x)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const int exponent = (int)(bits >> 52 & 2047) - 1075;
    const uint64_t digits = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    const uint64_t size = exponent >= 64 ? 0 : exponent >= 0 ? digits << exponent : 0;
    return x < 0 ? 0 - size : size;
}
/* Return any value without its fraction, or what `fc_taps_modulo` makes of it beyond int64_t. */
static uint64_t fc_taps_wrapped(double x)
{
    return x > -0x1p63 && x < 0x1p63 ? (uint64_t)(int64_t)x : fc_taps_modulo(x);
}
#endif

/* Convert values of any size, one by one. A value at an upper limit may not fit as a double. */
#define FC_NARROW_ANY(name, type, least, most)                                                     \
    static int name(const real *from, void *to, ptrdiff_t count, int saturate)                     \
    {                                                                                              \
        type *out = to;                                                                            \
        int failed = 0;                                                                            \
        for (ptrdiff_t i = 0; i < count; i++) {                                                    \
            const double x = from[i];                                                              \
            failed |= saturate ? x != x : !(x - x == 0);                                           \
            if (!saturate)                                                                         \
                out[i] = (type)fc_taps_wrapped(x);                                                 \
            else                                                                                   \
                out[i] = x >= (double)(most) ? (most) : x > (double)(least) ? (type)x : (least);   \
        }                                                                                          \
        return failed;                                                                             \
    }
FC_NARROW_ANY(NAME(narrow_any_i8), int8_t, INT8_MIN, INT8_MAX)
FC_NARROW_ANY(NAME(narrow_any_i16), int16_t, INT16_MIN, INT16_MAX)
FC_NARROW_ANY(NAME(narrow_any_i32), int32_t, INT32_MIN, INT32_MAX)
FC_NARROW_ANY(NAME(narrow_any_i64), int64_t, INT64_MIN, INT64_MAX)
FC_NARROW_ANY(NAME(narrow_any_u8), uint8_t, 0, UINT8_MAX)
FC_NARROW_ANY(NAME(narrow_any_u16), uint16_t, 0, UINT16_MAX)
FC_NARROW_ANY(NAME(narrow_any_u32), uint32_t, 0, UINT32_MAX)
FC_NARROW_ANY(NAME(narrow_any_u64), uint64_t, 0, UINT64_MAX)
#undef FC_NARROW_ANY
typedef int NAME(narrowing_any)(const real *from, void *to, ptrdiff_t count, int saturate);
static NAME(narrowing_any) *const NAME(narrowings_any)[FC_TYPES] = {
    [FC_I8] = NAME(narrow_any_i8), [FC_I16] = NAME(narrow_any_i16),
    [FC_I32] = NAME(narrow_any_i32), [FC_I64] = NAME(narrow_any_i64),
    [FC_U8] = NAME(narrow_any_u8), [FC_U16] = NAME(narrow_any_u16),
    [FC_U32] = NAME(narrow_any_u32), [FC_U64] = NAME(narrow_any_u64),
};

/* Return the nearest integers, ties to even. From 2^52 on, all values are integers. */
FC_INLINE vec NAME(nearest)(vec x)
{
    const vec sign = broadcast(-0.0), big = broadcast(0x1p52);
    const vec size = (vec)((ints)x & ~(ints)sign);
    const vec whole = (vec)((ints)(size + big - big) | ((ints)x & (ints)sign));
    return choose((ints)(size < big), whole, x);
}

/* Round sums as the plan says, and limit them if they are to saturate; a NaN stays. Return whether
 * int32_t holds all of them. */
static int NAME(settle)(PLAN *p, real *sums, ptrdiff_t count)
{
    const vec lowest = broadcast(p->lowest), highest = broadcast(p->highest);
    const vec limit = broadcast(0x1p31), sign = broadcast(-0.0);
    ints outside = {0};
    for (ptrdiff_t x = 0; x < count; x += LANES) {
        vec sum = loadu(sums + x);
        if (p->nearest)
            sum = NAME(nearest)(sum);
        if (p->saturate)
            sum = vmin(highest, vmax(lowest, sum));
        outside |= ~(ints)((vec)((ints)sum & ~(ints)sign) < limit);
        storeu(sums + x, sum);
    }
    for (int i = 0; i < LANES; i++)
        if (outside[i])
            return 0;
    return 1;
}
#endif

#if FC_FLOATING
#define FC_NARROW(name, type)                                                                      \
    static void name(const real *from, void *to, ptrdiff_t count)                                  \
    {                                                                                              \
        type *restrict out = to;                                                                   \
        for (ptrdiff_t i = 0; i < count; i++)                                                      \
            out[i] = (type)(int32_t)from[i];                                                       \
    }
#else
#define FC_NARROW(name, type)                                                                      \
    static void name(const real *from, void *to, ptrdiff_t count)                                  \
    {                                                                                              \
        type *restrict out = to;                                                                   \
        for (ptrdiff_t i = 0; i < count; i++)                                                      \
            out[i] = (type)from[i];                                                                \
    }
#endif
FC_NARROW(NAME(narrow_i8), int8_t)
FC_NARROW(NAME(narrow_i16), int16_t)
FC_NARROW(NAME(narrow_i32), int32_t)
FC_NARROW(NAME(narrow_i64), int64_t)
FC_NARROW(NAME(narrow_u8), uint8_t)
FC_NARROW(NAME(narrow_u16), uint16_t)
FC_NARROW(NAME(narrow_u32), uint32_t)
FC_NARROW(NAME(narrow_u64), uint64_t)
#undef FC_NARROW
typedef void NAME(narrowing)(const real *from, void *to, ptrdiff_t count);
static NAME(narrowing) *const NAME(narrowings)[FC_TYPES] = {
    [FC_I8] = NAME(narrow_i8), [FC_I16] = NAME(narrow_i16), [FC_I32] = NAME(narrow_i32),
    [FC_I64] = NAME(narrow_i64), [FC_U8] = NAME(narrow_u8), [FC_U16] = NAME(narrow_u16),
    [FC_U32] = NAME(narrow_u32), [FC_U64] = NAME(narrow_u64),
};

#if FC_REAL_BYTES < 8
/* Limit sums, which are whole and not taken modulo anything, to what the result holds of their
 * type. */
static void NAME(limit)(PLAN *p, real *sums, ptrdiff_t count)
{
#if FC_FLOATING
    const real least = (real)p->lowest, most = (real)p->highest;
#else
    const real least = p->lowest < (double)FC_LOWEST ? FC_LOWEST : (real)p->lowest;
    const real most = p->highest > (double)FC_HIGHEST ? FC_HIGHEST : (real)p->highest;
#endif
    const vec lowest = broadcast(least), highest = broadcast(most);
    for (ptrdiff_t x = 0; x < count; x += LANES)
        storeu(sums + x, vmin(vmax(loadu(sums + x), lowest), highest));
}
#endif

static void NAME(leave_row)(PLAN *p, TASK *t, ptrdiff_t row, real *sums)
{
    char *to = (char *)t->out + (row * p->out_width + t->column) * fc_taps_item[p->target];
#if FC_FLOATING
    if (p->target == FC_TYPE) {
        __builtin_memcpy(to, sums, (size_t)t->columns * sizeof(real));
        return;
    }
#endif
#if FC_REAL_BYTES == 8
    if (!NAME(settle)(p, sums, t->columns)) {
        if (NAME(narrowings_any)[p->target](sums, to, t->columns, p->saturate))
            __atomic_store_n(t->failed, 1, __ATOMIC_RELAXED);
        return;
    }
#else
    if (p->saturate)
        NAME(limit)(p, sums, t->columns);
#endif
    NAME(narrowings)[p->target](sums, to, t->columns);
}
