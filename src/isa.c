/* List the tables compiled into this library, best first, and tell which of them this CPU runs. */
#include "fastconv.h"

#ifdef FC_HAVE_AVX512
extern const struct fc_table fc_table_avx512;
static int avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif
#ifdef FC_HAVE_AVX512VNNI
extern const struct fc_table fc_table_avx512vnni;
static int avx512vnni(void) { return avx512() && __builtin_cpu_supports("avx512vnni"); }
#endif
#ifdef FC_HAVE_AVX2
extern const struct fc_table fc_table_avx2;
static int avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif
#ifdef FC_HAVE_NEON
extern const struct fc_table fc_table_neon;
#endif
#ifdef FC_HAVE_BASELINE
extern const struct fc_table fc_table_baseline;
#endif
#if defined(FC_HAVE_NEON) || defined(FC_HAVE_BASELINE)
static int always(void) { return 1; }
#endif

static const struct entry {
    const struct fc_table *table;
    int (*runnable)(void);
} entries[] = {
#ifdef FC_HAVE_AVX512VNNI
    {&fc_table_avx512vnni, avx512vnni},
#endif
#ifdef FC_HAVE_AVX512
    {&fc_table_avx512, avx512},
#endif
#ifdef FC_HAVE_AVX2
    {&fc_table_avx2, avx2},
#endif
#ifdef FC_HAVE_NEON
    {&fc_table_neon, always},
#endif
#ifdef FC_HAVE_BASELINE
    {&fc_table_baseline, always},
#endif
    {0, 0},
};

const struct fc_table *fc_table_at(int index) { return entries[index].table; }
int fc_runnable(int index) { return entries[index].runnable(); }

int fc_splits_vectors(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_is("amdfam19h"); /* of this family, Zen 4 has such vectors */
#else
    return 0;
#endif
}
