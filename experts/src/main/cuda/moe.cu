// Kernels of the dense MoE layer, between the matrix products that cuBLAS does. The Java class
// StepProgram says in which order they run and with which grid; all take the same parameter.
//
// Matrices are row-major: x [B][d], affinity, weight and the like [B][E], hidden [B][T*h],
// outputs [T][B][c]. B is the bucket: rows beyond header.rows are padding, with label -1. Sums run
// in a fixed order, so that the same weights and batches give the same bits.
//
// An expert's weights lie in a slot. Where every expert computes every row, expert e has slot e.
// Where the gate chooses, each expert computes its own rows alone, in rounds: a round is a few seats
// side by side, each with one expert and as many rows as the capacity C says, the rest of which is
// padding. The seats of a round have slots side by side too. Within a round gathered is
// [seats][C][d], hidden [seats][C][h], outputGradient [seats][C][c]; outputs is [all seats][B][c].

#include <cuda_bf16.h>

// Filled by the Java class CudaDevice in the order of the enum Field: change both together.
struct Layer {
  int rows, inputs, hidden, classes, experts, total, chosen, kind;
  int slots;                                    // sets of expert weights that theta has
  int firstSeat, firstSlot, seats, capacity;    // the round
  int unused;                                   // what follows is aligned to eight bytes
  float balanceWeight, learningRate;
  const int* header;   // rows, labelled, then floats: 1 / labelled, share of the window kept
  const int* labels;   // [B]
  const float* x;      // [B][d]
  float* theta;        // W1 [P][h][d], b1 [P][h], W2 [P][c][h], b2 [P][c], Wg [E][d], bg [E]
  float* m;
  float* v;
  float* gradient;
  int* steps;          // [T + 1], the gate's last
  int* changed;        // [T + 1]
  float* rate;         // [T + 1]
  float* epsilon;      // [T + 1]
  float* window;       // [E]
  float* balance;      // [E]
  float* counts;       // [E], choices of labelled rows
  float* affinity;     // [B][E], logits first, gradient at last
  float* chosenMask;   // [B][E], 0 or 1
  float* weight;       // [B][E], 0 where not chosen
  float* weightGradient;
  void* activations;   // x as the products take it
  void* low1;          // W1 as the products take it
  void* low2;
  void* hiddenUnits;   // [B][T*h]
  void* hiddenGradient;
  float* outputs;      // [T][B][c], without b2
  void* outputGradient;
  float* logitGradient;  // [B][c]
  float* load;         // [T]
  float* probabilities;  // [B][c]
  float* expertProbabilities;  // [B][T][c]
  int* expertAt;       // of each seat, -1 where there is none
  int* seatOf;         // [T], of each expert, -1 where no row needs it
  int* position;       // [B][E], of the row among the expert's, -1 where it is not
  int* rowOf;          // [T][B], the expert's rows in their order, then -1
  void* gathered;
};

enum { SOFTMAX = 0, TOP_K = 1, SIGMOID = 2 };

constexpr unsigned ALL = 0xffffffffu;
constexpr int WARP = 32;
constexpr int LANES = 8;  // rows that a block of column sums works on at once

// Rows that a thread reads before it writes the first: with one alone, too few reads would be under
// way to use the memory's rate.
constexpr int AT_ONCE = 4;
constexpr float SMALLEST = 1.17549435e-38f;

__device__ __forceinline__ float load(const float* p) { return *p; }
__device__ __forceinline__ float load(const __nv_bfloat16* p) { return __bfloat162float(*p); }
__device__ __forceinline__ void store(float* p, float value) { *p = value; }
__device__ __forceinline__ void store(__nv_bfloat16* p, float value) {
  *p = __float2bfloat16_rn(value);
}

__device__ __forceinline__ float warpSum(float value) {
  for (int step = WARP / 2; step > 0; step /= 2) {
    value += __shfl_xor_sync(ALL, value, step);
  }
  return value;
}

__device__ __forceinline__ float warpMax(float value) {
  for (int step = WARP / 2; step > 0; step /= 2) {
    value = fmaxf(value, __shfl_xor_sync(ALL, value, step));
  }
  return value;
}

__device__ __forceinline__ int warpIndex() {
  return (blockIdx.x * blockDim.x + threadIdx.x) / WARP;
}

__device__ __forceinline__ int lane() { return threadIdx.x % WARP; }

__device__ __forceinline__ long long threadIndex() {
  return (long long)blockIdx.x * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ long long threadCount() { return (long long)gridDim.x * blockDim.x; }

__device__ __forceinline__ const float* bias1(const Layer& p) {
  return p.theta + (long long)p.slots * p.hidden * p.inputs;
}

__device__ __forceinline__ const float* bias2(const Layer& p) {
  return bias1(p) + (long long)p.slots * p.hidden * (1 + p.classes);
}

__device__ __forceinline__ const float* gateBias(const Layer& p) {
  return bias2(p) + p.slots * p.classes + (long long)p.experts * p.inputs;
}

__device__ __forceinline__ bool normalised(const Layer& p) {
  return p.kind == SIGMOID || (p.kind == TOP_K && p.chosen > 1);
}

// One warp per row: affinities, choice and weights.
extern "C" __global__ void gate_choose(const __grid_constant__ Layer p) {
  const int row = warpIndex();
  if (row >= p.rows) {
    return;
  }
  const bool real = row < p.header[0];
  float* a = p.affinity + (long long)row * p.experts;
  float* mask = p.chosenMask + (long long)row * p.experts;
  float* weight = p.weight + (long long)row * p.experts;
  const float* bias = gateBias(p);
  if (p.kind == SIGMOID) {
    for (int e = lane(); e < p.experts; e += WARP) {
      a[e] = 1.0f / (1.0f + expf(-(a[e] + bias[e])));
    }
  } else {
    float largest = -INFINITY;
    for (int e = lane(); e < p.experts; e += WARP) {
      a[e] += bias[e];
      largest = fmaxf(largest, a[e]);
    }
    largest = warpMax(largest);
    float sum = 0;
    for (int e = lane(); e < p.experts; e += WARP) {
      a[e] = expf(a[e] - largest);
      sum += a[e];
    }
    sum = warpSum(sum);
    for (int e = lane(); e < p.experts; e += WARP) {
      a[e] /= sum;
    }
  }
  const bool all = p.chosen == p.experts;
  for (int e = lane(); e < p.experts; e += WARP) {
    mask[e] = all ? 1.0f : 0.0f;
  }
  for (int j = 0; !all && j < p.chosen; j++) {
    float best = -1;
    int at = p.experts;
    for (int e = lane(); e < p.experts; e += WARP) {
      if (mask[e] == 0 && a[e] > best) {
        best = a[e];
        at = e;
      }
    }
    for (int step = WARP / 2; step > 0; step /= 2) {
      const float otherBest = __shfl_xor_sync(ALL, best, step);
      const int otherAt = __shfl_xor_sync(ALL, at, step);
      if (otherBest > best || (otherBest == best && otherAt < at)) {
        best = otherBest;
        at = otherAt;
      }
    }
    if (at < p.experts && at % WARP == lane()) {
      mask[at] = 1.0f;
    }
  }
  float sum = 0;
  for (int e = lane(); e < p.experts; e += WARP) {
    sum += mask[e] * a[e];
  }
  sum = normalised(p) ? fmaxf(warpSum(sum), SMALLEST) : 1.0f;
  for (int e = lane(); e < p.experts; e += WARP) {
    weight[e] = mask[e] * a[e] / sum;
    mask[e] = real ? mask[e] : 0.0f;
  }
}

// A thread has one column, and every gridDim.y-th row.
template <typename A>
__device__ void biasRelu(const Layer& p) {
  const long long width = (long long)p.total * p.hidden;
  const long long column = threadIndex();
  if (column >= width) {
    return;
  }
  A* hidden = (A*)p.hiddenUnits + column;
  const float bias = bias1(p)[column];
  for (int first = blockIdx.y; first < p.rows; first += AT_ONCE * gridDim.y) {
    float value[AT_ONCE];
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      const int row = first + i * gridDim.y;
      value[i] = row < p.rows ? load(hidden + row * width) : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      const int row = first + i * gridDim.y;
      if (row < p.rows) {
        store(hidden + row * width, fmaxf(value[i] + bias, 0.0f));
      }
    }
  }
}

// One warp per row: the layer's logits, probabilities, and the gradient of cross-entropy.
extern "C" __global__ void combine(const __grid_constant__ Layer p) {
  const int row = warpIndex();
  if (row >= p.rows) {
    return;
  }
  const int c = p.classes;
  const float* weight = p.weight + (long long)row * p.experts;
  const float* bias = bias2(p);
  float* probability = p.probabilities + (long long)row * c;
  float largest = -INFINITY;
  for (int j = lane(); j < c; j += WARP) {
    float z = 0;
    for (int e = 0; e < p.total; e++) {
      const float factor = e < p.experts ? weight[e] : 1.0f;
      z += factor * (p.outputs[((long long)e * p.rows + row) * c + j] + bias[e * c + j]);
    }
    probability[j] = z;
    largest = fmaxf(largest, z);
  }
  largest = warpMax(largest);
  float sum = 0;
  for (int j = lane(); j < c; j += WARP) {
    probability[j] = expf(probability[j] - largest);
    sum += probability[j];
  }
  sum = warpSum(sum);
  const int label = p.labels[row];
  const float scale = label < 0 ? 0.0f : __int_as_float(p.header[2]);
  for (int j = lane(); j < c; j += WARP) {
    probability[j] /= sum;
    p.logitGradient[(long long)row * c + j] =
        (probability[j] - (j == label ? 1.0f : 0.0f)) * scale;
  }
}

// One warp per row and expert: the expert's own probabilities, 0 where it was not chosen.
extern "C" __global__ void expert_probabilities(const __grid_constant__ Layer p) {
  const int row = warpIndex() / p.total;
  const int e = warpIndex() % p.total;
  if (row >= p.rows) {
    return;
  }
  const int c = p.classes;
  const bool sees = e >= p.experts || p.chosenMask[(long long)row * p.experts + e] != 0;
  const float* out = p.outputs + ((long long)e * p.rows + row) * c;
  const float* bias = bias2(p) + e * c;
  float* own = p.expertProbabilities + ((long long)row * p.total + e) * c;
  float largest = -INFINITY;
  for (int j = lane(); j < c; j += WARP) {
    largest = fmaxf(largest, out[j] + bias[j]);
  }
  largest = warpMax(largest);
  float sum = 0;
  for (int j = lane(); j < c; j += WARP) {
    own[j] = expf(out[j] + bias[j] - largest);
    sum += own[j];
  }
  sum = warpSum(sum);
  for (int j = lane(); j < c; j += WARP) {
    own[j] = sees ? own[j] / sum : 0.0f;
  }
}

// A block of WARP columns and LANES rows sums f(row, column) over all rows. Every thread calls it,
// those beyond the last column too; the result is valid in the threads of the first row lane.
// Then keep(row, f) is called for each.
template <typename F, typename G>
__device__ float columnSum(int rows, F f, G keep) {
  __shared__ float part[LANES][WARP];
  float sum = 0;
  for (int first = threadIdx.y; first < rows; first += AT_ONCE * LANES) {
    float value[AT_ONCE];
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      const int row = first + i * LANES;
      value[i] = row < rows ? f(row) : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < AT_ONCE; i++) {
      const int row = first + i * LANES;
      if (row < rows) {
        sum += value[i];
        keep(row, value[i]);
      }
    }
  }
  part[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  float total = 0;
  for (int i = 0; i < LANES; i++) {
    total += part[i][threadIdx.x];
  }
  __syncthreads();
  return total;
}

template <typename F>
__device__ float columnSum(int rows, F f) {
  return columnSum(rows, f, [](int, float) {});
}

// Rows that each expert computed, and the choices of labelled rows among them.
extern "C" __global__ void count(const __grid_constant__ Layer p) {
  const int e = blockIdx.x * WARP + threadIdx.x;
  const float chosen = columnSum(p.rows, [&](int row) {
    return e < p.experts ? p.chosenMask[(long long)row * p.experts + e] : 0.0f;
  });
  const float learned = columnSum(p.rows, [&](int row) {
    return e < p.experts && p.labels[row] >= 0 ? p.chosenMask[(long long)row * p.experts + e]
                                               : 0.0f;
  });
  if (threadIdx.y == 0 && e < p.total) {
    p.load[e] = e < p.experts ? chosen : (float)p.header[0];
    if (e < p.experts) {
      p.counts[e] = learned;
    }
  }
}

// One block: the window of the balance loss, and step size and epsilon of Adam for each expert and
// for the gate.
extern "C" __global__ void schedule(const __grid_constant__ Layer p) {
  const float keep = __int_as_float(p.header[3]);
  for (int e = threadIdx.x; e < p.experts; e += blockDim.x) {
    const float kept = __fsub_rn(__fadd_rn(keep * p.window[e], 1e-20f), 1e-20f);
    p.window[e] = kept + p.counts[e];
  }
  __syncthreads();
  float sum = 0;
  for (int e = 0; e < p.experts; e++) {
    sum += p.window[e];
  }
  const float factor = p.balanceWeight * p.experts * __int_as_float(p.header[2]) / sum;
  for (int e = threadIdx.x; e < p.experts; e += blockDim.x) {
    p.balance[e] = factor * p.window[e];
  }
  for (int e = threadIdx.x; e <= p.total; e += blockDim.x) {
    const bool learns = e >= p.experts || p.counts[e] > 0;
    if (learns) {
      p.steps[e]++;
      p.changed[e] = 1;
      const double square = sqrt(1 - pow((double)0.999f, (double)p.steps[e]));
      const double mean = 1 - pow((double)0.9f, (double)p.steps[e]);
      p.rate[e] = (float)(p.learningRate * square / mean);
      p.epsilon[e] = (float)(1e-8 * square);
    } else {
      p.rate[e] = 0;
    }
  }
}

// One warp per row and expert: gradient of the expert's weight, and of its logits.
template <typename A>
__device__ void turnBack(const Layer& p) {
  const int e = warpIndex() / p.rows;
  const int row = warpIndex() % p.rows;
  if (e >= p.total) {
    return;
  }
  const int c = p.classes;
  const float weight = e < p.experts ? p.weight[(long long)row * p.experts + e] : 1.0f;
  const float* bias = bias2(p) + e * c;
  const long long from = ((long long)e * p.rows + row) * c;
  A* gradient = (A*)p.outputGradient + from;
  float inner = 0;
  for (int j = lane(); j < c; j += WARP) {
    const float dz = p.logitGradient[(long long)row * c + j];
    inner += dz * (p.outputs[from + j] + bias[j]);
    store(gradient + j, weight * dz);
  }
  inner = warpSum(inner);
  if (e < p.experts && lane() == 0) {
    p.weightGradient[(long long)row * p.experts + e] = inner;
  }
}

// One warp per row: gradient of the gate's logits.
extern "C" __global__ void gate_backward(const __grid_constant__ Layer p) {
  const int row = warpIndex();
  if (row >= p.rows) {
    return;
  }
  const bool learns = p.labels[row] >= 0;
  const long long from = (long long)row * p.experts;
  float* a = p.affinity + from;
  const float* mask = p.chosenMask + from;
  const float* weight = p.weight + from;
  float* dWeight = p.weightGradient + from;
  float chosenSum = 0;
  float inner = 0;
  float total = 0;
  float balanced = 0;
  for (int e = lane(); e < p.experts; e += WARP) {
    dWeight[e] = mask[e] != 0 ? dWeight[e] : 0.0f;
    chosenSum += mask[e] * a[e];
    inner += weight[e] * dWeight[e];
    total += a[e];
    balanced += a[e] * p.balance[e];
  }
  chosenSum = normalised(p) ? fmaxf(warpSum(chosenSum), SMALLEST) : 1.0f;
  inner = normalised(p) ? warpSum(inner) : 0.0f;
  total = p.kind == SIGMOID ? fmaxf(warpSum(total), SMALLEST) : 1.0f;
  balanced = p.kind == SIGMOID ? warpSum(balanced) / total : 0.0f;
  float mean = 0;
  for (int e = lane(); e < p.experts; e += WARP) {
    const float choice = mask[e] * (dWeight[e] - inner) / chosenSum;
    dWeight[e] = (p.balance[e] - balanced) / total + choice;
    mean += dWeight[e] * a[e];
  }
  mean = p.kind == SIGMOID ? 0.0f : warpSum(mean);
  for (int e = lane(); e < p.experts; e += WARP) {
    const float slope = p.kind == SIGMOID ? a[e] * (1 - a[e]) : a[e];
    a[e] = learns ? slope * (dWeight[e] - mean) : 0.0f;
  }
}

// Gradients of the biases are column sums. Grid: columns in x, seats of the round in y.
template <typename A>
__device__ void outputBias(const Layer& p) {
  const int j = blockIdx.x * WARP + threadIdx.x;
  const int e = blockIdx.y;
  const A* in = (const A*)p.outputGradient + (long long)e * p.capacity * p.classes;
  const float sum = columnSum(p.capacity, [&](int row) {
    return j < p.classes ? load(in + (long long)row * p.classes + j) : 0.0f;
  });
  if (threadIdx.y == 0 && j < p.classes) {
    p.gradient[bias2(p) - p.theta + (p.firstSlot + e) * p.classes + j] = sum;
  }
}

// Masks the hidden gradient where the unit was off, and sums it for the bias.
template <typename A>
__device__ void hiddenBackward(const Layer& p) {
  const long long width = (long long)p.total * p.hidden;
  const long long column = (long long)blockIdx.x * WARP + threadIdx.x;
  const A* on = (const A*)p.hiddenUnits;
  A* gradient = (A*)p.hiddenGradient;
  const float sum = columnSum(
      p.rows,
      [&](int row) {
        const long long i = row * width + column;
        return column < width && load(on + i) > 0 ? load(gradient + i) : 0.0f;
      },
      [&](int row, float masked) {
        if (column < width) {
          store(gradient + row * width + column, masked);
        }
      });
  if (threadIdx.y == 0 && column < width) {
    p.gradient[bias1(p) - p.theta + column] = sum;
  }
}

extern "C" __global__ void gate_bias(const __grid_constant__ Layer p) {
  const int e = blockIdx.x * WARP + threadIdx.x;
  const float sum = columnSum(p.rows, [&](int row) {
    return e < p.experts ? p.affinity[(long long)row * p.experts + e] : 0.0f;
  });
  if (threadIdx.y == 0 && e < p.experts) {
    p.gradient[gateBias(p) - p.theta + e] = sum;
  }
}

// Adam over a stretch of parameters; the products' copy of them follows, where there is one.
template <typename A>
__device__ void adamOver(
    const Layer& p, long long from, long long length, float rate, float epsilon, A* copy) {
  const float* __restrict__ gradient = p.gradient + from;
  float* __restrict__ theta = p.theta + from;
  float* __restrict__ m = p.m + from;
  float* __restrict__ v = p.v + from;
  for (long long i = threadIndex(); i < length; i += threadCount()) {
    const float g = gradient[i];
    const float mean = __fsub_rn(__fadd_rn(0.9f * m[i] + (1 - 0.9f) * g, 1e-20f), 1e-20f);
    const float square =
        __fsub_rn(__fadd_rn(0.999f * v[i] + (1 - 0.999f) * g * g, 1e-20f), 1e-20f);
    const float updated = theta[i] - rate * mean / (sqrtf(square) + epsilon);
    m[i] = mean;
    v[i] = square;
    theta[i] = updated;
    if (copy != nullptr) {
      store(copy + i, updated);
    }
  }
}

// Adam over the experts of a round that learn. Grid: parameters in x, seats in y.
template <typename A>
__device__ void adamStep(const Layer& p, bool copies) {
  const int e = p.expertAt[p.firstSeat + blockIdx.y];
  const float rate = e < 0 ? 0.0f : p.rate[e];
  if (rate == 0) {
    return;
  }
  const float epsilon = p.epsilon[e];
  const long long slot = p.firstSlot + blockIdx.y;
  const long long first = (long long)p.hidden * p.inputs;
  const long long second = (long long)p.classes * p.hidden;
  const long long b1 = bias1(p) - p.theta;
  const long long w2 = b1 + (long long)p.slots * p.hidden;
  const long long b2 = bias2(p) - p.theta;
  A* const none = nullptr;
  A* const low1 = copies ? (A*)p.low1 + slot * first : none;
  A* const low2 = copies ? (A*)p.low2 + slot * second : none;
  adamOver(p, slot * first, first, rate, epsilon, low1);
  adamOver(p, b1 + slot * p.hidden, p.hidden, rate, epsilon, none);
  adamOver(p, w2 + slot * second, second, rate, epsilon, low2);
  adamOver(p, b2 + slot * p.classes, p.classes, rate, epsilon, none);
}

extern "C" __global__ void adam_gate(const __grid_constant__ Layer p) {
  const long long length = (long long)p.experts * (p.inputs + 1);
  const long long from = gateBias(p) - p.theta - (long long)p.experts * p.inputs;
  float* const none = nullptr;
  adamOver(p, from, length, p.rate[p.total], p.epsilon[p.total], none);
}

// From here on: the rounds of a gate that chooses.

// One warp per expert: the rows that it computes, in their order, and where each lies among them.
extern "C" __global__ void group(const __grid_constant__ Layer p) {
  const int e = warpIndex();
  if (e >= p.total) {
    return;
  }
  int* rowOf = p.rowOf + (long long)e * p.rows;
  int found = 0;
  for (int from = 0; from < p.rows; from += WARP) {
    const int row = from + lane();
    const long long at = (long long)row * p.experts + e;
    const bool computes =
        row < p.header[0] && row < p.rows && (e >= p.experts || p.chosenMask[at] != 0);
    const unsigned together = __ballot_sync(ALL, computes);
    const int nth = found + __popc(together & ((1u << lane()) - 1));
    if (computes) {
      rowOf[nth] = row;
    }
    if (row < p.rows && e < p.experts) {
      p.position[at] = computes ? nth : -1;
    }
    found += __popc(together);
  }
  for (int i = found + lane(); i < p.rows; i += WARP) {
    rowOf[i] = -1;
  }
}

// A row of a round; one warp has it.
struct Seated {
  int seat;
  int i;
  int expert;
  int row;  // -1: padding
};

__device__ __forceinline__ bool seated(const Layer& p, Seated& s) {
  s.seat = warpIndex() / p.capacity;
  s.i = warpIndex() % p.capacity;
  if (s.seat >= p.seats) {
    return false;
  }
  s.expert = p.expertAt[p.firstSeat + s.seat];
  s.row = s.expert < 0 ? -1 : p.rowOf[(long long)s.expert * p.rows + s.i];
  return true;
}

template <typename A>
__device__ void gatherRow(const Layer& p) {
  Seated s;
  if (!seated(p, s)) {
    return;
  }
  A* to = (A*)p.gathered + (long long)warpIndex() * p.inputs;
  for (int j = lane(); j < p.inputs; j += WARP) {
    store(to + j, s.row < 0 ? 0.0f : p.x[(long long)s.row * p.inputs + j]);
  }
}

template <typename A>
__device__ void groupRelu(const Layer& p) {
  Seated s;
  if (!seated(p, s)) {
    return;
  }
  A* hidden = (A*)p.hiddenUnits + (long long)warpIndex() * p.hidden;
  const float* bias = bias1(p) + (long long)(p.firstSlot + s.seat) * p.hidden;
  for (int u = lane(); u < p.hidden; u += WARP) {
    store(hidden + u, fmaxf(load(hidden + u) + bias[u], 0.0f));
  }
}

// Adds b2 to the outputs, whose expert may have lost its slot when they are read.
extern "C" __global__ void group_bias(const __grid_constant__ Layer p) {
  Seated s;
  if (!seated(p, s)) {
    return;
  }
  float* out = p.outputs + ((long long)(p.firstSeat + s.seat) * p.rows + s.i) * p.classes;
  const float* bias = bias2(p) + (p.firstSlot + s.seat) * p.classes;
  for (int j = lane(); j < p.classes; j += WARP) {
    out[j] += bias[j];
  }
}

// Where an expert's outputs for a row lie, nullptr where it did not compute it.
__device__ __forceinline__ const float* outputOf(const Layer& p, int row, int e) {
  const int i = e < p.experts ? p.position[(long long)row * p.experts + e] : row;
  return i < 0 ? nullptr : p.outputs + ((long long)p.seatOf[e] * p.rows + i) * p.classes;
}

// One warp per row, as combine.
extern "C" __global__ void group_combine(const __grid_constant__ Layer p) {
  const int row = warpIndex();
  if (row >= p.rows) {
    return;
  }
  const int c = p.classes;
  const bool real = row < p.header[0];
  float* probability = p.probabilities + (long long)row * c;
  float largest = -INFINITY;
  for (int j = lane(); j < c; j += WARP) {
    float z = 0;
    for (int e = 0; real && e < p.total; e++) {
      const float* out = outputOf(p, row, e);
      if (out != nullptr) {
        z += (e < p.experts ? p.weight[(long long)row * p.experts + e] : 1.0f) * out[j];
      }
    }
    probability[j] = z;
    largest = fmaxf(largest, z);
  }
  largest = warpMax(largest);
  float sum = 0;
  for (int j = lane(); j < c; j += WARP) {
    probability[j] = expf(probability[j] - largest);
    sum += probability[j];
  }
  sum = warpSum(sum);
  const int label = p.labels[row];
  const float scale = label < 0 ? 0.0f : __int_as_float(p.header[2]);
  for (int j = lane(); j < c; j += WARP) {
    probability[j] /= sum;
    p.logitGradient[(long long)row * c + j] =
        (probability[j] - (j == label ? 1.0f : 0.0f)) * scale;
  }
}

// One warp per row and expert, as expert_probabilities.
extern "C" __global__ void group_expert_probabilities(const __grid_constant__ Layer p) {
  const int row = warpIndex() / p.total;
  const int e = warpIndex() % p.total;
  if (row >= p.rows) {
    return;
  }
  const int c = p.classes;
  float* own = p.expertProbabilities + ((long long)row * p.total + e) * c;
  const float* out = row < p.header[0] ? outputOf(p, row, e) : nullptr;
  if (out == nullptr) {
    for (int j = lane(); j < c; j += WARP) {
      own[j] = 0;
    }
    return;
  }
  float largest = -INFINITY;
  for (int j = lane(); j < c; j += WARP) {
    largest = fmaxf(largest, out[j]);
  }
  largest = warpMax(largest);
  float sum = 0;
  for (int j = lane(); j < c; j += WARP) {
    own[j] = expf(out[j] - largest);
    sum += own[j];
  }
  sum = warpSum(sum);
  for (int j = lane(); j < c; j += WARP) {
    own[j] /= sum;
  }
}

// Gradient of the weight of a row's expert, and of its logits; 0 for padding.
template <typename A>
__device__ void groupTurnBack(const Layer& p) {
  Seated s;
  if (!seated(p, s)) {
    return;
  }
  const int c = p.classes;
  A* gradient = (A*)p.outputGradient + (long long)warpIndex() * c;
  if (s.row < 0) {
    for (int j = lane(); j < c; j += WARP) {
      store(gradient + j, 0.0f);
    }
    return;
  }
  const bool weighed = s.expert < p.experts;
  const long long pair = (long long)s.row * p.experts + s.expert;
  const float weight = weighed ? p.weight[pair] : 1.0f;
  const float* out = p.outputs + ((long long)(p.firstSeat + s.seat) * p.rows + s.i) * c;
  float inner = 0;
  for (int j = lane(); j < c; j += WARP) {
    const float dz = p.logitGradient[(long long)s.row * c + j];
    inner += dz * out[j];
    store(gradient + j, weight * dz);
  }
  inner = warpSum(inner);
  if (weighed && lane() == 0) {
    p.weightGradient[pair] = inner;
  }
}

// As hidden_backward. Grid: hidden units in x, seats in y.
template <typename A>
__device__ void groupHiddenBackward(const Layer& p) {
  const int u = blockIdx.x * WARP + threadIdx.x;
  const long long from = (long long)blockIdx.y * p.capacity * p.hidden + u;
  const A* on = (const A*)p.hiddenUnits + from;
  A* gradient = (A*)p.hiddenGradient + from;
  const float sum = columnSum(
      p.capacity,
      [&](int row) {
        const long long i = (long long)row * p.hidden;
        return u < p.hidden && load(on + i) > 0 ? load(gradient + i) : 0.0f;
      },
      [&](int row, float masked) {
        if (u < p.hidden) {
          store(gradient + (long long)row * p.hidden, masked);
        }
      });
  if (threadIdx.y == 0 && u < p.hidden) {
    p.gradient[bias1(p) - p.theta + (long long)(p.firstSlot + blockIdx.y) * p.hidden + u] = sum;
  }
}

// The products' copies of inputs and, after the weights were written from the host, of weights.
extern "C" __global__ void convert_inputs(const __grid_constant__ Layer p) {
  for (long long i = threadIndex(); i < (long long)p.rows * p.inputs; i += threadCount()) {
    store((__nv_bfloat16*)p.activations + i, p.x[i]);
  }
}

// Grid: weights in x, seats of the round in y.
extern "C" __global__ void convert_weights(const __grid_constant__ Layer p) {
  const long long slot = p.firstSlot + blockIdx.y;
  const long long first = (long long)p.hidden * p.inputs;
  const long long second = (long long)p.classes * p.hidden;
  const float* w1 = p.theta + slot * first;
  const float* w2 = bias1(p) + (long long)p.slots * p.hidden + slot * second;
  for (long long i = threadIndex(); i < first; i += threadCount()) {
    store((__nv_bfloat16*)p.low1 + slot * first + i, w1[i]);
  }
  for (long long i = threadIndex(); i < second; i += threadCount()) {
    store((__nv_bfloat16*)p.low2 + slot * second + i, w2[i]);
  }
}

#define BOTH(name, call)                                                                     \
  extern "C" __global__ void name##_f32(const __grid_constant__ Layer p) { call(float); }    \
  extern "C" __global__ void name##_bf16(const __grid_constant__ Layer p) { call(__nv_bfloat16); }

#define BIAS_RELU(A) biasRelu<A>(p)
#define TURN_BACK(A) turnBack<A>(p)
#define OUTPUT_BIAS(A) outputBias<A>(p)
#define HIDDEN_BACKWARD(A) hiddenBackward<A>(p)
#define ADAM(A) adamStep<A>(p, sizeof(A) < sizeof(float))
#define GATHER(A) gatherRow<A>(p)
#define GROUP_RELU(A) groupRelu<A>(p)
#define GROUP_TURN_BACK(A) groupTurnBack<A>(p)
#define GROUP_HIDDEN_BACKWARD(A) groupHiddenBackward<A>(p)

BOTH(bias_relu, BIAS_RELU)
BOTH(turn_back, TURN_BACK)
BOTH(output_bias, OUTPUT_BIAS)
BOTH(hidden_backward, HIDDEN_BACKWARD)
BOTH(adam, ADAM)
BOTH(gather, GATHER)
BOTH(group_relu, GROUP_RELU)
BOTH(group_turn_back, GROUP_TURN_BACK)
BOTH(group_hidden_backward, GROUP_HIDDEN_BACKWARD)
