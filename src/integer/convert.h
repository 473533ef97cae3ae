/* Convert a row of integers to reals and back, for filters of integer images.
 *
 * Reals become integers in the way in which most machines cast a double to a narrow integer in C:
 * they are rounded towards zero to an int32, of which the low bits are kept.
 */
#define FC_WIDEN(name, type)                                                                       \
    static void name(const void *from, real *to, ptrdiff_t count)                                  \
    {                                                                                              \
        const type *restrict in = from;                                                            \
        real *restrict out = to;                                                                   \
        for (ptrdiff_t i = 0; i < count; i++)                                                      \
            out[i] = (real)in[i];                                                                  \
    }
#define FC_NARROW(name, type)                                                                      \
    static void name(const real *from, void *to, ptrdiff_t count)                                  \
    {                                                                                              \
        const real *restrict in = from;                                                            \
        type *restrict out = to;                                                                   \
        for (ptrdiff_t i = 0; i < count; i++)                                                      \
            out[i] = (type)(int32_t)in[i];                                                         \
    }

FC_WIDEN(NAME(widen_i8), int8_t)
FC_WIDEN(NAME(widen_i16), int16_t)
FC_WIDEN(NAME(widen_i32), int32_t)
FC_WIDEN(NAME(widen_u8), uint8_t)
FC_WIDEN(NAME(widen_u16), uint16_t)
FC_NARROW(NAME(narrow_i8), int8_t)
FC_NARROW(NAME(narrow_i16), int16_t)
FC_NARROW(NAME(narrow_i32), int32_t)
FC_NARROW(NAME(narrow_u8), uint8_t)
FC_NARROW(NAME(narrow_u16), uint16_t)
#undef FC_WIDEN
#undef FC_NARROW

typedef void NAME(widening)(const void *from, real *to, ptrdiff_t count);
typedef void NAME(narrowing)(const real *from, void *to, ptrdiff_t count);
#ifndef FC_INTEGER_ITEMS
#define FC_INTEGER_ITEMS
/* The bytes of each type, in the order of enum fc_integer_type. */
static const ptrdiff_t fc_integer_item[] = {1, 2, 4, 1, 2};
#endif
static NAME(widening) *const NAME(widenings)[] = {NAME(widen_i8), NAME(widen_i16), NAME(widen_i32),
                                                  NAME(widen_u8), NAME(widen_u16)};
static NAME(narrowing) *const NAME(narrowings)[] = {
    NAME(narrow_i8), NAME(narrow_i16), NAME(narrow_i32), NAME(narrow_u8), NAME(narrow_u16)};

/* Round values towards zero, for values that the integer type of the result can hold. */
static void NAME(truncate)(real *x, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++)
        x[i] = (real)(int32_t)x[i];
}
