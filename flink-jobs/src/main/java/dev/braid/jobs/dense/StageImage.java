package dev.braid.jobs.dense;

import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.jobs.config.JobConfig;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;

/**
 * Chunk 0 of a {@link DenseStage} ({@link ImageKind#DENSE_STAGE}): for what layers, features and
 * classes it is, standardisation, and the rows to be learned.
 */
final class StageImage {

  private StageImage() {}

  /**
   * Begins to read.
   *
   * @throws IllegalStateException if it was written with another configuration of the layers
   */
  static void begin(final ImageReader in, final JobConfig config) {
    in.begin(ImageKind.DENSE_STAGE);
    requireSame(in.getInt(), config.dense().layers(), "dense.layers");
    requireSame(strings(in), config.learner().schema().numeric(), "schema.numeric");
    requireSame(strings(in), config.learner().schema().classes(), "schema.classes");
    requireSame(strings(in), nominal(config), "schema.nominal");
    requireSame(in.getInt(), nominalValues(config), "dense.nominal-values");
  }

  /**
   * @throws IllegalStateException if a layer that was saved is not the one that is configured
   */
  static void requireSame(final DenseMoeSpec saved, final DenseMoeSpec configured) {
    requireSame(saved, configured, "dense.*");
  }

  private static void requireSame(final Object saved, final Object configured, final String keys) {
    if (!saved.equals(configured)) {
      throw new IllegalStateException(
          "The savepoint or checkpoint holds a dense layer of "
              + saved
              + ", but the configuration asks for "
              + configured
              + ": set "
              + keys
              + " and model.seed to what they were, or start without it.");
    }
  }

  /** Reads the rest. */
  static void restore(final ImageReader in, final DenseInputs inputs, final DenseBatch training) {
    inputs.restore(in);
    final int classes = training.spec().classes();
    for (int left = in.getIntIn(0, training.capacity() - 1, "rows to be learned");
        left > 0;
        left--) {
      final int label = in.getIntIn(0, classes - 1, "label");
      final float[] row = in.getFloats();
      if (row.length != training.spec().inputs()) {
        throw new MalformedImageException("a row of " + row.length + " inputs");
      }
      training.add(row, label);
    }
    in.end();
  }

  static void write(
      final JobConfig config,
      final DenseInputs inputs,
      final DenseBatch training,
      final ImageWriter to) {
    to.begin(ImageKind.DENSE_STAGE).putInt(config.dense().layers());
    strings(config.learner().schema().numeric(), to);
    strings(config.learner().schema().classes(), to);
    strings(nominal(config), to);
    to.putInt(nominalValues(config));
    inputs.write(to);
    to.putInt(training.rows());
    final int width = training.spec().inputs();
    for (int r = 0; r < training.rows(); r++) {
      to.putInt(training.labels()[r]).putFloats(training.inputs(), r * width, width);
    }
  }

  /** The nominal features that are inputs. */
  private static List<String> nominal(final JobConfig config) {
    return config.dense().nominalValues() == 0 ? List.of() : config.learner().schema().nominal();
  }

  /** Inputs of each, 0 where there are none. */
  private static int nominalValues(final JobConfig config) {
    return nominal(config).isEmpty() ? 0 : config.dense().nominalValues();
  }

  private static void strings(final List<String> values, final ImageWriter out) {
    out.putInt(values.size());
    values.forEach(out::putString);
  }

  private static List<String> strings(final ImageReader in) {
    final String[] values = new String[in.getIntIn(0, in.remaining(), "number of names")];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getString();
    }
    return List.of(values);
  }
}
