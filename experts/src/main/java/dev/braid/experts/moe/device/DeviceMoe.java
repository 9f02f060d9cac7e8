package dev.braid.experts.moe.device;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A layer on a device, where its weights live; batches go there and come back through two buffers.
 */
public final class DeviceMoe implements Backend {
  private final DeviceShape spec;
  private final Device device;
  private final DeviceLayout layout;
  private final DeviceExperts experts;
  private final StepProgram program;
  private final GroupedSteps grouped;
  private int submitted;
  private int awaited;

  /** With all of its experts on the host too. */
  public DeviceMoe(final MoeState saved, final DeviceLayout layout, final Device device) {
    this(
        saved, layout, device, new DenseOptions(DenseOptions.BackendChoice.CUDA, layout.maxRows()));
  }

  /**
   * @param saved weights to begin with; kept as the host's copy
   * @param options how many bytes of experts to hold on the host, if the state has a store for the
   *     others, and which come ahead
   */
  public DeviceMoe(
      final MoeState saved,
      final DeviceLayout layout,
      final Device device,
      final DenseOptions options) {
    this.layout = layout;
    this.device = device;
    spec = layout.shape();
    experts = new DeviceExperts(saved, layout, device, options);
    program = new StepProgram(layout, device);
    grouped = new GroupedSteps(layout, device, experts);
  }

  @Override
  public String name() {
    return device.name()
        + ", "
        + layout.precision()
        + ", "
        + (device.bytes() >> 20)
        + " MB of its memory, "
        + layout.allSlots()
        + " of "
        + spec.totalExperts()
        + " experts there at once";
  }

  @Override
  public void submit(final DenseBatch batch) {
    final int buffer = submitted++ & 1;
    final int rows = batch.rows();
    if (rows == 0) {
      return;
    }
    final int bucket = layout.bucket(rows);
    stage(batch, buffer, bucket);
    final boolean eachExpert = batch.expertProbabilities() != null;
    final boolean learn = batch.labelledRows() > 0;
    final Step step = new Step(bucket, buffer, learn, eachExpert);
    final int outputBytes = layout.outputBytes(rows, eachExpert);
    device.begin(step, layout.inputBytes(bucket));
    if (layout.grouped()) {
      grouped.run(step, outputBytes);
    } else {
      device.run(step, () -> program.run(step));
      device.end(step, outputBytes);
    }
    experts.stepped(learn);
  }

  private void stage(final DenseBatch batch, final int buffer, final int bucket) {
    final int rows = batch.rows();
    final int labelled = batch.labelledRows();
    final ByteBuffer in = device.input(buffer);
    in.putInt(0, rows).putInt(4, labelled);
    in.putFloat(8, labelled > 0 ? 1f / labelled : 0);
    in.putFloat(12, (float) StrictMath.exp(-labelled / (double) spec.balanceWindow()));
    final int labelsAt = (int) (layout.at(Field.LABELS, buffer) - layout.inputAt(buffer));
    in.position(labelsAt).slice().order(in.order()).asIntBuffer().put(batch.labels(), 0, rows);
    for (int r = rows; r < bucket; r++) {
      in.putInt(labelsAt + 4 * r, -1);
    }
    final int xAt = (int) (layout.at(Field.X, buffer) - layout.inputAt(buffer));
    final int used = rows * spec.inputs();
    in.position(xAt).slice().order(in.order()).asFloatBuffer().put(batch.inputs(), 0, used);
    for (int i = used; i < bucket * spec.inputs(); i++) {
      in.putFloat(xAt + 4 * i, 0);
    }
  }

  @Override
  public void await(final DenseBatch batch) {
    final int buffer = awaited++ & 1;
    if (batch.rows() == 0) {
      Arrays.fill(batch.load(), 0);
      return;
    }
    device.finish(buffer);
    final ByteBuffer out = device.output(buffer);
    for (int e = 0; e < spec.totalExperts(); e++) {
      batch.load()[e] = (int) out.getFloat(4 * e);
    }
    final int width = batch.rows() * spec.classes();
    copyOut(out, Field.WEIGHT, buffer, batch.weights(), batch.rows() * spec.experts());
    copyOut(out, Field.PROBABILITIES, buffer, batch.probabilities(), width);
    if (batch.expertProbabilities() != null) {
      copyOut(
          out,
          Field.EXPERT_PROBABILITIES,
          buffer,
          batch.expertProbabilities(),
          width * spec.totalExperts());
    }
  }

  private void copyOut(
      final ByteBuffer out,
      final Field field,
      final int buffer,
      final float[] to,
      final int length) {
    final int at = (int) (layout.at(field, buffer) - layout.outputAt(buffer));
    out.position(at).slice().order(out.order()).asFloatBuffer().get(to, 0, length);
  }

  /** The host's copy as it was when it was last brought up to date. */
  MoeState saved() {
    return experts.saved();
  }

  @Override
  public MoeState state() {
    return experts.refresh();
  }

  /** Whether the host holds more than it may until {@link #state} is asked for. */
  boolean isCrowded() {
    return experts.isCrowded();
  }

  @Override
  public RestFigures rest() {
    return experts.rest();
  }

  @Override
  public MemoryFigures memory() {
    return experts.figures();
  }

  @Override
  public long deviceBytes() {
    return device.bytes();
  }

  @Override
  public long workspaceBytes() {
    long bytes = experts.spareBytes();
    bytes += device.leaving().capacity() + device.coming().capacity();
    for (int s = 0; s < DeviceLayout.BUFFERS; s++) {
      bytes += device.input(s).capacity() + device.output(s).capacity();
    }
    return bytes;
  }

  @Override
  public void close() {
    device.close();
  }
}
