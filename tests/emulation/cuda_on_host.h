/* Runs CUDA kernels on the host, one block after the other and its threads as coroutines that give
 * way at barriers. After every barrier the threads run in the opposite order, so that a missing one
 * shows as a wrong result. Atomics and shared memory need no more than that. */
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include <setjmp.h>
#include <ucontext.h>

#define __device__
#define __global__
#define __host__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __restrict__
#define __launch_bounds__(...)
#define __shared__ static
#define SHARED emulated_shared

using std::exp;
using std::fabs;
using std::pow;
using std::tanh;

struct Dim {
    unsigned x, y, z;
};
static Dim threadIdx, blockIdx, blockDim, gridDim;
alignas(64) static unsigned char emulated_shared[1 << 18];

struct Fiber {
    ucontext_t context; /* of the start; then jumps, which need no system call */
    jmp_buf place;
    std::vector<char> stack;
    Dim index;
    bool started, done;
};

static std::vector<Fiber> fibers;
static jmp_buf scheduler;
static size_t running;
static int gathered, answer;
static std::function<void()> *body;

static void fiber_main()
{
    (*body)();
    fibers[running].done = true;
    _longjmp(scheduler, 1);
}

static int __syncthreads_or(int value)
{
    gathered |= value != 0;
    if (!_setjmp(fibers[running].place))
        _longjmp(scheduler, 1);
    return answer;
}

/* Run a thread to its next barrier or its end. */
static void resume(Fiber &f)
{
    if (_setjmp(scheduler))
        return;
    if (f.started)
        _longjmp(f.place, 1);
    f.started = true;
    setcontext(&f.context);
}

static void __syncthreads() { __syncthreads_or(0); }

template <class T> static T atomicMin(T *at, T value)
{
    const T old = *at;
    *at = value < old ? value : old;
    return old;
}

template <class T> static T atomicMax(T *at, T value)
{
    const T old = *at;
    *at = value > old ? value : old;
    return old;
}

static Dim unflattened(size_t i)
{
    return {(unsigned)(i % blockDim.x), (unsigned)(i / blockDim.x % blockDim.y),
            (unsigned)(i / blockDim.x / blockDim.y)};
}

static void run_block(size_t threads, size_t stack)
{
    fibers.resize(threads);
    for (size_t i = 0; i < threads; i++) {
        Fiber &f = fibers[i];
        f.started = f.done = false;
        f.index = unflattened(i);
        f.stack.resize(stack);
        getcontext(&f.context);
        f.context.uc_stack.ss_sp = f.stack.data();
        f.context.uc_stack.ss_size = stack;
        f.context.uc_link = nullptr;
        makecontext(&f.context, fiber_main, 0);
    }
    for (size_t phase = 0;; phase++) {
        size_t finished = 0;
        gathered = 0;
        for (size_t i = 0; i < threads; i++) {
            running = phase % 2 ? threads - 1 - i : i;
            threadIdx = fibers[running].index;
            resume(fibers[running]);
            finished += fibers[running].done;
        }
        if (finished == threads)
            return;
        if (finished) {
            std::fprintf(stderr, "a thread ended while others wait at a barrier\n");
            std::abort();
        }
        answer = gathered;
    }
}

static void launch(Dim grid, Dim block, bool barriers, std::function<void()> kernel)
{
    gridDim = grid;
    blockDim = block;
    body = &kernel;
    const size_t threads = (size_t)block.x * block.y * block.z;
    for (blockIdx.z = 0; blockIdx.z < grid.z; blockIdx.z++)
        for (blockIdx.y = 0; blockIdx.y < grid.y; blockIdx.y++)
            for (blockIdx.x = 0; blockIdx.x < grid.x; blockIdx.x++) {
                std::memset(emulated_shared, 0xff, sizeof emulated_shared); /* NaN */
                if (barriers) {
                    run_block(threads, 1 << 16);
                    continue;
                }
                for (size_t i = 0; i < threads; i++) {
                    threadIdx = unflattened(i);
                    kernel();
                }
            }
}
