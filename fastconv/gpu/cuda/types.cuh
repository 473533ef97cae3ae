/* What all kernels share: types, accurate sums, and axes that continue past their ends.
 *
 * One of -DVALUE_f32, -DVALUE_c128, ... chooses value_t, the type of the arrays. Sums have the type
 * wide_t: double for float, so that the only rounding is the result's, or value_t itself with
 * -DNARROW. Integers wrap.
 */
typedef long long index_t;
#ifdef SMALL /* every array has fewer than 2^31 elements: divisions cost a quarter */
typedef unsigned flat_t;
#else
typedef long long flat_t;
#endif

template <class T> struct alignas(2 * sizeof(T)) complex_t {
    T re, im;
    __device__ complex_t() : re(0), im(0) {}
    __device__ complex_t(T a, T b = 0) : re(a), im(b) {}
    template <class U> __device__ explicit complex_t(const complex_t<U> &z)
        : re((T)z.re), im((T)z.im) {}
    __device__ void operator+=(const complex_t &z) { re += z.re; im += z.im; }
};
template <class T> __device__ complex_t<T> operator*(const complex_t<T> &a, const complex_t<T> &b)
{
    return complex_t<T>(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
}
template <class T> __device__ complex_t<T> operator+(const complex_t<T> &a, const complex_t<T> &b)
{
    return complex_t<T>(a.re + b.re, a.im + b.im);
}
template <class T> __device__ complex_t<T> operator/(const complex_t<T> &a, double b)
{
    return complex_t<T>((T)(a.re / b), (T)(a.im / b));
}

#if defined(VALUE_f32)
typedef float value_t;
typedef double sum_t;
#define FLOATING 1
#elif defined(VALUE_f64)
typedef double value_t;
typedef double sum_t;
#define FLOATING 1
#elif defined(VALUE_c64)
typedef complex_t<float> value_t;
typedef complex_t<double> sum_t;
#define COMPLEX 1
#elif defined(VALUE_c128)
typedef complex_t<double> value_t;
typedef complex_t<double> sum_t;
#define COMPLEX 1
#elif defined(VALUE_i8)
typedef signed char value_t;
typedef value_t sum_t;
#elif defined(VALUE_i16)
typedef short value_t;
typedef value_t sum_t;
#elif defined(VALUE_i32)
typedef int value_t;
typedef value_t sum_t;
#elif defined(VALUE_i64) /* sums are unsigned, for which wrapping is defined */
typedef long long value_t;
typedef unsigned long long sum_t;
#elif defined(VALUE_u8)
typedef unsigned char value_t;
typedef value_t sum_t;
#elif defined(VALUE_u16)
typedef unsigned short value_t;
typedef value_t sum_t;
#elif defined(VALUE_u32)
typedef unsigned int value_t;
typedef value_t sum_t;
#elif defined(VALUE_u64)
typedef unsigned long long value_t;
typedef value_t sum_t;
#endif
#ifndef FLOATING
#define FLOATING 0
#endif
#ifndef COMPLEX
#define COMPLEX 0
#endif
#ifdef NARROW
typedef value_t wide_t;
#else
typedef sum_t wide_t;
#endif

template <class T> __device__ T conjugated(const T &x, bool yes) { return x; }
template <class T> __device__ complex_t<T> conjugated(const complex_t<T> &z, bool yes)
{
    return complex_t<T>(z.re, yes ? -z.im : z.im);
}

__device__ bool is_finite(double x) { return x - x == 0; }
__device__ bool is_finite(float x) { return x - x == 0; }
template <class T> __device__ bool is_finite(const complex_t<T> &z)
{
    return is_finite(z.re) && is_finite(z.im);
}

/* A sum in blocks of 512 terms, so that no chain of additions is longer. */
struct Sum {
    wide_t part, total;
    int terms;
    __device__ Sum() : part(0), total(0), terms(0) {}
    __device__ void add(const wide_t &x)
    {
        part += x;
        if (++terms == 512) {
            total += part;
            part = wide_t(0);
            terms = 0;
        }
    }
    __device__ wide_t value() const { return total + part; }
};

enum { ZEROS, CONSTANT, REFLECT, SYMMETRIC, REPLICATE, CIRCULAR };

/* Image position of coordinate x of an axis that continues past its ends, -1 in the padding. The
 * boundary continues groups of `unit` elements that lie side by side. */
template <class I> __device__ I continued(I x, I size, int boundary, int unit)
{
    if (x >= 0 && x < size)
        return x;
    if (boundary == ZEROS || boundary == CONSTANT)
        return -1;
    I within = 0;
    if (unit > 1) {
        within = (x % unit + unit) % unit;
        x = (x - within) / unit;
        size /= unit;
    }
    if (boundary == REPLICATE || (boundary == REFLECT && size == 1)) {
        x = x < 0 || size == 1 ? 0 : size - 1;
    } else {
        const I period =
            boundary == CIRCULAR ? size : boundary == SYMMETRIC ? 2 * size : 2 * size - 2;
        x %= period;
        if (x < 0)
            x += period;
        if (x >= size)
            x = boundary == SYMMETRIC ? 2 * size - 1 - x : 2 * size - 2 - x;
    }
    return x * unit + within;
}

/* First element of a thread of a one-dimensional grid, and the step to its next one. */
__device__ index_t first_element() { return (index_t)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ index_t all_threads() { return (index_t)gridDim.x * blockDim.x; }
