package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Grid;
import dev.braid.experts.moe.device.Device.Operand;
import dev.braid.experts.moe.device.Device.Product;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.device.DeviceLayout.Section;

/** The gate's kernels and products; operands are written as {@link StepProgram} says. */
final class GateProgram {
  private final DeviceLayout layout;
  private final Device device;
  private final int d;
  private final int experts;
  private final int total;

  GateProgram(final DeviceLayout layout, final Device device) {
    this.layout = layout;
    final DeviceShape spec = layout.shape();
    this.device = device;
    d = spec.inputs();
    experts = spec.experts();
    total = spec.totalExperts();
  }

  /** Affinities, choice, weights, and the load of each expert. */
  void choose(final Step step) {
    final Operand gate = new Operand(parameters(Field.THETA), d, 0);
    device.multiply(
        new Product(
            true,
            false,
            experts,
            step.rows(),
            d,
            gate,
            operand(Field.X, step, d),
            operand(Field.AFFINITY, step, experts),
            1,
            false,
            false));
    launch(Kernel.GATE_CHOOSE, step, Grids.warps(step.rows()));
    launch(Kernel.COUNT, step, Grids.columns(total, 1));
  }

  /** Adam's step of the gate, once the gradient of every weight is there. */
  void learn(final Step step) {
    launch(Kernel.GATE_BACKWARD, step, Grids.warps(step.rows()));
    launch(Kernel.GATE_BIAS, step, Grids.columns(experts, 1));
    device.multiply(
        new Product(
            false,
            true,
            d,
            experts,
            step.rows(),
            operand(Field.X, step, d),
            operand(Field.AFFINITY, step, experts),
            new Operand(parameters(Field.GRADIENT), d, 0),
            1,
            false,
            false));
    launch(Kernel.ADAM_GATE, step, Grids.flat((long) experts * (d + 1), 1));
  }

  private void launch(final Kernel kernel, final Step step, final Grid grid) {
    device.launch(kernel, step, new Round(0, 0, total, step.rows()), grid);
  }

  private Operand operand(final Field field, final Step step, final int ld) {
    return new Operand(layout.at(field, step.buffer()), ld, 0);
  }

  private long parameters(final Field field) {
    return layout.at(field, 0) + Float.BYTES * layout.parameter(Section.GATE, 0);
  }
}
