package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.List;

/**
 * Some of the experts of a divided learner. They see each event as {@link Intake} has it, and know
 * nothing of the experts of other shards.
 *
 * <p>Parts: a header, then the experts.
 */
public final class Shard {
  private final Pool pool;
  private final int[] places;
  private final Header header;
  private Schema schema;

  /**
   * @param places of the experts among all of the learner
   */
  Shard(final LearnerSpec spec, final Schema schema, final Pool pool, final int[] places) {
    this.schema = schema;
    this.pool = pool;
    this.places = places;
    header =
        Header.of(
            () -> new LearnerIdentity(spec, this.schema, pool.members()),
            new Running(List.of(out -> {})));
  }

  /** The chunks with the place of the router, which a shard has none of. */
  record Behind(SavedParts chunks) implements SavedParts {
    @Override
    public int chunkCount(final int part) {
      return chunks.chunkCount(part == 0 ? 0 : part - 1);
    }

    @Override
    public ImageReader chunk(final int part, final int chunk) {
      return chunks.chunk(part == 0 ? 0 : part - 1, chunk);
    }
  }

  public Schema schema() {
    return schema;
  }

  /** Places of its experts among those of the learner, ascending, shape [experts]; not a copy. */
  public int[] places() {
    return places;
  }

  /** Its experts. */
  public List<Member> members() {
    return pool.members();
  }

  /** Announces a schema that has grown: every index of the old one keeps its meaning. */
  public void grow(final Schema larger) {
    schema = larger;
    pool.grow(larger);
    header.identityChanged();
  }

  /** Asks all its experts. */
  public void ask(final double[] x) {
    pool.ask(x);
  }

  /** What an expert said when it was asked last, shape [width]; not a copy. */
  public double[] prediction(final int expert) {
    return pool.prediction(expert);
  }

  /** All its experts learn the event that they were asked about last. */
  public void learn(final double[] x, final double target, final double weight) {
    pool.learn(x, target, weight);
  }

  /** What happened to an expert since this was asked last, as {@link Pool#drainChanges} has it. */
  public List<PoolEvent.Kind> drainChanges(final int expert) {
    return pool.drainChanges(expert);
  }

  public List<Part> parts() {
    final List<Part> parts = new ArrayList<>(1 + pool.size());
    parts.add(header);
    parts.addAll(pool.experts());
    return parts;
  }

  /** Heap bytes held, an estimate. */
  public long sizeBytes() {
    return pool.sizeBytes();
  }
}
