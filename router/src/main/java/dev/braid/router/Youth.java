package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.SchemaPrefix;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What a young learner was told, call by call. A few events take a fraction of the room of what a
 * pool of experts made of them, and a learner that is told them again is the same to the last bit:
 * so that is what is saved of it. Where a stream has a model per key, most of them stay young.
 *
 * <p>Layout ({@code YUTH}, version 1), where a column is as {@link Column} has it and sizes are as
 * {@link SchemaPrefix} has them:
 *
 * <pre>
 * int[]    sizes of the schema at the opening
 * byte[]   sort of each call, in order: 0 growth, 1 event, 2 event with a late label, 3 respecified
 * growth   of each int length of the sizes, int[] place and size of each that changed, in turn
 * specs    of each that was in force until a call respecified: seed and options, by name
 * x        of each feature a column over the events that have it
 * target   a column over the events
 * weight   a column over the events
 * late     of each late label number (double), recollection, columns of the members' predictions
 * </pre>
 *
 * {@link Reliving} reads it.
 */
final class Youth implements Part {
  static final int GROWTH = 0;
  static final int EVENT = 1;
  static final int LATE = 2;
  static final int RESPECIFIED = 3;

  /** Events; more take longer to be learned again than a learner takes to be read. */
  private static final int MOST_EVENTS = 32;

  /** Calls of any sort, and numbers that they brought. */
  static final int MOST_CALLS = 96;

  private static final int MOST_NUMBERS = 1 << 15;

  /** Heap bytes of a learner whose state is not worth the time. */
  private static final long SMALL = 64 << 10;

  private final Schema opened;
  private final List<Told> calls = new ArrayList<>();
  private Schema schema;
  private int events;
  private int numbers;
  private boolean over;
  private boolean dirty = true;

  /**
   * @param opened schema of the learner when it was opened
   */
  Youth(final Schema opened) {
    this.opened = opened;
    schema = opened;
  }

  /**
   * Whether it is over: more happened than is worth being told again.
   *
   * @param stateBytes heap bytes of what the learner made of it, asked at the first event alone
   */
  boolean isOver(final LongSupplier stateBytes) {
    return over
        || events > MOST_EVENTS
        || calls.size() > MOST_CALLS
        || numbers > MOST_NUMBERS
        || (events == 1 && stateBytes.getAsLong() < SMALL);
  }

  private void add(final Told call, final int itsNumbers) {
    calls.add(call);
    numbers += itsNumbers;
    dirty = true;
  }

  void grew(final Schema larger) {
    over |= !SchemaPrefix.is(schema, larger);
    schema = larger;
    add(new Told.Growth(SchemaPrefix.sizes(larger)), 2);
  }

  /**
   * @param then what was said of it when it was predicted, or null if its label came at once
   */
  void learned(final double[] x, final double target, final double weight, final Prediction then) {
    final int more = x.length + 2;
    // What is over needs no copies.
    over |= numbers + more > MOST_NUMBERS;
    if (!over) {
      events++;
      final Told.Then said = then == null ? null : Told.Then.of(then);
      add(
          new Told.Event(x.clone(), target, weight, said),
          more + (said == null ? 0 : said.numbers()));
    }
  }

  void respecified(final LearnerSpec before) {
    add(new Told.Respecified(before), 2 * before.options().size());
  }

  /** The specification says another word now. */
  void changed() {
    dirty = true;
  }

  long sizeBytes() {
    return 128 + 8L * numbers + 64L * calls.size();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.YOUTH);
    int[] sizes = SchemaPrefix.sizes(opened);
    out.putInts(sizes, sizes.length).putBytes(sorts());
    for (final Told call : calls) {
      if (call instanceof Told.Growth growth) {
        writeGrowth(sizes, growth.sizes(), out);
        sizes = growth.sizes();
      }
    }
    for (final Told call : calls) {
      if (call instanceof Told.Respecified respecified) {
        respecified.before().write(out);
      }
    }
    writeEvents(out);
  }

  private byte[] sorts() {
    final byte[] sorts = new byte[calls.size()];
    for (int i = 0; i < sorts.length; i++) {
      final Told call = calls.get(i);
      sorts[i] =
          (byte)
              (call instanceof Told.Growth
                  ? GROWTH
                  : call instanceof Told.Respecified
                      ? RESPECIFIED
                      : ((Told.Event) call).then() == null ? EVENT : LATE);
    }
    return sorts;
  }

  private static void writeGrowth(final int[] before, final int[] now, final ImageWriter out) {
    final int[] changes = new int[2 * now.length];
    int n = 0;
    for (int i = 0; i < now.length; i++) {
      if (now[i] != (i < before.length ? before[i] : 0)) {
        changes[n++] = i;
        changes[n++] = now[i];
      }
    }
    out.putInt(now.length).putInts(changes, n);
  }

  private void writeEvents(final ImageWriter out) {
    final List<Told.Event> all = new ArrayList<>();
    for (final Told call : calls) {
      if (call instanceof Told.Event event) {
        all.add(event);
      }
    }
    final double[] column = new double[all.size()];
    for (int f = 0; f < schema.featureCount(); f++) {
      int length = 0;
      for (final Told.Event event : all) {
        if (f < event.x().length) {
          column[length++] = event.x()[f];
        }
      }
      Column.write(column, length, out);
    }
    Arrays.setAll(column, i -> all.get(i).target());
    Column.write(column, column.length, out);
    Arrays.setAll(column, i -> all.get(i).weight());
    Column.write(column, column.length, out);
    for (final Told.Event event : all) {
      if (event.then() != null) {
        final double[] members = event.then().memberPredictions();
        out.putDouble(event.then().number());
        out.putDoubles(event.then().recollection(), event.then().recollection().length);
        Column.write(members, members.length, out.putInt(members.length));
      }
    }
  }
}
