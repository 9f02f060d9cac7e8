package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device.Grid;
import dev.braid.experts.moe.device.Device.Operand;
import dev.braid.experts.moe.device.Device.Product;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.device.DeviceLayout.Section;

/**
 * The kernels and products of a step in which every expert computes every row, in order. The first
 * layer of all experts is one wide product, the second one product per expert in a strided batch.
 * Row-major matrices are column-major ones with rows and columns exchanged, which is how the
 * operands below are written.
 *
 * <p>{@link GroupProgram} is a program of its own: as one round of it, the first layer would be a
 * strided batch of narrow products in place of a wide one, and what a device's library makes of the
 * two differs in speed and in the last bits. Which is better only a device can tell.
 */
final class StepProgram {
  private final DeviceLayout layout;
  private final Device device;
  private final GateProgram gate;
  private final int d;
  private final int h;
  private final int c;
  private final int total;

  StepProgram(final DeviceLayout layout, final Device device) {
    this.layout = layout;
    final DeviceShape spec = layout.shape();
    this.device = device;
    gate = new GateProgram(layout, device);
    d = spec.inputs();
    h = spec.hidden();
    c = spec.classes();
    total = spec.totalExperts();
  }

  void run(final Step step) {
    forward(step);
    if (step.learn()) {
      backward(step);
      launch(Kernel.ADAM, step, Grids.flat((long) h * Math.max(d, c), total));
    }
  }

  private void launch(final Kernel kernel, final Step step, final Grid grid) {
    device.launch(kernel, step, new Round(0, 0, total, step.rows()), grid);
  }

  private void forward(final Step step) {
    final int rows = step.rows();
    final int s = step.buffer();
    if (layout.precision() == Precision.BF16) {
      launch(Kernel.CONVERT_INPUTS, step, Grids.flat((long) rows * d, 1));
    }
    gate.choose(step);

    final Operand activations = operand(Field.ACTIVATIONS, s, d, 0);
    final Operand w1 = operand(Field.LOW1, s, d, 0);
    final Operand hidden = operand(Field.HIDDEN, s, total * h, h);
    device.multiply(
        new Product(true, false, total * h, rows, d, w1, activations, hidden, 1, true, true));
    launch(Kernel.BIAS_RELU, step, Grids.overRows((long) total * h, rows));
    final Operand w2 = operand(Field.LOW2, s, h, (long) c * h);
    final Operand outputs = operand(Field.OUTPUTS, s, c, (long) rows * c);
    device.multiply(new Product(true, false, c, rows, h, w2, hidden, outputs, total, true, false));
    launch(Kernel.COMBINE, step, Grids.warps(rows));
    if (step.eachExpert()) {
      launch(Kernel.EXPERT_PROBABILITIES, step, Grids.warps((long) rows * total));
    }
  }

  private void backward(final Step step) {
    final int rows = step.rows();
    final int s = step.buffer();
    launch(Kernel.SCHEDULE, step, Grids.oneBlock());
    launch(Kernel.TURN_BACK, step, Grids.warps((long) rows * total));
    gate.learn(step);

    launch(Kernel.OUTPUT_BIAS, step, Grids.columns(c, total));
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
    launch(Kernel.HIDDEN_BACKWARD, step, Grids.columns((long) total * h, 1));
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

  private Operand operand(final Field field, final int buffer, final int ld, final long stride) {
    return new Operand(layout.at(field, buffer), ld, stride);
  }

  private long gradient(final Section section) {
    return layout.at(Field.GRADIENT, 0) + Float.BYTES * layout.parameter(section, 0);
  }
}
