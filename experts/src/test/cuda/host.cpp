// Carries out launches of the kernels in moe.cu on the host: host FILE OUT. FILE holds, for each,
// the kernel's name and grid, its parameter with offsets for pointers, and the device memory before
// it; OUT receives the memory after it. The threads of a block take turns at every exchange between
// them, so that one that is missing or misplaced is seen.

#include "moe.cu"

#include <dlfcn.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

Dim gridDim, blockDim, blockIdx, threadIdx;
uint32_t exchanged[1024];

struct Thread {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(64 << 10);
  Dim index;
  bool runs;
  int blockSyncs, warpSyncs;
};

static std::vector<Thread> threads(1024);
static ucontext_t scheduler;
static unsigned current;
static void (*kernel)(Layer);
static Layer parameter;

static void pass() {
  swapcontext(&threads[current].context, &scheduler);
  threadIdx = threads[current].index;
}

void __syncthreads() {
  const int mine = ++threads[current].blockSyncs;
  for (bool waits = true; waits;) {
    pass();
    waits = false;
    for (unsigned i = 0; i < blockDim.x * blockDim.y; i++) {
      waits |= threads[i].runs && threads[i].blockSyncs < mine;
    }
  }
}

void syncWarp() {
  const int mine = ++threads[current].warpSyncs;
  for (bool waits = true; waits;) {
    pass();
    waits = false;
    for (unsigned i = current / 32 * 32; i < current / 32 * 32 + 32; i++) {
      waits |= threads[i].runs && threads[i].warpSyncs < mine;
    }
  }
}

static void body() {
  kernel(parameter);
  threads[current].runs = false;
}

static void runBlock() {
  const unsigned count = blockDim.x * blockDim.y;
  for (unsigned i = 0; i < count; i++) {
    Thread& t = threads[i];
    t.index = {i % blockDim.x, i / blockDim.x};
    t.runs = true;
    t.blockSyncs = t.warpSyncs = 0;
    getcontext(&t.context);
    t.context.uc_stack.ss_sp = t.stack.data();
    t.context.uc_stack.ss_size = t.stack.size();
    t.context.uc_link = &scheduler;
    makecontext(&t.context, body, 0);
  }
  for (bool some = true; some;) {
    some = false;
    for (current = 0; current < count; current++) {
      if (threads[current].runs) {
        threadIdx = threads[current].index;
        swapcontext(&scheduler, &threads[current].context);
        some = true;
      }
    }
  }
}

static void read(FILE* in, void* to, size_t bytes) {
  if (fread(to, 1, bytes, in) != bytes) {
    fprintf(stderr, "the file of launches ends too early\n");
    exit(1);
  }
}

int main(int, char** arguments) {
  FILE* in = fopen(arguments[1], "rb");
  FILE* out = fopen(arguments[2], "wb");
  int launches, bytes;
  read(in, &launches, 4);
  read(in, &bytes, 4);
  std::vector<float> memory(bytes / 4);
  while (launches-- > 0) {
    char name[32];
    unsigned grid[4];
    read(in, name, sizeof name);
    read(in, grid, sizeof grid);
    read(in, &parameter, sizeof parameter);
    read(in, memory.data(), bytes);
    for (char** p = (char**)&parameter.header; p < (char**)(&parameter + 1); p++) {
      *p = (char*)memory.data() + (size_t)*p;
    }
    kernel = (void (*)(Layer))dlsym(RTLD_DEFAULT, name);
    if (kernel == nullptr) {
      fprintf(stderr, "no kernel %s\n", name);
      return 1;
    }
    gridDim = {grid[0], grid[1]};
    blockDim = {grid[2], grid[3]};
    for (blockIdx.y = 0; blockIdx.y < gridDim.y; blockIdx.y++) {
      for (blockIdx.x = 0; blockIdx.x < gridDim.x; blockIdx.x++) {
        runBlock();
      }
    }
    fwrite(memory.data(), 1, bytes, out);
  }
  return fclose(out);
}
