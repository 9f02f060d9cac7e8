package dev.braid.jobs.operator;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Experts;
import dev.braid.experts.basic.LastLabel;
import dev.braid.state.image.ImageWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

/**
 * An expert with a defect for each thing it does, which a value of the first feature brings out.
 * Learning fails behind half of an update.
 */
final class FailingExpert implements Expert {
  static final String KIND = "failing";

  /** Values of the first feature on which it fails to predict, and to learn. */
  static final double FAILS_TO_PREDICT = -1;

  static final double FAILS_TO_LEARN = -0.5;

  /** Name of a feature with which it fails to grow. */
  static final String FAILS_TO_GROW = "too much";

  private final LastLabel sound;

  private FailingExpert(final LastLabel sound) {
    this.sound = sound;
  }

  /** Registers the kind while a test runs; it is no kind that anybody else should see. */
  static void register() throws Exception {
    final Method add =
        Experts.REGISTRY.getClass().getDeclaredMethod("add", dev.braid.spec.Entry.class);
    add.setAccessible(true);
    add.invoke(Experts.REGISTRY, new Kind());
  }

  static void unregister() throws Exception {
    final Field entries = Experts.REGISTRY.getClass().getDeclaredField("entries");
    entries.setAccessible(true);
    ((Map<?, ?>) entries.get(Experts.REGISTRY)).remove(KIND);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    failOn(FAILS_TO_PREDICT, x);
    sound.predict(x, prediction);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    sound.learn(x, target, weight);
    failOn(FAILS_TO_LEARN, x);
    sound.learn(x, target, weight);
  }

  private static void failOn(final double value, final double[] x) {
    if (x[0] == value) {
      throw new IllegalStateException("cannot bear " + value);
    }
  }

  @Override
  public void grow(final Schema schema) {
    sound.grow(schema);
    if (schema.featureIndex(FAILS_TO_GROW) >= 0) {
      throw new IllegalStateException("cannot grow");
    }
  }

  @Override
  public long operations() {
    return sound.operations();
  }

  @Override
  public long sizeBytes() {
    return sound.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return sound.isDirty(chunk);
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    sound.writeChunk(chunk, out);
  }

  @Override
  public void markClean() {
    sound.markClean();
  }

  private static final class Kind extends ExpertKind {
    Kind() {
      super(
          KIND,
          "For tests.",
          List.of(),
          (options, schema, seed) -> new FailingExpert(new LastLabel(schema)),
          (schema, count, chunks) -> new FailingExpert(LastLabel.read(schema, count, chunks)));
    }
  }
}
