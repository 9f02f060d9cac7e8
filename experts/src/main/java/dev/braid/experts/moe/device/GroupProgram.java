package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Grid;
import dev.braid.experts.moe.device.Device.Operand;
import dev.braid.experts.moe.device.Device.Product;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.device.DeviceLayout.Section;

/**
 * The kernels and products of a step in which each expert computes the rows that the gate sent to
 * it: these are gathered into as much room for each expert of a round as its busiest one needs
 * (MegaBlocks, Gale et al. 2022, section 3, calls it dynamic capacity), so that a round is one
 * strided batch and no row is dropped. Operands are written as {@link StepProgram} says.
 */
final class GroupProgram {
  private final DeviceLayout layout;
  private final Device device;
  private final GateProgram gate;
  private final int d;
  private final int h;
  private final int c;
  private final int total;

  GroupProgram(final DeviceLayout layout, final Device device) {
    this.layout = layout;
    final DeviceShape spec = layout.shape();
    this.device = device;
    gate = new GateProgram(layout, device);
    d = spec.inputs();
    h = spec.hidden();
    c = spec.classes();
    total = spec.totalExperts();
  }

  /** Chooses, and lists the rows of each expert. */
  void choose(final Step step) {
    gate.choose(step);
    device.launch(Kernel.GROUP, step, everything(step), Grids.warps(total));
  }

  /** Outputs of a round's experts, biases included. */
  void forward(final Step step, final Round round) {
    hidden(step, round);
    device.multiply(
        new Product(
            true,
            false,
            c,
            round.capacity(),
            h,
            second(round),
            hiddenOf(Field.HIDDEN, round),
            new Operand(
                layout.at(Field.OUTPUTS, 0) + 4L * round.firstSeat() * step.rows() * c,
                c,
                (long) step.rows() * c),
            round.seats(),
            true,
            false));
    device.launch(Kernel.GROUP_BIAS, step, round, rowsOf(round));
  }

  /** Rows and hidden units of a round's experts. */
  void hidden(final Step step, final Round round) {
    device.launch(Kernel.GATHER, step, round, rowsOf(round));
    device.multiply(
        new Product(
            true,
            false,
            h,
            round.capacity(),
            d,
            first(round),
            gathered(round),
            hiddenOf(Field.HIDDEN, round),
            round.seats(),
            true,
            true));
    device.launch(Kernel.GROUP_RELU, step, round, rowsOf(round));
  }

  /** What the layer says, once all rounds went forward, and what learning needs of it. */
  void answer(final Step step) {
    final Round all = everything(step);
    device.launch(Kernel.GROUP_COMBINE, step, all, Grids.warps(step.rows()));
    if (step.eachExpert()) {
      device.launch(
          Kernel.GROUP_EXPERT_PROBABILITIES, step, all, Grids.warps((long) step.rows() * total));
    }
    if (step.learn()) {
      device.launch(Kernel.SCHEDULE, step, all, Grids.oneBlock());
    }
  }

  /** Gradient and Adam's step of a round's experts, whose rows and hidden units are there. */
  void backward(final Step step, final Round round) {
    final int rows = round.capacity();
    device.launch(Kernel.GROUP_TURN_BACK, step, round, rowsOf(round));
    device.launch(Kernel.OUTPUT_BIAS, step, round, Grids.columns(c, round.seats()));
    final Operand outputGradient =
        new Operand(layout.at(Field.OUTPUT_GRADIENT, 0), c, (long) rows * c);
    device.multiply(
        new Product(
            false,
            true,
            h,
            c,
            rows,
            hiddenOf(Field.HIDDEN, round),
            outputGradient,
            gradient(Section.W2, round, h, (long) c * h),
            round.seats(),
            true,
            false));
    device.multiply(
        new Product(
            false,
            false,
            h,
            rows,
            c,
            second(round),
            outputGradient,
            hiddenOf(Field.HIDDEN_GRADIENT, round),
            round.seats(),
            true,
            true));
    device.launch(Kernel.GROUP_HIDDEN_BACKWARD, step, round, Grids.columns(h, round.seats()));
    device.multiply(
        new Product(
            false,
            true,
            d,
            h,
            rows,
            gathered(round),
            hiddenOf(Field.HIDDEN_GRADIENT, round),
            gradient(Section.W1, round, d, (long) h * d),
            round.seats(),
            true,
            false));
    final Grid parameters = Grids.flat((long) h * Math.max(d, c), round.seats());
    device.launch(Kernel.ADAM, step, round, parameters);
  }

  /** Adam's step of the gate, once all rounds went backward. */
  void learnGate(final Step step) {
    gate.learn(step);
  }

  private Round everything(final Step step) {
    return new Round(0, 0, total, step.rows());
  }

  private static Grid rowsOf(final Round round) {
    return Grids.warps((long) round.seats() * round.capacity());
  }

  private Operand gathered(final Round round) {
    return new Operand(layout.at(Field.GATHERED, 0), d, (long) round.capacity() * d);
  }

  private Operand hiddenOf(final Field field, final Round round) {
    return new Operand(layout.at(field, 0), h, (long) round.capacity() * h);
  }

  private Operand first(final Round round) {
    final long weights = (long) h * d;
    final long at = layout.precision().bytes() * weights * round.firstSlot();
    return new Operand(layout.at(Field.LOW1, 0) + at, d, weights);
  }

  private Operand second(final Round round) {
    final long weights = (long) c * h;
    final long at = layout.precision().bytes() * weights * round.firstSlot();
    return new Operand(layout.at(Field.LOW2, 0) + at, h, weights);
  }

  private Operand gradient(
      final Section section, final Round round, final int ld, final long stride) {
    final long at = Float.BYTES * layout.parameter(section, round.firstSlot());
    return new Operand(layout.at(Field.GRADIENT, 0) + at, ld, stride);
  }
}
