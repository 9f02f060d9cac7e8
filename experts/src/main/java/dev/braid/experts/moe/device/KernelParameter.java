package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import java.nio.ByteBuffer;

/** The struct Layer of {@code moe.cu}, which every kernel takes. */
public final class KernelParameter {
  public static final int BYTES = 14 * 4 + 2 * 4 + 8 * Field.values().length;

  private KernelParameter() {}

  /**
   * Writes it.
   *
   * @param to in the device's byte order
   * @param memory address of the device memory that the layout is for
   */
  public static void fill(
      final ByteBuffer to,
      final DeviceLayout layout,
      final Step step,
      final Round round,
      final long memory) {
    final DeviceShape spec = layout.shape();
    to.putInt(step.rows())
        .putInt(spec.inputs())
        .putInt(spec.hidden())
        .putInt(spec.classes())
        .putInt(spec.experts())
        .putInt(spec.totalExperts())
        .putInt(spec.chosen())
        .putInt(spec.gate())
        .putInt(layout.allSlots())
        .putInt(round.firstSeat())
        .putInt(round.firstSlot())
        .putInt(round.seats())
        .putInt(round.capacity())
        .putInt(0)
        .putFloat((float) spec.balanceWeight())
        .putFloat((float) spec.learningRate());
    for (final Field field : Field.values()) {
      to.putLong(memory + layout.at(field, step.buffer()));
    }
  }
}
