package dev.braid.experts.dense;

import java.util.EnumMap;
import java.util.Map;

/**
 * Where everything lies in the one piece of device memory that a layer takes: weights, work space,
 * and two slots for batches, so that one can be copied while the other is computed.
 */
final class DeviceLayout {
  static final int SLOTS = 2;

  /** Header: rows, labelled rows, then as floats 1 / labelled and the share of the window kept. */
  static final int HEADER_BYTES = 16;

  private static final int ALIGNMENT = 256;

  private final DenseMoeSpec spec;
  private final Precision precision;
  private final int maxRows;
  private final Map<Field, long[]> offsets = new EnumMap<>(Field.class);
  private final long[] inputAt = new long[SLOTS];
  private final long[] outputAt = new long[SLOTS];
  private long end;

  DeviceLayout(final DenseMoeSpec spec, final Precision precision, final int maxRows) {
    this.spec = spec;
    this.precision = precision;
    this.maxRows = maxRows;
    final long parameters = spec.parameterCount();
    final long blocks = spec.totalExperts() + 1L;
    final long experts = spec.experts();
    floats(parameters, Field.THETA, Field.M, Field.V, Field.GRADIENT);
    floats(blocks, Field.STEPS, Field.CHANGED, Field.RATE, Field.EPSILON);
    floats(experts, Field.WINDOW, Field.BALANCE, Field.COUNTS);
    floats(maxRows * experts, Field.AFFINITY, Field.CHOSEN, Field.WEIGHT_GRADIENT);
    final long hidden = (long) maxRows * spec.totalExperts() * spec.hidden();
    final long outputs = (long) maxRows * spec.totalExperts() * spec.classes();
    reserve(hidden * precision.bytes(), Field.HIDDEN);
    reserve(hidden * precision.bytes(), Field.HIDDEN_GRADIENT);
    reserve(outputs * precision.bytes(), Field.OUTPUT_GRADIENT);
    floats(outputs, Field.OUTPUTS);
    floats((long) maxRows * spec.classes(), Field.LOGIT_GRADIENT);
    slots();
    products();
  }

  private void slots() {
    for (int s = 0; s < SLOTS; s++) {
      inputAt[s] = end;
      place(Field.HEADER, s, HEADER_BYTES);
      place(Field.LABELS, s, 4L * maxRows);
      place(Field.X, s, 4L * maxRows * spec.inputs());
      end = aligned(end);
      outputAt[s] = end;
      place(Field.LOAD, s, 4L * spec.totalExperts());
      place(Field.WEIGHT, s, 4L * maxRows * spec.experts());
      place(Field.PROBABILITIES, s, 4L * maxRows * spec.classes());
      place(Field.VOTES, s, 4L * maxRows * spec.totalExperts() * spec.classes());
      end = aligned(end);
    }
  }

  /** What the products read: copies in bfloat16, or else the 32-bit numbers themselves. */
  private void products() {
    final long w1 = (long) spec.totalExperts() * spec.hidden() * spec.inputs();
    final long w2 = (long) spec.totalExperts() * spec.hidden() * spec.classes();
    if (precision == Precision.BF16) {
      reserve((long) maxRows * spec.inputs() * precision.bytes(), Field.ACTIVATIONS);
      reserve(w1 * precision.bytes(), Field.LOW1);
      reserve(w2 * precision.bytes(), Field.LOW2);
    } else {
      offsets.put(Field.ACTIVATIONS, offsets.get(Field.X));
      offsets.put(Field.LOW1, offsets.get(Field.THETA));
      final long at = at(Field.THETA, 0) + 4 * parameter(Section.W2, 0);
      offsets.put(Field.LOW2, new long[] {at, at});
    }
  }

  /** Byte offset of a field, for the batch in that slot. */
  long at(final Field field, final int slot) {
    return offsets.get(field)[slot];
  }

  /** Byte offset of what is copied to the device for a batch: header, labels, rows. */
  long inputAt(final int slot) {
    return inputAt[slot];
  }

  /** Bytes to copy for a batch of that many rows. */
  int inputBytes(final int rows) {
    return Math.toIntExact(at(Field.X, 0) - inputAt[0] + 4L * rows * spec.inputs());
  }

  /** Byte offset of what is copied back: load, weights, probabilities, votes. */
  long outputAt(final int slot) {
    return outputAt[slot];
  }

  /** Bytes to copy back for a batch of that many rows. */
  int outputBytes(final int rows, final boolean votes) {
    final Field last = votes ? Field.VOTES : Field.PROBABILITIES;
    final long width = 4L * spec.classes() * (votes ? spec.totalExperts() : 1);
    return Math.toIntExact(at(last, 0) - outputAt[0] + rows * width);
  }

  /** Device memory that all this takes, in bytes. */
  long bytes() {
    return end;
  }

  /** The rows that a batch is padded to: a power of two, or as many as there can be. */
  int bucket(final int rows) {
    final int power = Math.max(8, Integer.highestOneBit(Math.max(1, rows - 1)) * 2);
    return Math.min(maxRows, power);
  }

  int maxRows() {
    return maxRows;
  }

  Precision precision() {
    return precision;
  }

  /** Stretches of the flat parameter blocks. */
  enum Section {
    W1,
    B1,
    W2,
    B2,
    GATE
  }

  /** Index in the flat parameters where a section of an expert begins. */
  long parameter(final Section section, final int expert) {
    final long d = spec.inputs();
    final long h = spec.hidden();
    final long c = spec.classes();
    final long all = spec.totalExperts();
    return switch (section) {
      case W1 -> expert * h * d;
      case B1 -> all * h * d + expert * h;
      case W2 -> all * h * (d + 1) + expert * c * h;
      case B2 -> all * h * (d + 1 + c) + expert * c;
      case GATE -> all * (h * (d + 1 + c) + c);
    };
  }

  private void floats(final long count, final Field... fields) {
    for (final Field field : fields) {
      reserve(count * Float.BYTES, field);
    }
  }

  private void reserve(final long bytes, final Field field) {
    offsets.put(field, new long[] {end, end});
    end = aligned(end + bytes);
  }

  private void place(final Field field, final int slot, final long bytes) {
    offsets.computeIfAbsent(field, f -> new long[SLOTS])[slot] = end;
    end += (bytes + 15) / 16 * 16;
  }

  private static long aligned(final long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
