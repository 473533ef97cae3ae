/* The tables through which Python finds the kernels. Each instruction set (ISA) has one table,
 * which lists rooms by name and type.
 *
 * Each room is compiled once per ISA into an object of its own, which exports one struct fc_room
 * and nothing else. This struct points to one struct of functions per type, which the room's
 * interface.h declares. Data pointers are void: the caller selects the struct for the type of its
 * arrays.
 */
#ifndef FASTCONV_H
#define FASTCONV_H

#include <stddef.h>

enum fc_type {
    FC_I8, FC_I16, FC_I32, FC_I64, FC_U8, FC_U16, FC_U32, FC_U64, FC_F32, FC_F64, FC_TYPES
};

struct fc_room {
    const char *name;
    /* The struct of functions for each type, or NULL if the room does not support the type. The
     * first member of the struct is its own size. It tells the caller whether both were compiled
     * from the same interface. */
    const void *kernels[FC_TYPES];
};

struct fc_table {
    const char *isa;
    /* NULL, or the instruction set to which this one adds instructions that few rooms use. The table
     * then holds these rooms alone, and the rest is in the table of the other. */
    const char *extends;
    const char *compiler;
    int vector_bytes;
    const struct fc_room *const *rooms; /* ends with NULL */
};

/* Return the table at `index` of those compiled in, best first, or NULL past the last one. */
const struct fc_table *fc_table_at(int index);

/* Return whether this CPU can execute the kernels of the table at `index`. */
int fc_runnable(int index);

/* Return whether this CPU multiplies vectors of 64 bytes in two halves. */
int fc_splits_vectors(void);

#endif
