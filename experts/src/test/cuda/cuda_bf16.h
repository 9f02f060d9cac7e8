// Enough of CUDA's language for moe.cu to compile as C++ and run on the host: see host.cpp.

#include <cmath>
#include <cstdint>
#include <cstring>

#define __device__
#define __global__
#define __forceinline__ inline
#define __grid_constant__
#define __shared__ static

struct Dim {
  unsigned x, y;
};

extern Dim gridDim, blockDim, blockIdx, threadIdx;

// Waits for all threads of the block or warp that still run.
void __syncthreads();
void syncWarp();
extern uint32_t exchanged[];

inline unsigned threadInBlock() { return threadIdx.y * blockDim.x + threadIdx.x; }

template <typename T>
T __shfl_xor_sync(unsigned, T value, int step) {
  const unsigned me = threadInBlock();
  memcpy(&exchanged[me], &value, 4);
  syncWarp();
  T other;
  memcpy(&other, &exchanged[me ^ step], 4);
  syncWarp();
  return other;
}

inline unsigned __ballot_sync(unsigned, bool vote) {
  const unsigned me = threadInBlock();
  exchanged[me] = vote;
  syncWarp();
  unsigned votes = 0;
  for (unsigned i = 0; i < 32; i++) {
    votes |= exchanged[me / 32 * 32 + i] << i;
  }
  syncWarp();
  return votes;
}

inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }

inline float __int_as_float(int bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

struct __nv_bfloat16 {
  uint16_t bits;
};

inline float __bfloat162float(__nv_bfloat16 value) { return __int_as_float(value.bits << 16); }

inline __nv_bfloat16 __float2bfloat16_rn(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return {(uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}
