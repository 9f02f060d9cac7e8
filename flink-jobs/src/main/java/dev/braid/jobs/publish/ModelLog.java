package dev.braid.jobs.publish;

import dev.braid.jobs.publish.Pieces.Piece;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * Puts models together of the records of their topic, in the order in which they stand there. What
 * is published at a checkpoint is looked at once every subtask has ended it, and not before: until
 * then the models are those of the checkpoint before. Not thread-safe.
 *
 * <p>A reader far behind, or one that starts anew, finds records missing that were compacted since:
 * then the table of a model tells that its chunks are of another checkpoint, and the model stays as
 * it was until a later table comes, which is always there.
 */
public final class ModelLog {
  private final BiConsumer<String, PublishedModel> changes;
  private final Map<String, Model> models = new HashMap<>();
  private final List<Staged> staged = new ArrayList<>();
  private final Set<Integer> ended = new TreeSet<>();
  private final Set<String> incomplete = new TreeSet<>();
  private Moment ending;
  private CheckpointEnd last;
  private long refused;

  /**
   * @param changes receives each model that is another now, or null where it is gone
   */
  public ModelLog(final BiConsumer<String, PublishedModel> changes) {
    this.changes = changes;
  }

  /** A record whose checkpoint has not ended; the piece is null where something was removed. */
  private record Staged(ModelKey key, Piece piece) {}

  /** All that is known of a model. */
  private static final class Model {
    final Map<Long, Whole> chunks = new HashMap<>();
    final Whole table = new Whole();
    String run;
  }

  /** A chunk or table, as far as its pieces are there. */
  private static final class Whole {
    private Moment moment;
    private byte[] bytes = new byte[0];
    private BitSet missing = new BitSet();

    void add(final Piece piece) {
      if (!piece.moment().equals(moment) || bytes.length != piece.all()) {
        moment = piece.moment();
        bytes = new byte[piece.all()];
        missing = new BitSet();
        missing.set(0, Pieces.count(piece.all()));
      }
      System.arraycopy(piece.bytes(), 0, bytes, piece.from(), piece.bytes().length);
      missing.clear(piece.from() / Pieces.BYTES);
    }

    boolean isWhole() {
      return bytes.length > 0 && missing.isEmpty();
    }
  }

  /**
   * Takes one record.
   *
   * @param key as text
   * @param value null where something was removed
   */
  public void add(final String key, final byte[] value) {
    final ModelKey about = ModelKey.parse(key);
    if (about == null) {
      refused++;
      return;
    }
    try {
      if (about.part() != ModelKey.CHECKPOINT) {
        staged.add(new Staged(about, value == null ? null : Piece.read(value)));
      } else if (value != null) {
        end(CheckpointEnd.read(value));
      }
    } catch (final MalformedImageException damaged) {
      refused++;
    }
  }

  private void end(final CheckpointEnd end) {
    if (!end.moment().equals(ending)) {
      ending = end.moment();
      ended.clear();
    }
    ended.add(end.subtask());
    if (ended.size() == end.subtasks()) {
      apply(end);
      ended.clear();
    }
  }

  private void apply(final CheckpointEnd end) {
    final Set<String> touched = new LinkedHashSet<>();
    final List<Staged> later = new ArrayList<>();
    for (final Staged each : staged) {
      if (isLater(each, end.moment())) {
        later.add(each);
      } else {
        take(each);
        touched.add(each.key().model());
      }
    }
    staged.clear();
    staged.addAll(later);
    touched.forEach(this::install);
    if (last == null || !last.moment().run().equals(end.moment().run())) {
      // A run publishes all its models at its first checkpoint: what it did not is there no more.
      for (final String key : List.copyOf(models.keySet())) {
        if (!end.moment().run().equals(models.get(key).run)) {
          drop(key);
        }
      }
    }
    last = end;
  }

  private static boolean isLater(final Staged record, final Moment now) {
    return record.piece() != null
        && record.piece().moment().run().equals(now.run())
        && record.piece().moment().checkpoint() > now.checkpoint();
  }

  private void take(final Staged record) {
    final ModelKey key = record.key();
    if (record.piece() == null) {
      // Chunks go with the table that names them no more; a model goes with its table.
      if (key.part() == ModelKey.TABLE && key.piece() == 0) {
        drop(key.model());
      }
      return;
    }
    final Model model = models.computeIfAbsent(key.model(), any -> new Model());
    model.run = record.piece().moment().run();
    if (key.part() == ModelKey.TABLE) {
      model.table.add(record.piece());
    } else {
      model.chunks.computeIfAbsent(key.place(), any -> new Whole()).add(record.piece());
    }
  }

  private void drop(final String key) {
    if (models.remove(key) != null) {
      incomplete.remove(key);
      changes.accept(key, null);
    }
  }

  private void install(final String key) {
    final Model model = models.get(key);
    if (model == null) {
      return;
    }
    final PublishedModel whole = whole(key, model);
    if (whole == null) {
      incomplete.add(key);
      return;
    }
    incomplete.remove(key);
    model.chunks.keySet().retainAll(Set.copyOf(whole.table().parts().places()));
    changes.accept(key, whole);
  }

  /** The model as its table says, or null if something of it is not there. */
  private static PublishedModel whole(final String key, final Model model) {
    if (!model.table.isWhole()) {
      return null;
    }
    final ModelTable table = ModelTable.read(model.table.bytes);
    final List<Long> places = table.parts().places();
    final Map<Long, byte[]> chunks = new HashMap<>(2 * places.size());
    long bytes = model.table.bytes.length;
    for (int i = 0; i < places.size(); i++) {
      final Whole chunk = model.chunks.get(places.get(i));
      if (chunk == null
          || !chunk.isWhole()
          || ModelTable.checksum(chunk.bytes) != table.checksums().get(i)) {
        return null;
      }
      chunks.put(places.get(i), chunk.bytes);
      bytes += chunk.bytes.length;
    }
    return new PublishedModel(key, table, bytes, table.parts().over(chunks));
  }

  /** The checkpoint that the models are of, or null before the first. */
  public CheckpointEnd last() {
    return last;
  }

  /** Models whose newest table does not fit their chunks: they stay as they were. */
  public int incomplete() {
    return incomplete.size();
  }

  /** Records that are none of a topic of models. */
  public long refused() {
    return refused;
  }

  /** Records whose checkpoint has not ended. */
  public int waiting() {
    return staged.size();
  }
}
