package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device.Area;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.device.DeviceLayout.Section;
import dev.braid.experts.moe.state.Block;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves weights and moments between their places on a device and blocks on the host. A block at
 * rest arrives in 32 bits and with moments of 0, as it goes on learning once it wakes.
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

  /** Where the gate's weights lie: behind the places of all experts. */
  int gatePlace() {
    return layout.allPlaces();
  }

  /** Writes a block, and waits. */
  void write(final int place, final Block block) {
    writeSections(Field.THETA, place, block.unpacked());
    writeSections(Field.M, place, block.moments(block.m));
    writeSections(Field.V, place, block.moments(block.v));
  }

  /** Waits for all that was begun, then reads a block that is awake. */
  void read(final int place, final Block block) {
    readSections(Field.THETA, place, block.theta);
    readSections(Field.M, place, block.m);
    readSections(Field.V, place, block.v);
  }

  /** The host's side of an expert that comes: its numbers, then its steps. */
  static void put(final Block block, final ByteBuffer to) {
    final FloatBuffer floats = to.clear().asFloatBuffer();
    final float[] theta = block.unpacked();
    floats.put(theta).put(block.moments(block.m)).put(block.moments(block.v));
    to.putInt(3 * Float.BYTES * theta.length, block.steps);
  }

  /** The numbers of an expert that left. */
  static void get(final ByteBuffer from, final Block block) {
    final FloatBuffer floats = from.clear().asFloatBuffer();
    floats.get(block.theta).get(block.m).get(block.v);
  }

  /** Bytes of either side of an exchange. */
  public static int exchangeBytes(final DeviceLayout layout) {
    return Math.toIntExact(3L * Float.BYTES * layout.shape().layout().size() + Integer.BYTES);
  }

  /** Where the numbers of a place lie, in the order in which {@link #put} gives them. */
  List<Area> areas(final int place) {
    final List<Area> areas = new ArrayList<>();
    int offset = 0;
    for (final Field field : FIELDS) {
      areas.addAll(sections(field, place, offset));
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
  void convert(final int firstPlace, final int count) {
    if (layout.precision() == Precision.BF16) {
      final long largest = (long) spec.hidden() * Math.max(spec.inputs(), spec.classes());
      device.launch(
          Kernel.CONVERT_WEIGHTS,
          new Step(1, 0, false, false),
          new Round(0, firstPlace, count, 1),
          Grids.flat(largest, count));
    }
  }

  private void writeSections(final Field field, final int place, final float[] block) {
    for (final Area area : sections(field, place, 0)) {
      device.write(area.at(), block, area.offset(), area.length());
    }
  }

  private void readSections(final Field field, final int place, final float[] block) {
    for (final Area area : sections(field, place, 0)) {
      device.read(area.at(), block, area.offset(), area.length());
    }
  }

  /** Where a block's numbers lie, in its order; the first is at an offset. */
  private List<Area> sections(final Field field, final int place, final int offset) {
    if (place == gatePlace()) {
      return List.of(new Area(at(field, Section.GATE, 0), offset, spec.gateSize()));
    }
    return List.of(
        area(field, Section.W1, place, offset, "w1"),
        area(field, Section.B1, place, offset, "b1"),
        area(field, Section.W2, place, offset, "w2"),
        area(field, Section.B2, place, offset, "b2"));
  }

  private Area area(
      final Field field,
      final Section section,
      final int place,
      final int offset,
      final String tensor) {
    return new Area(at(field, section, place), offset + at.at(tensor), at.sizeOf(tensor));
  }

  private long at(final Field field, final Section section, final int place) {
    return layout.at(field, 0) + Float.BYTES * layout.parameter(section, place);
  }
}
