package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.SchemaPrefix;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
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
 * so that is what is saved of it. Where a stream has a model per key, most of them stay young. How
 * long a learner is young is the option {@code young}.
 *
 * <p>Layout ({@code YUTH}, version 1), where a column is as {@link Column} has it and sizes are as
 * {@link SchemaPrefix} has them:
 *
 * <pre>
 * int[]    sizes of the schema at the opening
 * byte[]   sort of each call, in order: 0 growth, 1 event, 2 event with a late label, 3 respecified,
 *          4 pool events handed out
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
  static final int DRAINED = 4;

  private static final String NAME = "young";

  /** Events that any learner may be told again. */
  private static final int MOST_EVENTS = 1024;

  /** Calls of any sort for each event there may be, and numbers that all of them bring. */
  private static final int CALLS = 3;

  static final int MOST_CALLS = CALLS * MOST_EVENTS;
  private static final int MOST_NUMBERS = 1 << 15;

  /** Heap bytes of a learner whose state is not worth the time. */
  private static final long SMALL = 64 << 10;

  private static final Option OPTION =
      new Option(
              NAME,
              "32",
              "Events up to which a learner of more than 64 KB on the heap is saved as the events that"
                  + " it was told, 0 to 1,024: a few bytes each, and each is learned again whenever"
                  + " the learner is read.")
          .whichMayChange();

  private final Schema opened;
  private final List<Told> calls = new ArrayList<>();
  private int mostEvents;
  private Schema schema;
  private int events;
  private int numbers;
  private boolean over;
  private boolean dirty = true;

  /**
   * @param opened schema of the learner when it was opened
   * @param mostEvents how many it may be told, as {@link #events(Options)} has it
   */
  Youth(final Schema opened, final int mostEvents) {
    this.opened = opened;
    this.mostEvents = mostEvents;
    schema = opened;
  }

  /** A preset's options, and the one of its learners' youth. */
  static List<Option> with(final List<Option> own) {
    final List<Option> all = new ArrayList<>(own);
    all.add(OPTION);
    return all;
  }

  /** Events up to which a learner is young. */
  static int events(final Options options) {
    return options.integer(NAME, 0, MOST_EVENTS);
  }

  /**
   * Whether it is over: more happened than is worth being told again.
   *
   * @param stateBytes heap bytes of what the learner made of it, asked at the first event alone
   */
  boolean isOver(final LongSupplier stateBytes) {
    return over
        || events > mostEvents
        || calls.size() > CALLS * mostEvents
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

  /** Pool events were handed out, which are not to come again. */
  void drained() {
    add(new Told.Drained(), 0);
  }

  /**
   * @param before what was in force until then
   * @param mostEventsNow how many it may be told from here on
   */
  void respecified(final LearnerSpec before, final int mostEventsNow) {
    mostEvents = mostEventsNow;
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
      sorts[i] = (byte) sort(calls.get(i));
    }
    return sorts;
  }

  private static int sort(final Told call) {
    if (call instanceof Told.Event event) {
      return event.then() == null ? EVENT : LATE;
    }
    return call instanceof Told.Growth
        ? GROWTH
        : call instanceof Told.Respecified ? RESPECIFIED : DRAINED;
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
