package dev.braid.experts.dense;

import dev.braid.experts.dense.Device.Grid;
import dev.braid.experts.dense.Device.Operand;
import dev.braid.experts.dense.Device.Product;
import dev.braid.experts.dense.Device.Step;
import dev.braid.experts.dense.DeviceLayout.Section;

/**
 * The kernels and products of a step, in order. The first layer of all experts is one wide product,
 * the second one product per expert in a strided batch; an expert computes every row, and counts
 * with weight 0 where the gate did not choose it. Row-major matrices are column-major ones with
 * rows and columns exchanged, which is how the operands below are written.
 */
final class StepProgram implements Device.Program {
  private static final int WARP = 32;
  private static final int WARPS_PER_BLOCK = 4;
  private static final int LANES = 8;
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 8192;

  private final DenseMoeSpec spec;
  private final DeviceLayout layout;
  private final Device device;
  private final int d;
  private final int h;
  private final int c;
  private final int experts;
  private final int total;

  StepProgram(final DenseMoeSpec spec, final DeviceLayout layout, final Device device) {
    this.spec = spec;
    this.layout = layout;
    this.device = device;
    d = spec.inputs();
    h = spec.hidden();
    c = spec.classes();
    experts = spec.experts();
    total = spec.totalExperts();
  }

  @Override
  public void run(final Step step) {
    forward(step);
    if (step.learn()) {
      backward(step);
      device.launch(Kernel.ADAM, step, flat(spec.parameterCount()));
    }
  }

  /** Makes the products' copies of the weights after these were written. */
  void weightsWritten() {
    if (layout.precision() == Precision.BF16) {
      final long largest = (long) total * h * Math.max(d, c);
      device.launch(Kernel.CONVERT_WEIGHTS, new Step(1, 0, false, false), flat(largest));
    }
  }

  private void forward(final Step step) {
    final int rows = step.rows();
    final int s = step.slot();
    if (layout.precision() == Precision.BF16) {
      device.launch(Kernel.CONVERT_INPUTS, step, flat((long) rows * d));
    }
    final Operand x = operand(Field.X, s, d, 0);
    final Operand gate = new Operand(theta(Section.GATE), d, 0);
    final Operand affinity = operand(Field.AFFINITY, s, experts, 0);
    device.multiply(new Product(true, false, experts, rows, d, gate, x, affinity, 1, false, false));
    device.launch(Kernel.GATE_CHOOSE, step, warps(rows));
    device.launch(Kernel.COUNT, step, columns(total, 1));

    final Operand activations = operand(Field.ACTIVATIONS, s, d, 0);
    final Operand w1 = operand(Field.LOW1, s, d, 0);
    final Operand hidden = operand(Field.HIDDEN, s, total * h, h);
    device.multiply(
        new Product(true, false, total * h, rows, d, w1, activations, hidden, 1, true, true));
    device.launch(Kernel.BIAS_RELU, step, flat((long) rows * total * h));
    final Operand w2 = operand(Field.LOW2, s, h, (long) c * h);
    final Operand outputs = operand(Field.OUTPUTS, s, c, (long) rows * c);
    device.multiply(new Product(true, false, c, rows, h, w2, hidden, outputs, total, true, false));
    device.launch(Kernel.COMBINE, step, warps(rows));
    if (step.votes()) {
      device.launch(Kernel.VOTES, step, warps((long) rows * total));
    }
  }

  private void backward(final Step step) {
    final int rows = step.rows();
    final int s = step.slot();
    device.launch(Kernel.SCHEDULE, step, new Grid(1, 1, THREADS, 1));
    device.launch(Kernel.TURN_BACK, step, warps((long) rows * total));
    device.launch(Kernel.GATE_BACKWARD, step, warps(rows));
    device.launch(Kernel.GATE_BIAS, step, columns(experts, 1));
    device.multiply(
        new Product(
            false,
            true,
            d,
            experts,
            rows,
            operand(Field.X, s, d, 0),
            operand(Field.AFFINITY, s, experts, 0),
            new Operand(gradient(Section.GATE), d, 0),
            1,
            false,
            false));

    device.launch(Kernel.OUTPUT_BIAS, step, columns(c, total));
    final Operand hidden = operand(Field.HIDDEN, s, total * h, h);
    final Operand outputGradient = operand(Field.OUTPUT_GRADIENT, s, c, (long) rows * c);
    final Operand gradient2 = new Operand(gradient(Section.W2), h, (long) c * h);
    device.multiply(
        new Product(
            false, true, h, c, rows, hidden, outputGradient, gradient2, total, true, false));

    final Operand w2 = operand(Field.LOW2, s, h, (long) c * h);
    final Operand hiddenGradient = operand(Field.HIDDEN_GRADIENT, s, total * h, h);
    device.multiply(
        new Product(
            false, false, h, rows, c, w2, outputGradient, hiddenGradient, total, true, true));
    device.launch(Kernel.HIDDEN_BACKWARD, step, columns((long) total * h, 1));
    device.multiply(
        new Product(
            false,
            true,
            d,
            total * h,
            rows,
            operand(Field.ACTIVATIONS, s, d, 0),
            hiddenGradient,
            new Operand(gradient(Section.W1), d, 0),
            1,
            true,
            false));
  }

  private Operand operand(final Field field, final int slot, final int ld, final long stride) {
    return new Operand(layout.at(field, slot), ld, stride);
  }

  private long theta(final Section section) {
    return layout.at(Field.THETA, 0) + Float.BYTES * layout.parameter(section, 0);
  }

  private long gradient(final Section section) {
    return layout.at(Field.GRADIENT, 0) + Float.BYTES * layout.parameter(section, 0);
  }

  /** One warp for each of so many items. */
  private static Grid warps(final long items) {
    return new Grid(blocks(items, WARPS_PER_BLOCK), 1, WARPS_PER_BLOCK * WARP, 1);
  }

  /** Sums of so many columns. */
  private static Grid columns(final long count, final int matrices) {
    return new Grid(blocks(count, WARP), matrices, WARP, LANES);
  }

  /** Threads that stride over so many elements. */
  private static Grid flat(final long elements) {
    return new Grid(Math.min(MOST_BLOCKS, blocks(elements, THREADS)), 1, THREADS, 1);
  }

  private static int blocks(final long items, final int perBlock) {
    return Math.toIntExact((items + perBlock - 1) / perBlock);
  }
}
