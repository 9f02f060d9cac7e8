package dev.braid.experts.moe.cuda;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device;
import dev.braid.experts.moe.device.DeviceException;
import dev.braid.experts.moe.device.DeviceLayout;
import dev.braid.experts.moe.device.DeviceWeights;
import dev.braid.experts.moe.device.Kernel;
import dev.braid.experts.moe.device.KernelParameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A CUDA device: kernels from the fat binary and products by cuBLAS in one stream, beside which
 * batches and experts come and go. Holds the device's primary context like everybody else in the
 * process, so several layers share a device.
 */
public final class CudaDevice implements Device {
  /** What cuBLAS may use beside its operands; as much as NVIDIA recommends for Hopper. */
  private static final long CUBLAS_WORKSPACE = 32L << 20;

  private static final int STAGED_FLOATS = 1 << 20;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final DeviceLayout layout;
  private final int index;
  private final String name;
  private final CudaResources held = new CudaResources();
  private final Map<Kernel, CUfunc_st> functions = new EnumMap<>(Kernel.class);

  // No native object may come to be before CudaSupport.prepare: see NativeSetup.
  private Pointer memory;
  private cublasContext blas;
  private CUstream_st compute;
  private CudaGraphs<CUgraph_st, CUgraphExec_st> graphs;
  private CudaBuffers buffers;

  /** Null where all experts have a slot. */
  private CudaExchange exchange;

  private FloatPointer staged;
  private FloatPointer one;
  private FloatPointer zero;

  /**
   * Memory that a layer on that device can take for its layout.
   *
   * @param limit most that it may take in all
   * @throws DeviceException if the device is not fit
   */
  public static long room(final int index, final long limit) {
    CudaSupport.prepare(index);
    return Math.min(limit, CudaSupport.freeBytes()) - CUBLAS_WORKSPACE;
  }

  /**
   * Takes the memory and sets everything up, or leaves nothing behind.
   *
   * @param limit most device memory to take, in bytes
   * @throws DeviceException if the device is not fit, or has less room than is needed
   */
  public CudaDevice(final DeviceLayout layout, final int index, final long limit) {
    this.layout = layout;
    this.index = index;
    name = CudaSupport.prepare(index);
    try {
      CudaSupport.requireRoom(bytes(), limit, name);
      open();
    } catch (final DeviceException | LinkageError failed) {
      held.release();
      throw failed;
    }
  }

  private void open() {
    memory = new Pointer();
    blas = new cublasContext();
    one = held.keep(new FloatPointer(1f));
    zero = held.keep(new FloatPointer(0f));
    Cuda.check(cudart.cudaMalloc(memory, bytes()), "taking " + bytes() + " bytes of memory");
    held.add(() -> cudart.cudaFree(memory));
    compute = held.stream();
    graphs = new CudaGraphs<>(new CudaRecorder(compute));
    buffers = new CudaBuffers(layout, memory.address(), compute, held);
    staged = new FloatPointer(held.pinned(STAGED_FLOATS * Float.BYTES)).capacity(STAGED_FLOATS);
    if (layout.exchanges()) {
      final int bytes = DeviceWeights.exchangeBytes(layout);
      exchange = new CudaExchange(bytes, memory.address(), compute, held);
    }
    final CUmod_st module = new CUmod_st();
    final BytePointer image = held.keep(new BytePointer(CudaSupport.kernels()));
    Cuda.checkDriver(cudart.cuModuleLoadData(module, image), "loading the kernels");
    held.add(() -> cudart.cuModuleUnload(module));
    for (final Kernel kernel : Kernel.values()) {
      final CUfunc_st function = new CUfunc_st();
      final String symbol = kernel.function(layout.precision());
      Cuda.checkDriver(cudart.cuModuleGetFunction(function, module, symbol), "kernel " + symbol);
      functions.put(kernel, function);
    }
    Cuda.checkBlas(cublas.cublasCreate_v2(blas), "opening cuBLAS");
    held.add(() -> cublas.cublasDestroy_v2(blas));
    Cuda.checkBlas(cublas.cublasSetStream_v2(blas, compute), "cuBLAS's stream");
    Cuda.checkBlas(
        cublas.cublasSetWorkspace_v2(blas, at(layout.bytes()), CUBLAS_WORKSPACE),
        "cuBLAS's work space");
    held.add(graphs::close);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long bytes() {
    return layout.bytes() + CUBLAS_WORKSPACE;
  }

  @Override
  public ByteBuffer input(final int buffer) {
    return buffers.input(buffer);
  }

  @Override
  public ByteBuffer output(final int buffer) {
    return buffers.output(buffer);
  }

  @Override
  public void launch(final Kernel kernel, final Step step, final Round round, final Grid grid) {
    // The launch copies the parameter: it may go when the call returns.
    try (BytePointer struct = new BytePointer(KernelParameter.BYTES);
        PointerPointer<BytePointer> parameters = new PointerPointer<>(1)) {
      final ByteBuffer fields = struct.asByteBuffer().order(ByteOrder.nativeOrder());
      KernelParameter.fill(fields, layout, step, round, memory.address());
      parameters.put(0, struct);
      Cuda.checkDriver(
          cudart.cuLaunchKernel(
              functions.get(kernel),
              grid.blocksX(),
              grid.blocksY(),
              1,
              grid.threadsX(),
              grid.threadsY(),
              1,
              0,
              compute,
              parameters,
              (PointerPointer<?>) null),
          "kernel " + kernel);
    }
  }

  @Override
  public void multiply(final Product p) {
    final boolean half = layout.precision() == Precision.BF16;
    final int type = p.low() && half ? CUDA_R_16BF : CUDA_R_32F;
    final int result = p.lowResult() && half ? CUDA_R_16BF : CUDA_R_32F;
    final int arithmetic =
        p.low() && layout.precision() == Precision.TF32
            ? CUBLAS_COMPUTE_32F_FAST_TF32
            : CUBLAS_COMPUTE_32F;
    Cuda.checkBlas(
        cublas.cublasGemmStridedBatchedEx(
            blas,
            p.transposeA() ? CUBLAS_OP_T : CUBLAS_OP_N,
            p.transposeB() ? CUBLAS_OP_T : CUBLAS_OP_N,
            p.m(),
            p.n(),
            p.k(),
            one,
            at(p.a().at()),
            type,
            p.a().ld(),
            p.a().stride(),
            at(p.b().at()),
            type,
            p.b().ld(),
            p.b().stride(),
            zero,
            at(p.c().at()),
            result,
            p.c().ld(),
            p.c().stride(),
            p.batch(),
            arithmetic,
            CUBLAS_GEMM_DEFAULT),
        "a product");
  }

  @Override
  public void begin(final Step step, final int inputBytes) {
    CudaSupport.use(index);
    buffers.begin(step.buffer(), inputBytes);
  }

  @Override
  public void run(final Object kind, final Runnable program) {
    graphs.run(kind, program);
  }

  @Override
  public void end(final Step step, final int outputBytes) {
    buffers.end(step.buffer(), outputBytes);
  }

  @Override
  public void finish(final int buffer) {
    CudaSupport.use(index);
    buffers.finish(buffer);
  }

  @Override
  public ByteBuffer leaving() {
    return exchange == null ? NOTHING : exchange.leaving();
  }

  @Override
  public ByteBuffer coming() {
    return exchange == null ? NOTHING : exchange.coming();
  }

  @Override
  public void exchange(final List<Area> areas, final boolean leave, final boolean waits) {
    CudaSupport.use(index);
    exchange.begin(areas, leave, waits);
  }

  @Override
  public void finishExchange() {
    CudaSupport.use(index);
    exchange.finish();
  }

  @Override
  public void write(final long to, final float[] from, final int offset, final int length) {
    CudaSupport.use(index);
    for (int i = 0; i < length; i += STAGED_FLOATS) {
      final int part = Math.min(STAGED_FLOATS, length - i);
      staged.put(from, offset + i, part);
      copyAndWait(at(to + (long) i * Float.BYTES), staged, part, cudaMemcpyHostToDevice);
    }
  }

  @Override
  public void read(final long from, final float[] to, final int offset, final int length) {
    CudaSupport.use(index);
    for (int i = 0; i < length; i += STAGED_FLOATS) {
      final int part = Math.min(STAGED_FLOATS, length - i);
      copyAndWait(staged, at(from + (long) i * Float.BYTES), part, cudaMemcpyDeviceToHost);
      staged.get(to, offset + i, part);
    }
  }

  @Override
  public void writeInts(final long to, final int[] from) {
    CudaSupport.use(index);
    try (IntPointer host = new IntPointer(from)) {
      copyAndWait(at(to), host, from.length, cudaMemcpyHostToDevice);
    }
  }

  @Override
  public void readInts(final long from, final int[] to) {
    CudaSupport.use(index);
    try (IntPointer host = new IntPointer(to.length)) {
      copyAndWait(host, at(from), to.length, cudaMemcpyDeviceToHost);
      host.get(to);
    }
  }

  /** In the computing stream, so that it comes after every step begun before. */
  private void copyAndWait(
      final Pointer to, final Pointer from, final int numbers, final int direction) {
    final long bytes = (long) numbers * Float.BYTES;
    Cuda.check(cudart.cudaMemcpyAsync(to, from, bytes, direction, compute), "copying the weights");
    Cuda.check(cudart.cudaStreamSynchronize(compute), "copying the weights");
  }

  private Pointer at(final long offset) {
    return Cuda.at(memory.address() + offset);
  }

  @Override
  public void close() {
    // What these calls return no longer matters: a device that failed fails here again.
    cudart.cudaSetDevice(index);
    cudart.cudaStreamSynchronize(compute);
    buffers.settle();
    if (exchange != null) {
      exchange.settle();
    }
    held.release();
  }
}
