/* local: convolutions that have separate weights for every output position.
 *
 *     forward   out[n, o] (+)= sum over t of weight[t, o] * patch_n[position(o) + offset(t)]
 *     input     patch_n[position(o) + offset(t)] += weight[t, o] * grad[n, o]
 *     weight    out[t, o] (+)= sum over n of grad[n, o] * patch_n[position(o) + offset(t)]
 *
 * for one pair of channels, a block of output pixels o, and some images n.
 *
 * Layout    The weights of a tap are a plane of output pixels. The patches of the images are rows
 *           of the input with their borders (implicit_gemm/patch.h), and are `patch_step` elements
 *           apart.
 * Loop      The outer loop is over groups of a few vectors of pixels, the inner one over taps. The
 *           weights of a tap are read in order, once for all images. In `input`, the taps of a
 *           column of the kernel are added one after the other: a vector that was just stored is
 *           not loaded again at once with an offset of one element, which would have to wait for
 *           the store.
 * Registers images * vectors sums or gradients + 1 weight. The ends of rows are loaded and stored
 *           in part.
 */
#include "local/interface.h"

#ifndef FC_LOCAL_ALL
#define FC_LOCAL_ALL 12 /* the largest value of images * vectors */
#endif

/* Some vectors of a block: the position of each in the patch and in the output, and the number of
 * pixels that are left in its row. `whole` is set if every vector has LANES pixels. */
struct NAME(local_group) {
    ptrdiff_t position[FC_LOCAL_ALL], out[FC_LOCAL_ALL], left[FC_LOCAL_ALL];
    int whole;
};

FC_INLINE vec NAME(lanes_of)(const real *from, ptrdiff_t count, const int whole)
{
    return whole || count >= LANES ? loadu(from) : NAME(load_first)(from, count);
}

FC_INLINE void NAME(to_lanes)(real *to, vec x, ptrdiff_t count, int accumulate, const int whole)
{
    if (accumulate)
        x += NAME(lanes_of)(to, count, whole);
    if (whole || count >= LANES)
        storeu(to, x);
    else
        NAME(store_part)(to, x, count);
}

FC_INLINE void NAME(local_forward)(const struct fc_local_task *d,
                                   const struct NAME(local_group) *group, const int images,
                                   const int vectors, const int whole)
{
    const real *patch = d->block->patch, *w = d->weight;
    real *out = d->feature;
    const ptrdiff_t *offsets = d->block->offsets, apart = d->patch_step;
    vec sum[FC_LOCAL_ALL];
UNROLLED
    for (int i = 0; i < images * vectors; i++)
        sum[i] = (vec){0};
    for (ptrdiff_t t = 0; t < d->taps; t++, w += d->weight_step) {
        const real *from = patch + offsets[t];
UNROLLED
        for (int v = 0; v < vectors; v++) {
            const vec weight = NAME(lanes_of)(w + group->out[v], group->left[v], whole);
            const real *x = from + group->position[v];
UNROLLED
            for (int n = 0; n < images; n++)
                sum[n * vectors + v] += weight * loadu(x + n * apart);
        }
    }
UNROLLED
    for (int v = 0; v < vectors; v++) {
UNROLLED
        for (int n = 0; n < images; n++)
            NAME(to_lanes)(out + n * d->feature_step + group->out[v], sum[n * vectors + v],
                           group->left[v], d->accumulate, whole);
    }
}

/* Load the gradients of a group, with zeros past the ends of rows. */
FC_INLINE void NAME(local_grads)(const struct fc_local_task *d,
                                 const struct NAME(local_group) *group, const int images,
                                 const int vectors, const int whole, vec *grad)
{
    const real *g = d->feature;
UNROLLED
    for (int v = 0; v < vectors; v++) {
UNROLLED
        for (int n = 0; n < images; n++)
            grad[n * vectors + v] = NAME(lanes_of)(g + n * d->feature_step + group->out[v],
                                                   group->left[v], whole);
    }
}

/* Add weight * gradient to the patch. Past the end of a row, weights and gradients are loaded as
 * zeros, so that zeros are added there. */
FC_INLINE void NAME(local_input)(const struct fc_local_task *d,
                                 const struct NAME(local_group) *group, const int images,
                                 const int vectors, const int whole)
{
    real *patch = d->block->patch;
    const real *w = d->weight;
    const ptrdiff_t *offsets = d->block->offsets, apart = d->patch_step;
    vec grad[FC_LOCAL_ALL];
    NAME(local_grads)(d, group, images, vectors, whole, grad);
    for (ptrdiff_t column = 0; column < d->columns; column++) {
        for (ptrdiff_t t = column; t < d->taps; t += d->columns) {
            real *from = patch + offsets[t];
            const real *own = w + t * d->weight_step;
UNROLLED
            for (int v = 0; v < vectors; v++) {
                const vec weight = NAME(lanes_of)(own + group->out[v], group->left[v], whole);
                real *to = from + group->position[v];
UNROLLED
                for (int n = 0; n < images; n++)
                    storeu(to + n * apart,
                           loadu(to + n * apart) + weight * grad[n * vectors + v]);
            }
        }
    }
}

FC_INLINE void NAME(local_weight)(const struct fc_local_task *d,
                                  const struct NAME(local_group) *group, const int images,
                                  const int vectors, const int whole)
{
    const real *patch = d->block->patch;
    real *w = d->weight;
    const ptrdiff_t *offsets = d->block->offsets, apart = d->patch_step;
    vec grad[FC_LOCAL_ALL];
    NAME(local_grads)(d, group, images, vectors, whole, grad);
    for (ptrdiff_t t = 0; t < d->taps; t++, w += d->weight_step) {
        const real *from = patch + offsets[t];
UNROLLED
        for (int v = 0; v < vectors; v++) {
            const real *x = from + group->position[v];
            vec sum = {0};
UNROLLED
            for (int n = 0; n < images; n++)
                sum += grad[n * vectors + v] * loadu(x + n * apart);
            NAME(to_lanes)(w + group->out[v], sum, group->left[v], d->accumulate, whole);
        }
    }
}

FC_INLINE void NAME(local_kind)(const struct fc_local_task *d, const int role,
                                const struct NAME(local_group) *group, const int images,
                                const int vectors, const int whole)
{
    if (role == FC_LOCAL_FORWARD)
        NAME(local_forward)(d, group, images, vectors, whole);
    else if (role == FC_LOCAL_INPUT)
        NAME(local_input)(d, group, images, vectors, whole);
    else
        NAME(local_weight)(d, group, images, vectors, whole);
}

FC_INLINE void NAME(local_run)(const struct fc_local_task *d, const int role,
                               const struct NAME(local_group) *group, const int images,
                               const int vectors)
{
    if (group->whole)
        NAME(local_kind)(d, role, group, images, vectors, 1);
    else
        NAME(local_kind)(d, role, group, images, vectors, 0);
}

/* Run all vectors of a block, `vectors` of them together and the rest one by one. */
FC_INLINE void NAME(local_block)(const struct fc_local_task *d, const int role, const int images,
                                 const int vectors)
{
    const struct fc_panel *last = &d->block->panels[d->block->panel_count - 1];
    const ptrdiff_t pieces = last->first_piece + last->pieces;
    struct NAME(local_group) group, one;
    int count = 0;
    group.whole = 1;
    for (ptrdiff_t i = 0; i < pieces; i++) {
        const struct fc_piece *piece = &d->block->pieces[i];
        for (ptrdiff_t p = 0; p < piece->length; p += LANES) {
            group.position[count] = piece->position + p;
            group.out[count] = piece->out + p;
            group.left[count] = piece->length - p;
            group.whole &= piece->length - p >= LANES;
            if (++count == vectors) {
                NAME(local_run)(d, role, &group, images, vectors);
                count = 0;
                group.whole = 1;
            }
        }
    }
    for (int v = 0; v < count; v++) {
        one.position[0] = group.position[v];
        one.out[0] = group.out[v];
        one.left[0] = group.left[v];
        one.whole = one.left[0] >= LANES;
        NAME(local_run)(d, role, &one, images, 1);
    }
}

FC_INLINE void NAME(local_images)(const struct fc_local_task *d, const int role)
{
    if (d->images == 1)
        NAME(local_block)(d, role, 1, 8);
    else if (d->images == 2)
        NAME(local_block)(d, role, 2, 6);
    else if (d->images == 3)
        NAME(local_block)(d, role, 3, 4);
    else
        NAME(local_block)(d, role, 4, 3);
}

static void NAME(local_forward_all)(const struct fc_local_task *d)
{
    NAME(local_images)(d, FC_LOCAL_FORWARD);
}

static void NAME(local_input_all)(const struct fc_local_task *d)
{
    NAME(local_images)(d, FC_LOCAL_INPUT);
}

static void NAME(local_weight_all)(const struct fc_local_task *d)
{
    NAME(local_images)(d, FC_LOCAL_WEIGHT);
}

/* Add the values of a patch to the channel of an image, at the positions that the patch would be
 * filled from. */
static void NAME(add_patch)(const struct fc_geometry *g, const struct fc_block *block,
                            const void *patch, void *channel)
{
    const struct fc_axis *w = &g->axis[2];
    for (ptrdiff_t slot = 0; slot < block->slot_count; slot++) {
        const real *row = (const real *)patch + slot * block->pitch;
        if (block->slots[slot] < 0)
            continue;
        real *to = (real *)channel + block->slots[slot];
        for (ptrdiff_t i = 0; i < block->line_count; i++) {
            const struct fc_line *l = &block->lines[i];
            for (ptrdiff_t j = 0; j < l->count; j++) {
                const ptrdiff_t x = fc_at(w, l->start + j * w->stride);
                if (x >= 0)
                    to[x] += row[l->position + j];
            }
        }
    }
}

static const struct fc_local NAME(kernels) = {
    .size = sizeof(struct fc_local),
    .images = 4,
    .forward = NAME(local_forward_all),
    .input = NAME(local_input_all),
    .weight = NAME(local_weight_all),
    .add_patch = NAME(add_patch),
};
