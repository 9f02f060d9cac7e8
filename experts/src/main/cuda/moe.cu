// Kernels of the dense MoE layer, between the matrix products that cuBLAS does. The Java class
// StepProgram says in which order they run and with which grid; all take the same parameter.
//
// Matrices are row-major: x [B][d], affinity, weight and the like [B][E], hidden [B][T*h],
// outputs [T][B][c]. B is the bucket: rows beyond header.rows are padding, with label -1. Sums run
// in a fixed order, so that the same weights and batches give the same bits.

#include <cuda_bf16.h>

// Filled by the Java class CudaDevice in the order of the enum Field: change both together.
struct Layer {
  int rows, inputs, hidden, classes, experts, total, chosen, kind;
  float balanceWeight, learningRate;
  const int* header;   // rows, labelled, then floats: 1 / labelled, share of the window kept
  const int* labels;   // [B]
  const float* x;      // [B][d]
  float* theta;        // W1 [T][h][d], b1 [T][h], W2 [T][c][h], b2 [T][c], Wg [E][d], bg [E]
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
  float* votes;        // [B][T][c]
};

enum { SOFTMAX = 0, TOP_K = 1, SIGMOID = 2 };

constexpr unsigned ALL = 0xffffffffu;
constexpr int WARP = 32;
constexpr int LANES = 8;  // rows that a block of column sums works on at once
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
  return p.theta + (long long)p.total * p.hidden * p.inputs;
}

__device__ __forceinline__ const float* bias2(const Layer& p) {
  return bias1(p) + (long long)p.total * p.hidden * (1 + p.classes);
}

__device__ __forceinline__ const float* gateBias(const Layer& p) {
  return bias2(p) + p.total * p.classes + (long long)p.experts * p.inputs;
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

template <typename A>
__device__ void biasRelu(const Layer& p) {
  A* hidden = (A*)p.hiddenUnits;
  const float* bias = bias1(p);
  const long long width = (long long)p.total * p.hidden;
  for (long long i = threadIndex(); i < p.rows * width; i += threadCount()) {
    store(hidden + i, fmaxf(load(hidden + i) + bias[i % width], 0.0f));
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
extern "C" __global__ void votes(const __grid_constant__ Layer p) {
  const int row = warpIndex() / p.total;
  const int e = warpIndex() % p.total;
  if (row >= p.rows) {
    return;
  }
  const int c = p.classes;
  const bool sees = e >= p.experts || p.chosenMask[(long long)row * p.experts + e] != 0;
  const float* out = p.outputs + ((long long)e * p.rows + row) * c;
  const float* bias = bias2(p) + e * c;
  float* vote = p.votes + ((long long)row * p.total + e) * c;
  float largest = -INFINITY;
  for (int j = lane(); j < c; j += WARP) {
    largest = fmaxf(largest, out[j] + bias[j]);
  }
  largest = warpMax(largest);
  float sum = 0;
  for (int j = lane(); j < c; j += WARP) {
    vote[j] = expf(out[j] + bias[j] - largest);
    sum += vote[j];
  }
  sum = warpSum(sum);
  for (int j = lane(); j < c; j += WARP) {
    vote[j] = sees ? vote[j] / sum : 0.0f;
  }
}

// A block of WARP columns and LANES rows sums f(row, column) over all rows. Every thread calls it,
// those beyond the last column too; the result is valid in the threads of the first row lane.
template <typename F>
__device__ float columnSum(int rows, F f) {
  __shared__ float part[LANES][WARP];
  float sum = 0;
  for (int row = threadIdx.y; row < rows; row += LANES) {
    sum += f(row);
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

// One block: the window of the balance loss, and step size and epsilon of Adam for each block.
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

// Gradients of the biases are column sums. Grid: columns in x, experts in y.
template <typename A>
__device__ void outputBias(const Layer& p) {
  const int j = blockIdx.x * WARP + threadIdx.x;
  const int e = blockIdx.y;
  const A* in = (const A*)p.outputGradient + (long long)e * p.rows * p.classes;
  const float sum = columnSum(p.rows, [&](int row) {
    return j < p.classes ? load(in + (long long)row * p.classes + j) : 0.0f;
  });
  if (threadIdx.y == 0 && j < p.classes) {
    p.gradient[bias2(p) - p.theta + e * p.classes + j] = sum;
  }
}

// Masks the hidden gradient where the unit was off, and sums it for the bias.
template <typename A>
__device__ void hiddenBackward(const Layer& p) {
  const long long width = (long long)p.total * p.hidden;
  const long long column = (long long)blockIdx.x * WARP + threadIdx.x;
  const A* on = (const A*)p.hiddenUnits;
  A* gradient = (A*)p.hiddenGradient;
  const float sum = columnSum(p.rows, [&](int row) {
    if (column >= width) {
      return 0.0f;
    }
    const long long i = row * width + column;
    const float masked = load(on + i) > 0 ? load(gradient + i) : 0.0f;
    store(gradient + i, masked);
    return masked;
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

// The block that a parameter belongs to.
__device__ int owner(const Layer& p, long long i) {
  const long long first = (long long)p.total * p.hidden * p.inputs;
  if (i < first) {
    return (int)(i / ((long long)p.hidden * p.inputs));
  }
  i -= first;
  if (i < (long long)p.total * p.hidden) {
    return (int)(i / p.hidden);
  }
  i -= (long long)p.total * p.hidden;
  const long long second = (long long)p.total * p.classes * p.hidden;
  if (i < second) {
    return (int)(i / ((long long)p.classes * p.hidden));
  }
  i -= second;
  return i < p.total * p.classes ? (int)(i / p.classes) : p.total;
}

// Adam over all blocks that learn; the products' copies of the weights follow.
template <typename A>
__device__ void adamStep(const Layer& p, bool copies) {
  const long long first = (long long)p.total * p.hidden * p.inputs;
  const long long second = first + (long long)p.total * p.hidden;
  const long long third = second + (long long)p.total * p.classes * p.hidden;
  const long long all = third + p.total * p.classes + (long long)p.experts * (p.inputs + 1);
  for (long long i = threadIndex(); i < all; i += threadCount()) {
    const int block = owner(p, i);
    const float rate = p.rate[block];
    if (rate == 0) {
      continue;
    }
    const float g = p.gradient[i];
    const float mean = __fsub_rn(__fadd_rn(0.9f * p.m[i] + (1 - 0.9f) * g, 1e-20f), 1e-20f);
    const float square =
        __fsub_rn(__fadd_rn(0.999f * p.v[i] + (1 - 0.999f) * g * g, 1e-20f), 1e-20f);
    const float updated = p.theta[i] - rate * mean / (sqrtf(square) + p.epsilon[block]);
    p.m[i] = mean;
    p.v[i] = square;
    p.theta[i] = updated;
    if (copies && i < first) {
      store((A*)p.low1 + i, updated);
    }
    if (copies && i >= second && i < third) {
      store((A*)p.low2 + (i - second), updated);
    }
  }
}

// The products' copies of inputs and, after the weights were written from the host, of weights.
extern "C" __global__ void convert_inputs(const __grid_constant__ Layer p) {
  for (long long i = threadIndex(); i < (long long)p.rows * p.inputs; i += threadCount()) {
    store((__nv_bfloat16*)p.activations + i, p.x[i]);
  }
}

extern "C" __global__ void convert_weights(const __grid_constant__ Layer p) {
  const long long first = (long long)p.total * p.hidden * p.inputs;
  const long long second = first + (long long)p.total * p.hidden;
  const long long length = (long long)p.total * p.classes * p.hidden;
  for (long long i = threadIndex(); i < first; i += threadCount()) {
    store((__nv_bfloat16*)p.low1 + i, p.theta[i]);
  }
  for (long long i = threadIndex(); i < length; i += threadCount()) {
    store((__nv_bfloat16*)p.low2 + i, p.theta[second + i]);
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

BOTH(bias_relu, BIAS_RELU)
BOTH(turn_back, TURN_BACK)
BOTH(output_bias, OUTPUT_BIAS)
BOTH(hidden_backward, HIDDEN_BACKWARD)
BOTH(adam, ADAM)
