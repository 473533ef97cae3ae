/* The table of one instruction set. This file is compiled once for each. setup.py passes the names
 * of the rooms, one for every .c file in a folder: -DFC_ROOMS="X(box) X(direct) ..." */
#include "kernel.h"

#define X(room) extern const struct fc_room FC_OBJECT(room);
FC_ROOMS
#undef X

#define X(room) &FC_OBJECT(room),
static const struct fc_room *const rooms[] = {FC_ROOMS 0};
#undef X

#define FC_QUOTE(x) #x
#define FC_STRING(x) FC_QUOTE(x)

extern const struct fc_table FC_OBJECT(table);
const struct fc_table FC_OBJECT(table) = {
    .isa = FC_STRING(FC_ISA),
#ifdef FC_EXTENDS
    .extends = FC_STRING(FC_EXTENDS),
#endif
#if defined(__clang__)
    .compiler = "Clang " __clang_version__,
#else
    .compiler = "GCC " __VERSION__,
#endif
    .vector_bytes = FC_VECTOR_BYTES,
    .rooms = rooms,
};
