package dev.braid.jobs.publish;

import dev.braid.jobs.publish.Pieces.Piece;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Puts models together of the records of their topic, in the order in which they stand there. What
 * is published at a checkpoint is looked at once every subtask has ended it, and not before: until
 * then the models are those of the checkpoint before. Not thread-safe, but for {@link #isLeftOut}.
 *
 * <p>A reader far behind, or one that starts anew, finds records missing that were compacted since:
 * then the table of a model tells that its chunks are of another checkpoint, and the model stays as
 * it was until a later table comes, which is always there.
 *
 * <p>Chunks are held up to a bound, and once more where a new run publishes all of them again. A
 * model that comes, or grows, beyond it is left out: it is gone until it is published as a whole
 * again and there is room.
 */
public final class ModelLog {
  private final long mostBytes;
  private final BiConsumer<String, PublishedModel> changes;
  private final Map<String, Model> models = new HashMap<>();

  /** By model, what was read and belongs to a checkpoint that has not ended. */
  private final Map<String, List<Staged>> staged = new LinkedHashMap<>();

  /** By model, the run that it was last published by. */
  private final Map<String, String> leftOut = new ConcurrentHashMap<>();

  /** Subtasks that have ended a checkpoint, of those that not all have. */
  private final Map<Moment, Set<Integer>> ended = new HashMap<>();

  private final Set<String> incomplete = new TreeSet<>();
  private long stagedBytes;
  private long heldBytes;
  private CheckpointEnd last;
  private long refused;

  /**
   * @param mostBytes of the chunks of all models, and of what has not ended
   * @param changes receives each model that is another now, or null where it is gone
   */
  public ModelLog(final long mostBytes, final BiConsumer<String, PublishedModel> changes) {
    this.mostBytes = mostBytes;
    this.changes = changes;
  }

  /** A record whose checkpoint has not ended; the piece is null where something was removed. */
  private record Staged(ModelKey key, Piece piece) {
    int bytes() {
      return piece == null ? 0 : piece.bytes().length;
    }
  }

  /** All that is known of a model. */
  private static final class Model {
    final Map<Long, Whole> chunks = new HashMap<>();
    final Whole table = new Whole();
    String run;

    long bytes() {
      return table.bytes.length
          + chunks.values().stream().mapToLong(chunk -> chunk.bytes.length).sum();
    }
  }

  /** A chunk or table, as far as its pieces are there. */
  private static final class Whole {
    private Moment moment;
    private byte[] bytes = new byte[0];
    private BitSet missing = new BitSet();

    /** Returns how many bytes more are held. */
    int add(final Piece piece) {
      final int before = bytes.length;
      if (piece.all() == piece.bytes().length) {
        moment = piece.moment();
        bytes = piece.bytes();
        missing = new BitSet();
        return bytes.length - before;
      }
      if (!piece.moment().equals(moment) || bytes.length != piece.all()) {
        moment = piece.moment();
        bytes = new byte[piece.all()];
        missing = new BitSet();
        missing.set(0, Pieces.count(piece.all()));
      }
      System.arraycopy(piece.bytes(), 0, bytes, piece.from(), piece.bytes().length);
      missing.clear(piece.from() / Pieces.BYTES);
      return bytes.length - before;
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
        stage(new Staged(about, value == null ? null : Piece.read(value)));
      } else if (value != null) {
        end(CheckpointEnd.read(value));
      }
    } catch (final MalformedImageException damaged) {
      refused++;
    }
  }

  private void stage(final Staged record) {
    final String model = record.key().model();
    if (stagedBytes + record.bytes() > mostBytes) {
      leaveOut(model, record.piece().moment().run());
      final List<Staged> gone = staged.remove(model);
      stagedBytes -= gone == null ? 0 : gone.stream().mapToLong(Staged::bytes).sum();
      return;
    }
    stagedBytes += record.bytes();
    staged.computeIfAbsent(model, any -> new ArrayList<>()).add(record);
  }

  private void end(final CheckpointEnd end) {
    final Moment moment = end.moment();
    final Set<Integer> subtasks = ended.computeIfAbsent(moment, any -> new TreeSet<>());
    subtasks.add(end.subtask());
    if (subtasks.size() == end.subtasks()) {
      apply(end);
      // What is of another run, or of a checkpoint before, ends no more.
      ended
          .keySet()
          .removeIf(
              other ->
                  !other.run().equals(moment.run()) || other.checkpoint() <= moment.checkpoint());
    }
  }

  private void apply(final CheckpointEnd end) {
    for (final Iterator<Map.Entry<String, List<Staged>>> each = staged.entrySet().iterator();
        each.hasNext(); ) {
      final Map.Entry<String, List<Staged>> records = each.next();
      final List<Staged> later = new ArrayList<>();
      for (final Staged record : records.getValue()) {
        if (isLater(record, end.moment())) {
          later.add(record);
        } else {
          stagedBytes -= record.bytes();
          take(record);
        }
      }
      if (later.size() < records.getValue().size()) {
        install(records.getKey());
      }
      if (later.isEmpty()) {
        each.remove();
      } else {
        records.setValue(later);
      }
    }
    final String run = end.moment().run();
    if (last == null || !last.moment().run().equals(run)) {
      // A run publishes all its models at its first checkpoint: what it did not is there no more.
      for (final String key : List.copyOf(models.keySet())) {
        if (!run.equals(models.get(key).run)) {
          drop(key);
        }
      }
      leftOut.values().removeIf(of -> !of.equals(run));
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
    final Whole whole =
        key.part() == ModelKey.TABLE
            ? model.table
            : model.chunks.computeIfAbsent(key.place(), any -> new Whole());
    heldBytes += whole.add(record.piece());
  }

  private void drop(final String key) {
    leftOut.remove(key);
    final Model gone = models.remove(key);
    if (gone != null) {
      heldBytes -= gone.bytes();
      incomplete.remove(key);
      changes.accept(key, null);
    }
  }

  private void leaveOut(final String key, final String run) {
    drop(key);
    leftOut.put(key, run);
  }

  private void install(final String key) {
    final Model model = models.get(key);
    if (model == null) {
      return;
    }
    final PublishedModel whole = wholeOrNull(key, model);
    if (heldBytes > mostBytes || (whole == null && isLeftOut(key))) {
      leaveOut(key, model.run);
      return;
    }
    if (whole == null) {
      incomplete.add(key);
      return;
    }
    incomplete.remove(key);
    leftOut.remove(key);
    heldBytes -= model.bytes();
    model.chunks.keySet().retainAll(Set.copyOf(whole.table().parts().places()));
    heldBytes += model.bytes();
    changes.accept(key, whole);
  }

  private static PublishedModel wholeOrNull(final String key, final Model model) {
    try {
      return whole(key, model);
    } catch (final MalformedImageException damaged) {
      return null;
    }
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
    return staged.values().stream().mapToInt(List::size).sum();
  }

  /** Models beyond the bound. */
  public int leftOut() {
    return leftOut.size();
  }

  /** Whether a model is there, but beyond the bound. May be asked by any thread. */
  public boolean isLeftOut(final String key) {
    return leftOut.containsKey(key);
  }
}
