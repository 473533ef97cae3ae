/* Convert a row of the image to the type of the sums, with its padding. */
#ifndef FC_TAPS_ENTER
#define FC_TAPS_ENTER
#define PLAN const struct fc_taps_plan
#define TASK const struct fc_taps_task
/* The bytes of each type, in the order of enum fc_type. */
static const ptrdiff_t fc_taps_item[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
#endif

#define FC_WIDEN(name, type)                                                                       \
    static void name(const void *from, real *to, ptrdiff_t count)                                  \
    {                                                                                              \
        const type *restrict in = from;                                                            \
        real *restrict out = to;                                                                   \
        for (ptrdiff_t i = 0; i < count; i++)                                                      \
            out[i] = (real)in[i];                                                                  \
    }
FC_WIDEN(NAME(widen_i8), int8_t)
FC_WIDEN(NAME(widen_i16), int16_t)
FC_WIDEN(NAME(widen_u8), uint8_t)
FC_WIDEN(NAME(widen_u16), uint16_t)
#if FC_REAL_BYTES >= 4
FC_WIDEN(NAME(widen_i32), int32_t)
FC_WIDEN(NAME(widen_u32), uint32_t)
#endif
#if FC_FLOATING
FC_WIDEN(NAME(widen_i64), int64_t)
FC_WIDEN(NAME(widen_u64), uint64_t)
FC_WIDEN(NAME(widen_f32), float)
FC_WIDEN(NAME(widen_f64), double)
#endif
#undef FC_WIDEN

typedef void NAME(widening)(const void *from, real *to, ptrdiff_t count);
/* NULL where the sums cannot take the values of the type. */
static NAME(widening) *const NAME(widenings)[FC_TYPES] = {
    [FC_I8] = NAME(widen_i8), [FC_I16] = NAME(widen_i16),
    [FC_U8] = NAME(widen_u8), [FC_U16] = NAME(widen_u16),
#if FC_REAL_BYTES >= 4
    [FC_I32] = NAME(widen_i32), [FC_U32] = NAME(widen_u32),
#endif
#if FC_FLOATING
    [FC_I64] = NAME(widen_i64), [FC_U64] = NAME(widen_u64),
    [FC_F32] = NAME(widen_f32), [FC_F64] = NAME(widen_f64),
#endif
};

/* Convert the padded columns low..high of a row, one by one. */
static void NAME(enter_border)(PLAN *p, const char *row, const ptrdiff_t *line, ptrdiff_t low,
                               ptrdiff_t high, real *to)
{
    for (ptrdiff_t i = low; i < high; i++) {
        if (line[i] < 0)
            to[i] = (real)p->fill;
        else
            NAME(widenings)[p->source](row + line[i] * fc_taps_item[p->source], to + i, 1);
    }
}

/* Convert `count` padded columns from column `first` on of row y in plane z of the image. */
static void NAME(enter_columns)(PLAN *p, const char *image, ptrdiff_t z, ptrdiff_t y,
                                ptrdiff_t first, ptrdiff_t count, real *to)
{
    const ptrdiff_t item = fc_taps_item[p->source];
    /* `inside` columns, from padded column first + low on, are those of the image from `from` on. */
    const ptrdiff_t from = first > p->before ? first - p->before : 0;
    const ptrdiff_t shifted = from + p->before - first, low = shifted < count ? shifted : count;
    const ptrdiff_t left = p->width - from < count - low ? p->width - from : count - low;
    const ptrdiff_t inside = left > 0 ? left : 0;
    const char *row = image + (z * p->plane + y * p->width) * item;
    if (z < 0 || y < 0) {
        for (ptrdiff_t i = 0; i < count; i++)
            to[i] = (real)p->fill;
        return;
    }
    NAME(widenings)[p->source](row + from * item, to + low, inside);
    NAME(enter_border)(p, row, p->column_line + first, 0, low, to);
    NAME(enter_border)(p, row, p->column_line + first, low + inside, count, to);
}

/* Convert the columns that a task reads of padded row y in padded plane z. `spare` has room for
 * them all. */
static void NAME(enter_row)(PLAN *p, TASK *t, ptrdiff_t z, ptrdiff_t y, real *to, real *spare)
{
    const ptrdiff_t s = p->stride, count = (t->columns - 1) * s + p->reach;
    real *columns = s == 1 ? to : spare;
    NAME(enter_columns)(p, t->image, p->plane_line[z], p->row_line[y], t->column * s, count,
                        columns);
    for (ptrdiff_t i = 0; s > 1 && i < s; i++)
        for (ptrdiff_t j = i; j < count; j += s)
            to[i * p->phase + j / s] = columns[j];
}
