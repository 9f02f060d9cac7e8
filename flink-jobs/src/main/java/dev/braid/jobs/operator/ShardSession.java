package dev.braid.jobs.operator;

import dev.braid.data.Schema;
import dev.braid.router.Division;
import dev.braid.router.PoolEvent;
import dev.braid.router.Shard;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import dev.braid.state.keyed.PartTable;
import dev.braid.state.keyed.WorkingSet;
import java.util.Arrays;
import java.util.List;

/** One shard of a model at work. Knows nothing of Flink. */
final class ShardSession implements WorkingSet.Model {
  private static final long ABOUT_BYTES = 512;
  private static final int[] NONE = {};
  private static final long[] NO_SIZES = {};

  private final int number;
  private final String model;
  private final Division division;
  private PartTable parts;

  /** Null before the first event, and while its experts cannot be opened. */
  private Shard shard;

  /** Why they cannot. */
  private String closed = "the experts of a shard could not be opened";

  private double[] x = new double[0];

  /**
   * @param key by {@link ShardKeys}
   * @param saved null if it has no state yet
   */
  ShardSession(
      final String key, final Division division, final PartTable parts, final SavedParts saved) {
    this.number = ShardKeys.shard(key);
    this.model = ShardKeys.model(key);
    this.division = division;
    this.parts = parts;
    if (saved != null) {
      shard = division.readShard(number, saved);
    }
  }

  PartTable table() {
    return parts;
  }

  List<Part> parts() {
    return shard == null ? List.of() : shard.parts();
  }

  /** What a shard is taken back to when an expert failed. */
  interface Restorer {
    /** Takes {@link #restore} back to what was saved last. */
    void restore() throws Exception;
  }

  /** Goes on with what was saved last, or anew where nothing was. */
  void restore(final PartTable saved, final SavedParts chunks) {
    parts = saved;
    shard =
        chunks == null
            ? division.openShard(number, shard.schema())
            : division.readShard(number, chunks);
  }

  AnswerBatch answer(final TaskBatch batch, final Restorer restorer) throws Exception {
    final long start = System.nanoTime();
    String failure = null;
    if (batch.schema() != null) {
      final Schema now = Schema.read(new ImageReader(batch.schema()));
      try {
        follow(now, batch.fresh());
      } catch (final RuntimeException failed) {
        failure = reason(failed);
        goOn(now, restorer);
      }
    }
    final int[] places = shard == null ? NONE : shard.places();
    final int width = shard == null ? 0 : shard.schema().target().width();
    final double[] rows = new double[batch.count() * places.length * width];
    final long[] sizes = new long[2 * batch.count()];
    int[] changes = NONE;
    String[] failures = null;
    int sized = 0;
    if (x.length != batch.features()) {
      x = new double[batch.features()];
    }
    for (int t = 0; t < batch.count(); t++) {
      System.arraycopy(batch.x(), t * x.length, x, 0, x.length);
      final int kind = batch.kinds()[t];
      if (shard == null) {
        failure = failure == null ? closed : failure;
      } else {
        try {
          work(kind, batch.targets()[t], rows, t * places.length * width, width);
        } catch (final RuntimeException failed) {
          failure = reason(failed);
          goOn(shard.schema(), restorer);
        }
      }
      if (failure != null) {
        failures = failures == null ? new String[batch.count()] : failures;
        failures[t] = failure;
        failure = null;
      }
      if (shard == null) {
        continue;
      }
      if ((kind & TaskBatch.LEARN) != 0) {
        changes = changes(t, changes);
      }
      if ((kind & TaskBatch.SIZE) != 0) {
        sizes[sized++] = t;
        sizes[sized++] = shard.sizeBytes();
      }
    }
    return new AnswerBatch(
        model,
        number,
        batch.count(),
        places,
        width,
        rows,
        sized == 0 ? NO_SIZES : Arrays.copyOf(sizes, sized),
        changes,
        failures,
        System.nanoTime() - start);
  }

  private static String reason(final RuntimeException failed) {
    return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
  }

  /**
   * An expert failed: all of the shard go on as they were saved last, or anew where they cannot.
   */
  private void goOn(final Schema now, final Restorer restorer) throws Exception {
    try {
      restorer.restore();
      if (!shard.schema().equals(now)) {
        shard.grow(now);
      }
    } catch (final RuntimeException again) {
      openAnew(now);
    }
  }

  /** With experts that cannot be opened, all that comes is answered with the reason. */
  private void openAnew(final Schema now) {
    try {
      shard = division.openShard(number, now);
    } catch (final RuntimeException never) {
      shard = null;
      closed = reason(never);
    }
  }

  private void follow(final Schema schema, final boolean fresh) {
    if (shard == null || fresh) {
      shard = division.openShard(number, schema);
    } else {
      shard.grow(schema);
    }
  }

  private void work(
      final int kind, final double target, final double[] rows, final int at, final int width) {
    shard.ask(x);
    for (int e = 0; e < shard.places().length; e++) {
      System.arraycopy(shard.prediction(e), 0, rows, at + e * width, width);
    }
    if ((kind & TaskBatch.LEARN) != 0) {
      shard.learn(x, target, 1);
    }
  }

  private int[] changes(final int task, final int[] before) {
    int[] changes = before;
    for (int e = 0; e < shard.places().length; e++) {
      for (final PoolEvent.Kind change : shard.drainChanges(e)) {
        final int at = changes.length;
        changes = Arrays.copyOf(changes, at + 3);
        changes[at] = task;
        changes[at + 1] = shard.places()[e];
        changes[at + 2] = AnswerBatch.KINDS.indexOf(change);
      }
    }
    return changes;
  }

  @Override
  public long sizeBytes() {
    return ABOUT_BYTES + (shard == null ? 0 : shard.sizeBytes());
  }
}
