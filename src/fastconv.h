/* How Python finds the kernels: a table per instruction set (ISA), of rooms by name and type.
 *
 * Each room is compiled once per ISA into an object of its own, which exports one struct fc_room
 * and nothing else. What that points to, the room's interface.h declares: per type a struct of
 * functions. Data pointers are void: the caller picks the struct of the type that its arrays have.
 */
#ifndef FASTCONV_H
#define FASTCONV_H

#include <stddef.h>

enum fc_type {
    FC_I8, FC_I16, FC_I32, FC_I64, FC_U8, FC_U16, FC_U32, FC_U64, FC_F32, FC_F64, FC_TYPES
};

struct fc_room {
    const char *name;
    /* The struct of each type, NULL where there is none. Its first member is its own size, which
     * tells whether the caller was compiled from the same interface. */
    const void *kernels[FC_TYPES];
};

struct fc_table {
    const char *isa;
    const char *compiler;
    int vector_bytes;
    const struct fc_room *const *rooms; /* NULL past the end */
};

/* The tables that are compiled in, best first; NULL past the end. */
const struct fc_table *fc_table_at(int index);

/* Whether this CPU can execute a table. */
int fc_runnable(int index);

#endif
