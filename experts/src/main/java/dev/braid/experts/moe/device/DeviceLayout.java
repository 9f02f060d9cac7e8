package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where everything lies in the one piece of device memory that a layer takes: weights, work space,
 * and two slots for batches, so that one can be copied while the other is computed.
 */
public final class DeviceLayout {
  public static final int SLOTS = 2;

  /** Header: rows, labelled rows, then as floats 1 / labelled and the share of the window kept. */
  static final int HEADER_BYTES = 16;

  private static final int ALIGNMENT = 256;

  private final DeviceShape spec;
  private final Precision precision;
  private final int maxRows;
  private final int places;
  private final Map<Field, long[]> offsets = new EnumMap<>(Field.class);
  private final long[] inputAt = new long[SLOTS];
  private final long[] outputAt = new long[SLOTS];
  private long end;

  /** A layout in which all experts have a place. */
  public DeviceLayout(final DenseMoeSpec spec, final Precision precision, final int maxRows) {
    this(spec, precision, maxRows, spec.experts());
  }

  /**
   * @param places experts, of those the gate chooses from, whose weights are on the device at once;
   *     fewer than all only where it does choose
   */
  public DeviceLayout(
      final DenseMoeSpec spec, final Precision precision, final int maxRows, final int places) {
    this(DeviceShape.of(spec), precision, maxRows, places);
  }

  private DeviceLayout(
      final DeviceShape spec, final Precision precision, final int maxRows, final int places) {
    this.spec = spec;
    this.precision = precision;
    this.maxRows = maxRows;
    this.places = places;
    final long parameters = parameter(Section.GATE, 0) + spec.experts() * (spec.inputs() + 1L);
    final long blocks = spec.totalExperts() + 1L;
    final long experts = spec.experts();
    floats(parameters, Field.THETA, Field.M, Field.V, Field.GRADIENT);
    floats(blocks, Field.STEPS, Field.CHANGED, Field.RATE, Field.EPSILON);
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
    slots();
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
    return places < spec.experts();
  }

  /** Experts that the gate chooses from whose weights are on the device at once. */
  int places() {
    return places;
  }

  /** Waves in which all experts can be computed. */
  private int waves() {
    return (spec.experts() + places - 1) / places;
  }

  /** Seat of the first shared expert; those before it are the waves' places. */
  int sharedSeat() {
    return waves() * places;
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
   * The layout with as many places as there is room for, or with a single one.
   *
   * @param room bytes of device memory
   */
  public static DeviceLayout within(
      final DenseMoeSpec spec, final Precision precision, final int maxRows, final long room) {
    DeviceLayout layout = new DeviceLayout(spec, precision, maxRows);
    for (int places = spec.experts() - 1;
        places > 0 && layout.grouped() && layout.bytes() > room;
        places--) {
      layout = new DeviceLayout(spec, precision, maxRows, places);
    }
    return layout;
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
    final long w1 = (long) allPlaces() * spec.hidden() * spec.inputs();
    final long w2 = (long) allPlaces() * spec.hidden() * spec.classes();
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
  public long inputAt(final int slot) {
    return inputAt[slot];
  }

  /** Bytes to copy for a batch of that many rows. */
  public int inputBytes(final int rows) {
    return Math.toIntExact(at(Field.X, 0) - inputAt[0] + 4L * rows * spec.inputs());
  }

  /** Byte offset of what is copied back: load, weights, probabilities, votes. */
  public long outputAt(final int slot) {
    return outputAt[slot];
  }

  /** Bytes to copy back for a batch of that many rows. */
  public int outputBytes(final int rows, final boolean votes) {
    final Field last = votes ? Field.VOTES : Field.PROBABILITIES;
    final long width = 4L * spec.classes() * (votes ? spec.totalExperts() : 1);
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

  /** Stretches of the flat parameter blocks. */
  enum Section {
    W1,
    B1,
    W2,
    B2,
    GATE
  }

  /** Places for weights, those of the shared experts included, which are the last. */
  int allPlaces() {
    return places + spec.shared();
  }

  /** Index in the flat parameters where a section of a place begins. */
  long parameter(final Section section, final int place) {
    final long d = spec.inputs();
    final long h = spec.hidden();
    final long c = spec.classes();
    final long all = allPlaces();
    return switch (section) {
      case W1 -> place * h * d;
      case B1 -> all * h * d + place * h;
      case W2 -> all * h * (d + 1) + place * c * h;
      case B2 -> all * h * (d + 1 + c) + place * c;
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
