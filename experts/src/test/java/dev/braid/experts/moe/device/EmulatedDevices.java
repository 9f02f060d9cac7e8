package dev.braid.experts.moe.device;

import dev.braid.experts.moe.layer.Backends;
import dev.braid.experts.moe.layer.DenseLayer;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.MoeState;
import java.util.function.UnaryOperator;

/** Emulated devices that have room for so many experts of those that a gate chooses from. */
public record EmulatedDevices(DenseMoeSpec shape, int slots, UnaryOperator<Device> change)
    implements Backends.Devices {

  EmulatedDevices(final DenseMoeSpec shape, final int slots) {
    this(shape, slots, device -> device);
  }

  @Override
  public long room(final DenseOptions options) {
    return new DeviceLayout(shape, options.precision(), options.maxRows(), slots).bytes();
  }

  @Override
  public Device open(final DeviceLayout layout, final DenseOptions options) {
    return change.apply(new EmulatedDevice(layout));
  }

  /** A layer on such a device. */
  public DenseMoe layer(final MoeState state, final DenseOptions options) {
    return new DenseLayer(options, state.spec, Backends.open(state, options, this));
  }
}
