package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device.Area;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.device.DeviceLayout.Section;
import dev.braid.experts.moe.state.Weights;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves weights and moments between their slots on a device and those on the host. What is at rest
 * arrives in 32 bits and with moments of 0, as it goes on learning once it wakes.
 */
public final class DeviceWeights {
  private static final Field[] FIELDS = {Field.THETA, Field.M, Field.V};

  private final DeviceShape spec;
  private final DeviceLayout layout;
  private final Device device;
  private final Layout at;

  DeviceWeights(final DeviceLayout layout, final Device device) {
    spec = layout.shape();
    this.layout = layout;
    this.device = device;
    at = spec.layout();
  }

  /** Where the gate's weights lie: behind the slots of all experts. */
  int gateSlot() {
    return layout.allSlots();
  }

  /** Writes weights, and waits. */
  void write(final int slot, final Weights weights) {
    writeSections(Field.THETA, slot, weights.unpacked());
    writeSections(Field.M, slot, weights.moments(weights.m));
    writeSections(Field.V, slot, weights.moments(weights.v));
  }

  /** Waits for all that was begun, then reads weights that are awake. */
  void read(final int slot, final Weights weights) {
    readSections(Field.THETA, slot, weights.theta);
    readSections(Field.M, slot, weights.m);
    readSections(Field.V, slot, weights.v);
  }

  /** The host's side of an expert that comes: its numbers, then its steps. */
  static void put(final Weights weights, final ByteBuffer to) {
    final FloatBuffer floats = to.clear().asFloatBuffer();
    final float[] theta = weights.unpacked();
    floats.put(theta).put(weights.moments(weights.m)).put(weights.moments(weights.v));
    to.putInt(3 * Float.BYTES * theta.length, weights.steps);
  }

  /** The numbers of an expert that left. */
  static void get(final ByteBuffer from, final Weights weights) {
    final FloatBuffer floats = from.clear().asFloatBuffer();
    floats.get(weights.theta).get(weights.m).get(weights.v);
  }

  /** Bytes of either side of an exchange. */
  public static int exchangeBytes(final DeviceLayout layout) {
    return Math.toIntExact(3L * Float.BYTES * layout.shape().layout().size() + Integer.BYTES);
  }

  /** Where the numbers of a slot lie, in the order in which {@link #put} gives them. */
  List<Area> areas(final int slot) {
    final List<Area> areas = new ArrayList<>();
    int offset = 0;
    for (final Field field : FIELDS) {
      areas.addAll(sections(field, slot, offset));
      offset += at.size();
    }
    return areas;
  }

  /** Where an expert's steps lie, behind its numbers. */
  Area stepsOf(final int expert) {
    return new Area(stepsAt(expert), 3 * at.size(), 1);
  }

  /** Makes an expert begin its steps anew. */
  void forgetSteps(final int expert) {
    device.writeInts(stepsAt(expert), new int[1]);
  }

  private long stepsAt(final int expert) {
    return layout.at(Field.STEPS, 0) + (long) Integer.BYTES * expert;
  }

  /** Makes the products' copies of weights that were written. */
  void convert(final int firstSlot, final int count) {
    if (layout.precision() == Precision.BF16) {
      final long largest = (long) spec.hidden() * Math.max(spec.inputs(), spec.classes());
      device.launch(
          Kernel.CONVERT_WEIGHTS,
          new Step(1, 0, false, false),
          new Round(0, firstSlot, count, 1),
          Grids.flat(largest, count));
    }
  }

  private void writeSections(final Field field, final int slot, final float[] values) {
    for (final Area area : sections(field, slot, 0)) {
      device.write(area.at(), values, area.offset(), area.length());
    }
  }

  private void readSections(final Field field, final int slot, final float[] values) {
    for (final Area area : sections(field, slot, 0)) {
      device.read(area.at(), values, area.offset(), area.length());
    }
  }

  /** Where the numbers lie, in their order; the first is at an offset. */
  private List<Area> sections(final Field field, final int slot, final int offset) {
    if (slot == gateSlot()) {
      return List.of(new Area(at(field, Section.GATE, 0), offset, spec.gateSize()));
    }
    return List.of(
        area(field, Section.W1, slot, offset, "w1"),
        area(field, Section.B1, slot, offset, "b1"),
        area(field, Section.W2, slot, offset, "w2"),
        area(field, Section.B2, slot, offset, "b2"));
  }

  private Area area(
      final Field field,
      final Section section,
      final int slot,
      final int offset,
      final String tensor) {
    return new Area(at(field, section, slot), offset + at.at(tensor), at.sizeOf(tensor));
  }

  private long at(final Field field, final Section section, final int slot) {
    return layout.at(field, 0) + Float.BYTES * layout.parameter(section, slot);
  }
}
