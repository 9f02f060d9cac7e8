package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.TreeCounts;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * An expert of classes that {@link Rest rests} while it is worth nothing: then it learns nothing,
 * and what it says is NaN.
 *
 * <p>Chunk 0 is when it rests, the others are those of the expert.
 */
final class RestingExpert implements Expert {
  private static final int OPERATIONS = 50;

  private final Expert expert;
  private final Rest rest;
  private final boolean bounded;
  private double[] scratch;
  private boolean dirty = true;

  /** Whether it rested when that was asked last. */
  private boolean known;

  RestingExpert(final Expert expert, final RestPolicy policy, final Schema schema) {
    this(expert, policy, new Rest(schema.classCount(), policy.operations()), schema);
  }

  private RestingExpert(
      final Expert expert, final RestPolicy policy, final Rest rest, final Schema schema) {
    this.expert = expert;
    this.rest = rest;
    bounded = policy.isBounded();
    scratch = new double[schema.classCount()];
  }

  /**
   * @param in its chunk 0
   * @param expert read from the others
   */
  static RestingExpert read(
      final ImageReader in, final Expert expert, final RestPolicy policy, final Schema schema) {
    final Rest rest = Rest.read(schema.classCount(), policy.operations(), in);
    final RestingExpert read = new RestingExpert(expert, policy, rest, schema);
    read.known = in.getBoolean();
    in.end();
    read.dirty = false;
    return read;
  }

  boolean rests() {
    return rest.rests();
  }

  /** Whether it began or ceased to rest since this was asked last. */
  boolean drainChange() {
    final boolean changed = known != rest.rests();
    known = rest.rests();
    dirty |= changed;
    return changed;
  }

  @Override
  public String kind() {
    return expert.kind();
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    if (rest.rests()) {
      Arrays.fill(prediction, Double.NaN);
    } else {
      expert.predict(x, prediction);
    }
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    predict(x, scratch);
    learn(x, target, weight, scratch);
  }

  @Override
  public void learn(
      final double[] x, final double target, final double weight, final double[] predicted) {
    dirty = true;
    final long operations = bounded && !rest.rests() ? expert.operations() : 0;
    if (!rest.rests()) {
      expert.learn(x, target, weight, predicted);
    }
    rest.learn((int) target, predicted, operations);
  }

  @Override
  public void grow(final Schema schema) {
    expert.grow(schema);
    rest.grow(schema.classCount());
    scratch = new double[schema.classCount()];
    dirty = true;
  }

  @Override
  public TreeCounts treeCounts() {
    return expert.treeCounts();
  }

  @Override
  public int drainReplacements() {
    return expert.drainReplacements();
  }

  @Override
  public long operations() {
    return OPERATIONS + (rest.rests() ? 0 : expert.operations());
  }

  @Override
  public long sizeBytes() {
    return 48 + 8L * scratch.length + rest.sizeBytes() + expert.sizeBytes();
  }

  @Override
  public int chunkCount() {
    return 1 + expert.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? dirty : expert.isDirty(chunk - 1);
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk == 0) {
      rest.write(out);
      out.putBoolean(known);
    } else {
      expert.writeChunk(chunk - 1, out);
    }
  }

  @Override
  public void markClean() {
    dirty = false;
    expert.markClean();
  }
}
