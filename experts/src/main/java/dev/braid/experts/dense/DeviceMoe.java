package dev.braid.experts.dense;

import dev.braid.experts.dense.Device.Step;
import dev.braid.experts.dense.DeviceLayout.Section;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A layer on a device. The weights live there; the host's copy is brought up to date when it is
 * asked for, block by block as they changed, and replaced only when all of them have arrived.
 */
final class DeviceMoe implements Backend {
  private final DenseMoeSpec spec;
  private final MoeState saved;
  private final Device device;
  private final DeviceLayout layout;
  private final StepProgram program;
  private final Block[] spare;
  private int submitted;
  private int awaited;
  private boolean stale;

  /**
   * @param saved weights to begin with; kept as the host's copy
   */
  DeviceMoe(final MoeState saved, final DeviceLayout layout, final Device device) {
    this.saved = saved;
    this.layout = layout;
    this.device = device;
    spec = saved.spec;
    program = new StepProgram(spec, layout, device);
    spare = new Block[saved.blockCount()];
    for (int index = 0; index < saved.blockCount(); index++) {
      final Block block = saved.block(index);
      writeSections(Field.THETA, index, block.theta);
      writeSections(Field.M, index, block.m);
      writeSections(Field.V, index, block.v);
    }
    final int[] steps = new int[saved.blockCount()];
    Arrays.setAll(steps, owner -> saved.block(index(owner)).steps);
    device.writeInts(layout.at(Field.STEPS, 0), steps);
    device.writeInts(layout.at(Field.CHANGED, 0), new int[steps.length]);
    device.write(layout.at(Field.WINDOW, 0), saved.window, 0, saved.window.length);
    program.weightsWritten();
  }

  @Override
  public String name() {
    return device.name() + ", " + layout.precision();
  }

  @Override
  public void submit(final DenseBatch batch) {
    final int slot = submitted++ & 1;
    final int rows = batch.rows();
    if (rows == 0) {
      return;
    }
    final int bucket = layout.bucket(rows);
    stage(batch, slot, bucket);
    final boolean votes = batch.votes() != null;
    final boolean learn = batch.labelledRows() > 0;
    stale |= learn;
    device.execute(
        new Step(bucket, slot, learn, votes),
        layout.inputBytes(bucket),
        layout.outputBytes(rows, votes),
        program);
  }

  private void stage(final DenseBatch batch, final int slot, final int bucket) {
    final int rows = batch.rows();
    final int labelled = batch.labelledRows();
    final ByteBuffer in = device.input(slot);
    in.putInt(0, rows).putInt(4, labelled);
    in.putFloat(8, labelled > 0 ? 1f / labelled : 0);
    in.putFloat(12, (float) StrictMath.exp(-labelled / (double) spec.gate().balanceWindow()));
    final int labelsAt = (int) (layout.at(Field.LABELS, slot) - layout.inputAt(slot));
    in.position(labelsAt).slice().order(in.order()).asIntBuffer().put(batch.labels(), 0, rows);
    for (int r = rows; r < bucket; r++) {
      in.putInt(labelsAt + 4 * r, -1);
    }
    final int xAt = (int) (layout.at(Field.X, slot) - layout.inputAt(slot));
    final int used = rows * spec.inputs();
    in.position(xAt).slice().order(in.order()).asFloatBuffer().put(batch.inputs(), 0, used);
    for (int i = used; i < bucket * spec.inputs(); i++) {
      in.putFloat(xAt + 4 * i, 0);
    }
  }

  @Override
  public void await(final DenseBatch batch) {
    final int slot = awaited++ & 1;
    if (batch.rows() == 0) {
      Arrays.fill(batch.load(), 0);
      return;
    }
    device.finish(slot);
    final ByteBuffer out = device.output(slot);
    for (int e = 0; e < spec.totalExperts(); e++) {
      batch.load()[e] = (int) out.getFloat(4 * e);
    }
    final int width = batch.rows() * spec.classes();
    copyOut(out, Field.WEIGHT, slot, batch.weights(), batch.rows() * spec.experts());
    copyOut(out, Field.PROBABILITIES, slot, batch.probabilities(), width);
    if (batch.votes() != null) {
      copyOut(out, Field.VOTES, slot, batch.votes(), width * spec.totalExperts());
    }
  }

  private void copyOut(
      final ByteBuffer out, final Field field, final int slot, final float[] to, final int length) {
    final int at = (int) (layout.at(field, slot) - layout.outputAt(slot));
    out.position(at).slice().order(out.order()).asFloatBuffer().get(to, 0, length);
  }

  /** The host's copy as it was when it was last brought up to date. */
  MoeState saved() {
    return saved;
  }

  @Override
  public MoeState state() {
    if (!stale) {
      return saved;
    }
    final int[] changed = new int[saved.blockCount()];
    final int[] steps = new int[saved.blockCount()];
    final float[] window = new float[saved.window.length];
    device.readInts(layout.at(Field.CHANGED, 0), changed);
    device.readInts(layout.at(Field.STEPS, 0), steps);
    device.read(layout.at(Field.WINDOW, 0), window, 0, window.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (changed[owner] != 0) {
        readBlock(index(owner));
      }
    }
    device.writeInts(layout.at(Field.CHANGED, 0), new int[changed.length]);
    // Nothing can fail from here on: the host's copy is never half of one step, half of another.
    System.arraycopy(window, 0, saved.window, 0, window.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (changed[owner] != 0) {
        final int index = index(owner);
        final Block fresh = spare[index];
        fresh.steps = steps[owner];
        fresh.dirty = true;
        spare[index] = saved.block(index);
        saved.replace(index, fresh);
      }
    }
    stale = false;
    return saved;
  }

  @Override
  public RestFigures rest() {
    return new RestFigures(0, 0, 0, saved.bytes());
  }

  @Override
  public MemoryFigures memory() {
    return new MemoryFigures(3L * Float.BYTES * spec.parameterCount(), 0, 0, 0, 0, 0);
  }

  @Override
  public long deviceBytes() {
    return device.bytes();
  }

  @Override
  public long workspaceBytes() {
    long bytes = 0;
    for (final Block block : spare) {
      bytes += block == null ? 0 : 3L * Float.BYTES * block.theta.length;
    }
    for (int s = 0; s < DeviceLayout.SLOTS; s++) {
      bytes += device.input(s).capacity() + device.output(s).capacity();
    }
    return bytes;
  }

  @Override
  public void close() {
    device.close();
  }

  /** The device counts the experts first and the gate last, the saved blocks the gate first. */
  private int index(final int owner) {
    return owner == spec.totalExperts() ? 0 : owner + 1;
  }

  private void readBlock(final int index) {
    if (spare[index] == null) {
      spare[index] = new Block(saved.block(index).theta.length);
    }
    readSections(Field.THETA, index, spare[index].theta);
    readSections(Field.M, index, spare[index].m);
    readSections(Field.V, index, spare[index].v);
  }

  private void writeSections(final Field field, final int index, final float[] block) {
    if (index == 0) {
      device.write(at(field, Section.GATE, 0), block, 0, block.length);
      return;
    }
    final ExpertLayout at = ExpertLayout.of(spec);
    final int e = index - 1;
    device.write(at(field, Section.W1, e), block, 0, at.b1());
    device.write(at(field, Section.B1, e), block, at.b1(), at.w2() - at.b1());
    device.write(at(field, Section.W2, e), block, at.w2(), at.b2() - at.w2());
    device.write(at(field, Section.B2, e), block, at.b2(), at.size() - at.b2());
  }

  private void readSections(final Field field, final int index, final float[] block) {
    if (index == 0) {
      device.read(at(field, Section.GATE, 0), block, 0, block.length);
      return;
    }
    final ExpertLayout at = ExpertLayout.of(spec);
    final int e = index - 1;
    device.read(at(field, Section.W1, e), block, 0, at.b1());
    device.read(at(field, Section.B1, e), block, at.b1(), at.w2() - at.b1());
    device.read(at(field, Section.W2, e), block, at.w2(), at.b2() - at.w2());
    device.read(at(field, Section.B2, e), block, at.b2(), at.size() - at.b2());
  }

  private long at(final Field field, final Section section, final int expert) {
    return layout.at(field, 0) + Float.BYTES * layout.parameter(section, expert);
  }
}
