package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where everything lies in the one piece of device memory that a layer takes: weights, work space,
 * and two buffers for batches, so that one can be copied while the other is computed.
 */
public final class DeviceLayout {
  public static final int BUFFERS = 2;

  /** Header: rows, labelled rows, then as floats 1 / labelled and the share of the window kept. */
  static final int HEADER_BYTES = 16;

  private static final int ALIGNMENT = 256;

  private final DeviceShape spec;
  private final Precision precision;
  private final int maxRows;
  private final int slots;
  private final Map<Field, long[]> offsets = new EnumMap<>(Field.class);
  private final long[] inputAt = new long[BUFFERS];
  private final long[] outputAt = new long[BUFFERS];
  private long end;

  /** A layout in which all experts have a slot. */
  public DeviceLayout(final DenseMoeSpec spec, final Precision precision, final int maxRows) {
    this(spec, precision, maxRows, spec.experts());
  }

  /**
   * @param slots experts, of those the gate chooses from, whose weights are on the device at once;
   *     fewer than all only where it does choose
   */
  public DeviceLayout(
      final DenseMoeSpec spec, final Precision precision, final int maxRows, final int slots) {
    this(DeviceShape.of(spec), precision, maxRows, slots);
  }

  private DeviceLayout(
      final DeviceShape spec, final Precision precision, final int maxRows, final int slots) {
    this.spec = spec;
    this.precision = precision;
    this.maxRows = maxRows;
    this.slots = slots;
    final long parameters = parameter(Section.GATE, 0) + spec.experts() * (spec.inputs() + 1L);
    final long owners = spec.totalExperts() + 1L;
    final long experts = spec.experts();
    floats(parameters, Field.THETA, Field.M, Field.V, Field.GRADIENT);
    floats(owners, Field.STEPS, Field.CHANGED, Field.RATE, Field.EPSILON);
    floats(experts, Field.WINDOW, Field.BALANCE, Field.COUNTS);
    floats(maxRows * experts, Field.AFFINITY, Field.CHOSEN, Field.WEIGHT_GRADIENT);
    final long rows = grouped() ? roundRows() : (long) maxRows * spec.totalExperts();
    reserve(rows * spec.hidden() * precision.bytes(), Field.HIDDEN);
    reserve(rows * spec.hidden() * precision.bytes(), Field.HIDDEN_GRADIENT);
    reserve(rows * spec.classes() * precision.bytes(), Field.OUTPUT_GRADIENT);
    floats((long) maxRows * seats() * spec.classes(), Field.OUTPUTS);
    floats(seats(), Field.EXPERT_AT);
    floats(spec.totalExperts(), Field.SEAT_OF);
    floats(grouped() ? maxRows * experts : 0, Field.POSITION);
    floats(grouped() ? (long) maxRows * spec.totalExperts() : 0, Field.ROW_OF);
    reserve(grouped() ? rows * spec.inputs() * precision.bytes() : 0, Field.GATHERED);
    floats((long) maxRows * spec.classes(), Field.LOGIT_GRADIENT);
    buffers();
    products();
  }

  /** The layer that it is for. */
  public DeviceShape shape() {
    return spec;
  }

  /** Whether each expert computes its own rows alone, in rounds. */
  boolean grouped() {
    return spec.chosen() < spec.experts();
  }

  /** Whether experts have to take turns on the device. */
  public boolean exchanges() {
    return slots < spec.experts();
  }

  /** Experts that the gate chooses from whose weights are on the device at once. */
  int slots() {
    return slots;
  }

  /** Waves in which all experts can be computed. */
  private int waves() {
    return (spec.experts() + slots - 1) / slots;
  }

  /** Seat of the first shared expert; those before it are the waves' slots. */
  int sharedSeat() {
    return waves() * slots;
  }

  /** Seats of a batch. */
  int seats() {
    return sharedSeat() + spec.shared();
  }

  /** Most rows of a round, padding included: twice what the gate chooses. */
  long roundRows() {
    final long most = (long) maxRows * spec.experts();
    return Math.min(most, 2L * maxRows * spec.chosen());
  }

  /**
   * The layout with as many slots as there is room for, or with a single one.
   *
   * @param room bytes of device memory
   */
  public static DeviceLayout within(
      final DenseMoeSpec spec, final Precision precision, final int maxRows, final long room) {
    DeviceLayout layout = new DeviceLayout(spec, precision, maxRows);
    for (int slots = spec.experts() - 1;
        slots > 0 && layout.grouped() && layout.bytes() > room;
        slots--) {
      layout = new DeviceLayout(spec, precision, maxRows, slots);
    }
    return layout;
  }

  private void buffers() {
    for (int s = 0; s < BUFFERS; s++) {
      inputAt[s] = end;
      reserve(Field.HEADER, s, HEADER_BYTES);
      reserve(Field.LABELS, s, 4L * maxRows);
      reserve(Field.X, s, 4L * maxRows * spec.inputs());
      end = aligned(end);
      outputAt[s] = end;
      reserve(Field.LOAD, s, 4L * spec.totalExperts());
      reserve(Field.WEIGHT, s, 4L * maxRows * spec.experts());
      reserve(Field.PROBABILITIES, s, 4L * maxRows * spec.classes());
      reserve(Field.EXPERT_PROBABILITIES, s, 4L * maxRows * spec.totalExperts() * spec.classes());
      end = aligned(end);
    }
  }

  /** What the products read: copies in bfloat16, or else the 32-bit numbers themselves. */
  private void products() {
    final long w1 = (long) allSlots() * spec.hidden() * spec.inputs();
    final long w2 = (long) allSlots() * spec.hidden() * spec.classes();
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

  /** Byte offset of a field, for the batch in that buffer. */
  long at(final Field field, final int buffer) {
    return offsets.get(field)[buffer];
  }

  /** Byte offset of what is copied to the device for a batch: header, labels, rows. */
  public long inputAt(final int buffer) {
    return inputAt[buffer];
  }

  /** Bytes to copy for a batch of that many rows. */
  public int inputBytes(final int rows) {
    return Math.toIntExact(at(Field.X, 0) - inputAt[0] + 4L * rows * spec.inputs());
  }

  /** Byte offset of what is copied back: load, weights, probabilities, those of each expert. */
  public long outputAt(final int buffer) {
    return outputAt[buffer];
  }

  /** Bytes to copy back for a batch of that many rows. */
  public int outputBytes(final int rows, final boolean eachExpert) {
    final Field last = eachExpert ? Field.EXPERT_PROBABILITIES : Field.PROBABILITIES;
    final long width = 4L * spec.classes() * (eachExpert ? spec.totalExperts() : 1);
    return Math.toIntExact(at(last, 0) - outputAt[0] + rows * width);
  }

  /**
   * @throws DeviceException if a batch or what it brings back is too large to be copied at once
   */
  public void requireCopies() {
    final long back = 4L * maxRows * (1L + spec.totalExperts()) * (1L + spec.classes());
    if (Math.max(back, 4L * maxRows * (spec.inputs() + 1L)) > Integer.MAX_VALUE / 2) {
      throw new DeviceException(
          "Batches of "
              + maxRows
              + " rows of this layer are too large to be copied to a device and back at once: use"
              + " smaller ones");
    }
  }

  /** Device memory that all this takes, in bytes. */
  public long bytes() {
    return end;
  }

  /** The rows that a batch is padded to: a power of two, or as many as there can be. */
  int bucket(final int rows) {
    final int power = Math.max(8, Integer.highestOneBit(Math.max(1, rows - 1)) * 2);
    return Math.min(maxRows, power);
  }

  public int maxRows() {
    return maxRows;
  }

  public Precision precision() {
    return precision;
  }

  /** Stretches of the flat parameters. */
  enum Section {
    W1,
    B1,
    W2,
    B2,
    GATE
  }

  /** Slots for weights, those of the shared experts included, which are the last. */
  int allSlots() {
    return slots + spec.shared();
  }

  /** Index in the flat parameters where a section of a slot begins. */
  long parameter(final Section section, final int slot) {
    final long d = spec.inputs();
    final long h = spec.hidden();
    final long c = spec.classes();
    final long all = allSlots();
    return switch (section) {
      case W1 -> slot * h * d;
      case B1 -> all * h * d + slot * h;
      case W2 -> all * h * (d + 1) + slot * c * h;
      case B2 -> all * h * (d + 1 + c) + slot * c;
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

  private void reserve(final Field field, final int buffer, final long bytes) {
    offsets.computeIfAbsent(field, f -> new long[BUFFERS])[buffer] = end;
    end += (bytes + 15) / 16 * 16;
  }

  private static long aligned(final long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
