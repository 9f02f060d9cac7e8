package dev.braid.experts.dense;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_T;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
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
 * A CUDA device: kernels from the fat binary, products by cuBLAS, one stream that computes, one
 * each way that copies batches, and one that exchanges experts. Holds the device's primary context
 * like everybody else in the process, so several layers share a device.
 */
final class CudaDevice implements Device {
  /** What cuBLAS may use beside its operands; as much as NVIDIA recommends for Hopper. */
  private static final long CUBLAS_WORKSPACE = 32L << 20;

  private static final int STAGED_FLOATS = 1 << 20;

  private final DenseMoeSpec spec;
  private final DeviceLayout layout;
  private final int index;
  private final String name;
  private final CudaResources held = new CudaResources();
  private final Pointer memory = new Pointer();
  private final CUstream_st compute = new CUstream_st();
  private final CUstream_st copyIn = new CUstream_st();
  private final CUstream_st copyOut = new CUstream_st();
  private final CUstream_st exchange = new CUstream_st();
  private final cublasContext blas = new cublasContext();
  private final Map<Kernel, CUfunc_st> functions = new EnumMap<>(Kernel.class);
  private final CudaGraphs graphs;
  private final BytePointer[] inputs = new BytePointer[DeviceLayout.SLOTS];
  private final BytePointer[] outputs = new BytePointer[DeviceLayout.SLOTS];
  private final ByteBuffer[] inputViews = new ByteBuffer[DeviceLayout.SLOTS];
  private final ByteBuffer[] outputViews = new ByteBuffer[DeviceLayout.SLOTS];
  private final CUevent_st[] arrived = new CUevent_st[DeviceLayout.SLOTS];
  private final CUevent_st[] computed = new CUevent_st[DeviceLayout.SLOTS];
  private final CUevent_st[] done = new CUevent_st[DeviceLayout.SLOTS];
  private BytePointer leaving;
  private BytePointer coming;
  private ByteBuffer leavingView = ByteBuffer.allocate(0);
  private ByteBuffer comingView = ByteBuffer.allocate(0);
  private CUevent_st free;
  private CUevent_st came;
  private FloatPointer staged;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);

  /**
   * Memory that a layer on that device can take for its layout.
   *
   * @param limit most that it may take in all
   * @throws DeviceException if the device is not fit
   */
  static long room(final int index, final long limit) {
    CudaSupport.prepare(index);
    return Math.min(limit, CudaSupport.freeBytes()) - CUBLAS_WORKSPACE;
  }

  /**
   * Takes the memory and sets everything up, or leaves nothing behind.
   *
   * @param limit most device memory to take, in bytes
   * @throws DeviceException if the device is not fit, or has less room than is needed
   */
  CudaDevice(
      final DenseMoeSpec spec, final DeviceLayout layout, final int index, final long limit) {
    this.spec = spec;
    this.layout = layout;
    this.index = index;
    name = CudaSupport.prepare(index);
    graphs = new CudaGraphs(compute);
    try {
      CudaSupport.requireRoom(bytes(), limit, name);
      open();
    } catch (final DeviceException | LinkageError failed) {
      held.release();
      throw failed;
    }
  }

  private void open() {
    Cuda.check(cudart.cudaMalloc(memory, bytes()), "taking " + bytes() + " bytes of memory");
    held.add(() -> cudart.cudaFree(memory));
    for (final CUstream_st stream : new CUstream_st[] {compute, copyIn, copyOut, exchange}) {
      Cuda.check(
          cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking), "a stream");
      held.add(() -> cudart.cudaStreamDestroy(stream));
    }
    for (int s = 0; s < DeviceLayout.SLOTS; s++) {
      inputs[s] = pinned(layout.inputBytes(layout.maxRows()));
      outputs[s] = pinned(layout.outputBytes(layout.maxRows(), true));
      inputViews[s] = inputs[s].asByteBuffer().order(ByteOrder.nativeOrder());
      outputViews[s] = outputs[s].asByteBuffer().order(ByteOrder.nativeOrder());
      arrived[s] = event();
      computed[s] = event();
      done[s] = event();
    }
    staged = new FloatPointer(pinned(STAGED_FLOATS * Float.BYTES)).capacity(STAGED_FLOATS);
    openExchange();
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
    held.add(one::close);
    held.add(zero::close);
  }

  private void openExchange() {
    if (layout.exchanges()) {
      final int bytes = DeviceWeights.exchangeBytes(spec);
      leaving = pinned(bytes);
      coming = pinned(bytes);
      leavingView = leaving.asByteBuffer().order(ByteOrder.nativeOrder());
      comingView = coming.asByteBuffer().order(ByteOrder.nativeOrder());
      free = event();
      came = event();
    }
  }

  private BytePointer pinned(final int bytes) {
    final BytePointer pointer = new BytePointer();
    Cuda.check(cudart.cudaMallocHost(pointer, bytes), "taking " + bytes + " bytes of host memory");
    held.add(() -> cudart.cudaFreeHost(pointer));
    return pointer.capacity(bytes);
  }

  private CUevent_st event() {
    final CUevent_st event = new CUevent_st();
    Cuda.check(cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDisableTiming), "an event");
    held.add(() -> cudart.cudaEventDestroy(event));
    return event;
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
  public ByteBuffer input(final int slot) {
    return inputViews[slot];
  }

  @Override
  public ByteBuffer output(final int slot) {
    return outputViews[slot];
  }

  @Override
  public void launch(final Kernel kernel, final Step step, final Round round, final Grid grid) {
    // The launch copies the parameter: it may go when the call returns.
    try (BytePointer struct = new BytePointer(KernelParameter.BYTES);
        PointerPointer<BytePointer> parameters = new PointerPointer<>(1)) {
      final ByteBuffer fields = struct.asByteBuffer().order(ByteOrder.nativeOrder());
      KernelParameter.fill(fields, spec, layout, step, round, memory.address());
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
    final int s = step.slot();
    Cuda.check(
        cudart.cudaMemcpyAsync(
            at(layout.inputAt(s)), inputs[s], inputBytes, cudaMemcpyHostToDevice, copyIn),
        "copying a batch to the device");
    follow(arrived[s], copyIn, compute);
  }

  @Override
  public void run(final Object kind, final Runnable program) {
    graphs.run(kind, program);
  }

  @Override
  public void end(final Step step, final int outputBytes) {
    final int s = step.slot();
    follow(computed[s], compute, copyOut);
    Cuda.check(
        cudart.cudaMemcpyAsync(
            outputs[s], at(layout.outputAt(s)), outputBytes, cudaMemcpyDeviceToHost, copyOut),
        "copying results from the device");
    Cuda.check(cudart.cudaEventRecord(done[s], copyOut), "recording an event");
  }

  /** Lets one stream wait for what the other has been given so far. */
  private static void follow(
      final CUevent_st event, final CUstream_st first, final CUstream_st second) {
    Cuda.check(cudart.cudaEventRecord(event, first), "recording an event");
    Cuda.check(cudart.cudaStreamWaitEvent(second, event, 0), "waiting for an event");
  }

  @Override
  public void finish(final int slot) {
    CudaSupport.use(index);
    Cuda.check(cudart.cudaEventSynchronize(done[slot]), "computing a batch");
  }

  @Override
  public ByteBuffer leaving() {
    return leavingView;
  }

  @Override
  public ByteBuffer coming() {
    return comingView;
  }

  @Override
  public void exchange(final List<Area> areas, final boolean leave, final boolean waits) {
    CudaSupport.use(index);
    if (waits) {
      follow(free, compute, exchange);
    }
    for (final Area area : areas) {
      if (leave) {
        copyArea(at(area.at()), leaving, area, cudaMemcpyDeviceToHost);
      }
    }
    for (final Area area : areas) {
      copyArea(at(area.at()), coming, area, cudaMemcpyHostToDevice);
    }
    follow(came, exchange, compute);
  }

  private void copyArea(
      final Pointer on, final BytePointer host, final Area area, final int direction) {
    final boolean out = direction == cudaMemcpyDeviceToHost;
    final Pointer here = new Cuda.Address(host.address() + (long) Float.BYTES * area.offset());
    final long bytes = (long) Float.BYTES * area.length();
    Cuda.check(
        cudart.cudaMemcpyAsync(out ? here : on, out ? on : here, bytes, direction, exchange),
        "exchanging experts");
  }

  @Override
  public void finishExchange() {
    CudaSupport.use(index);
    Cuda.check(cudart.cudaEventSynchronize(came), "exchanging experts");
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
    return new Cuda.Address(memory.address() + offset);
  }

  @Override
  public void close() {
    // What these calls return no longer matters: a device that failed fails here again.
    cudart.cudaSetDevice(index);
    cudart.cudaStreamSynchronize(copyIn);
    cudart.cudaStreamSynchronize(compute);
    cudart.cudaStreamSynchronize(copyOut);
    cudart.cudaStreamSynchronize(exchange);
    held.release();
  }
}
