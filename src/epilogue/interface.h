/* The interface of epilogue. */
#ifndef FC_EPILOGUE_INTERFACE_H
#define FC_EPILOGUE_INTERFACE_H

#include <stddef.h>

enum fc_activation { FC_LINEAR, FC_RELU, FC_RELU6, FC_SILU, FC_SIGMOID, FC_TANH };

struct fc_epilogue {
    size_t size;
    /* rows x count values at out: + channel[i] + position[i, :] + add[i, :], then the activation;
     * NULL leaves a term out; out, position and add share the row stride */
    void (*finish)(void *out, ptrdiff_t rows, ptrdiff_t count, ptrdiff_t stride,
                   const void *channel, const void *position, const void *add, int activation);
    int (*nonfinite)(const void *values, ptrdiff_t count);
};

#endif
