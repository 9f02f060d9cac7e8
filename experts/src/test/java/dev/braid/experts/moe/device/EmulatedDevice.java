package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.DeviceLayout.Section;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A device in plain Java: memory in a byte buffer that is bounds-checked, products as cuBLAS
 * defines them, kernels by {@link EmulatedKernels}. Slow, and meant for small shapes.
 */
final class EmulatedDevice implements Device {
  /** Kernels that read or write the weights of a round's slots. */
  private static final Set<Kernel> ON_WEIGHTS =
      EnumSet.of(Kernel.GROUP_RELU, Kernel.GROUP_BIAS, Kernel.ADAM, Kernel.CONVERT_WEIGHTS);

  private final DeviceLayout layout;
  private final ByteBuffer memory;
  private final ByteBuffer[] inputs = new ByteBuffer[DeviceLayout.BUFFERS];
  private final ByteBuffer[] outputs = new ByteBuffer[DeviceLayout.BUFFERS];

  /** Is told what each kernel did to the memory. */
  interface Witness {
    void saw(Kernel kernel, Step step, Round round, Grid grid, byte[] before, byte[] after);
  }

  private Witness witness;
  private final ByteBuffer leaving;
  private final ByteBuffer coming;
  private final EmulatedKernels kernels;
  private final List<Object> done = new ArrayList<>();
  private final Map<Object, List<Object>> recorded = new HashMap<>();

  /** Where weights begin that kernels may use until the host waits for them. */
  private final Set<Long> busy = new HashSet<>();

  EmulatedDevice(final DeviceLayout layout) {
    this.layout = layout;
    memory = allocate(Math.toIntExact(layout.bytes()));
    // What a device holds at first is not 0: nothing may depend on it.
    while (memory.remaining() >= 4) {
      memory.putFloat(Float.NaN);
    }
    for (int s = 0; s < DeviceLayout.BUFFERS; s++) {
      inputs[s] = allocate(layout.inputBytes(layout.maxRows()));
      outputs[s] = allocate(layout.outputBytes(layout.maxRows(), true));
    }
    leaving = allocate(DeviceWeights.exchangeBytes(layout));
    coming = allocate(DeviceWeights.exchangeBytes(layout));
    kernels = new EmulatedKernels(layout, memory);
  }

  EmulatedDevice tell(final Witness one) {
    witness = one;
    return this;
  }

  private static ByteBuffer allocate(final int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public String name() {
    return "emulated device";
  }

  @Override
  public long bytes() {
    return layout.bytes();
  }

  @Override
  public void launch(final Kernel kernel, final Step step, final Round round, final Grid grid) {
    done.add(List.of(kernel, step, round, grid));
    for (int s = 0; s < round.seats() && ON_WEIGHTS.contains(kernel); s++) {
      // What is computed with the weights of a seat without an expert is not used.
      final int seat = (int) layout.at(Field.EXPERT_AT, 0) + 4 * (round.firstSeat() + s);
      if (kernel == Kernel.CONVERT_WEIGHTS || memory.getInt(seat) >= 0) {
        busy.add(weightsAt(round.firstSlot() + s));
      }
    }
    if (witness == null) {
      kernels.run(kernel, step, round, grid);
      return;
    }
    final byte[] before = memory.array().clone();
    kernels.run(kernel, step, round, grid);
    witness.saw(kernel, step, round, grid, before, memory.array().clone());
  }

  private long weightsAt(final int slot) {
    return layout.at(Field.THETA, 0) + Float.BYTES * layout.parameter(Section.W1, slot);
  }

  @Override
  public void multiply(final Product p) {
    done.add(p);
    final boolean low = p.low() && layout.precision() == Precision.BF16;
    final boolean lowResult = p.lowResult() && layout.precision() == Precision.BF16;
    for (int b = 0; b < p.batch(); b++) {
      final long a0 = b * p.a().stride();
      final long b0 = b * p.b().stride();
      final long c0 = b * p.c().stride();
      for (int j = 0; j < p.n(); j++) {
        for (int i = 0; i < p.m(); i++) {
          float sum = 0;
          for (int l = 0; l < p.k(); l++) {
            final long ai = p.transposeA() ? (long) i * p.a().ld() + l : (long) l * p.a().ld() + i;
            final long bi = p.transposeB() ? (long) l * p.b().ld() + j : (long) j * p.b().ld() + l;
            sum +=
                factor(p.a().at(), a0 + ai, p.low(), low)
                    * factor(p.b().at(), b0 + bi, p.low(), low);
          }
          kernels.number(p.c().at(), c0 + (long) j * p.c().ld() + i, lowResult, sum);
        }
      }
    }
  }

  /** A factor as the products take it: TF32 keeps 10 bits of its mantissa. */
  private float factor(final long at, final long index, final boolean low, final boolean half) {
    final float number = kernels.number(at, index, half);
    return low && layout.precision() == Precision.TF32
        ? Float.intBitsToFloat((Float.floatToRawIntBits(number) + 0x1000) & ~0x1fff)
        : number;
  }

  @Override
  public ByteBuffer input(final int buffer) {
    return inputs[buffer];
  }

  @Override
  public ByteBuffer output(final int buffer) {
    return outputs[buffer];
  }

  @Override
  public void begin(final Step step, final int inputBytes) {
    memory.put((int) layout.inputAt(step.buffer()), inputs[step.buffer()].array(), 0, inputBytes);
  }

  /**
   * Programs of one kind must do the same each time: a device records the second and repeats it.
   */
  @Override
  public void run(final Object kind, final Runnable program) {
    done.clear();
    program.run();
    if (kind != null) {
      final List<Object> before = recorded.putIfAbsent(kind, List.copyOf(done));
      if (before != null && !before.equals(done)) {
        throw new AssertionError("another program under the name of " + kind);
      }
    }
  }

  @Override
  public void end(final Step step, final int outputBytes) {
    memory.get(
        (int) layout.outputAt(step.buffer()), outputs[step.buffer()].array(), 0, outputBytes);
  }

  @Override
  public ByteBuffer leaving() {
    return leaving;
  }

  @Override
  public ByteBuffer coming() {
    return coming;
  }

  /** Copies at once; a real device does so beside what was launched, unless it is to wait. */
  @Override
  public void exchange(final List<Area> areas, final boolean leave, final boolean waits) {
    if (!waits && busy.contains(areas.get(0).at())) {
      throw new AssertionError("weights are exchanged while they are in use");
    }
    for (final Area area : areas) {
      for (int i = 0; i < area.length(); i++) {
        final int on = (int) area.at() + 4 * i;
        final int here = 4 * (area.offset() + i);
        if (leave) {
          leaving.putInt(here, memory.getInt(on));
        }
        memory.putInt(on, coming.getInt(here));
      }
    }
  }

  @Override
  public void finishExchange() {}

  @Override
  public void finish(final int buffer) {}

  @Override
  public void write(final long to, final float[] from, final int offset, final int length) {
    busy.clear();
    for (int i = 0; i < length; i++) {
      memory.putFloat((int) to + 4 * i, from[offset + i]);
    }
  }

  @Override
  public void read(final long from, final float[] to, final int offset, final int length) {
    busy.clear();
    for (int i = 0; i < length; i++) {
      to[offset + i] = memory.getFloat((int) from + 4 * i);
    }
  }

  @Override
  public void writeInts(final long to, final int[] from) {
    busy.clear();
    for (int i = 0; i < from.length; i++) {
      memory.putInt((int) to + 4 * i, from[i]);
    }
  }

  @Override
  public void readInts(final long from, final int[] to) {
    busy.clear();
    for (int i = 0; i < to.length; i++) {
      to[i] = memory.getInt((int) from + 4 * i);
    }
  }

  @Override
  public void close() {}
}
