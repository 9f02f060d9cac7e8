package dev.braid.experts.basic;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetState;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Probabilities;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * The prediction of a model outside the learner, for instance of a dense layer in front of it. It
 * comes with the event, as one numeric feature per class that is named {@code @NAME:CLASS} and
 * holds the class's probability. What is missing or below 0 counts as 0; where nothing is above 0
 * the prediction is uniform. Where the target is a number there is one feature,
 * {@code @NAME:value}; where it is missing the mean so far is said.
 *
 * <p>Only features of models that the learner was opened with count as such. Who reads records
 * calls a feature of any other such name another one, {@link #escaped}.
 *
 * <p>It learns nothing itself but a number's usual range; what it is worth is for those who weigh
 * it to learn.
 *
 * <p>Layout of the image: the outside model's name, the range of a number.
 */
public final class ExternalPrediction implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "external-prediction";

  /** How the names of such features begin. */
  private static final char RESERVED = '@';

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  /** What stands for the class in the name of the feature that brings a number. */
  private static final String VALUE = "value";

  private final String name;
  private final Reading reading;
  private int[] columns;
  private boolean dirty = true;

  /**
   * The prediction of one model.
   *
   * @param name of the model
   */
  public ExternalPrediction(final Schema schema, final String name) {
    this.name = name;
    reading = schema.target() instanceof Target.Quantity ? new Single() : new Shares();
    columns = columns(schema, name);
  }

  /** Name of the feature that holds a number. */
  public static String feature(final String model) {
    return feature(model, VALUE);
  }

  /** Name of the feature that holds a class's probability. */
  public static String feature(final String model, final String className) {
    return prefix(model) + className;
  }

  private static String prefix(final String model) {
    return RESERVED + model + ':';
  }

  /** Whether a feature brings part of a model's prediction. */
  public static boolean isOf(final String model, final Feature feature) {
    return !feature.isNominal() && feature.name().startsWith(prefix(model));
  }

  /** What a feature of a record is called inside, so that no record can bring a prediction. */
  public static String escaped(final String feature) {
    return !feature.isEmpty() && feature.charAt(0) == RESERVED ? RESERVED + feature : feature;
  }

  /**
   * The models that a list names.
   *
   * @param list names with commas between them, possibly none
   * @throws IllegalArgumentException with one sentence, if one is no name or is there twice
   */
  public static List<String> models(final String list) {
    final List<String> models = new ArrayList<>();
    for (final String part : list.isBlank() ? new String[0] : list.split(",", -1)) {
      final String model = part.strip();
      if (!NAME.matcher(model).matches() || models.contains(model)) {
        throw new IllegalArgumentException(
            "'"
                + model
                + "' cannot name an external model, or does so twice: a name has lower case"
                + " letters, digits and hyphens");
      }
      models.add(model);
    }
    return List.copyOf(models);
  }

  private static int[] columns(final Schema schema, final String name) {
    if (schema.target() instanceof Target.Quantity) {
      return new int[] {schema.featureIndex(feature(name))};
    }
    final int[] columns = new int[schema.classCount()];
    Arrays.setAll(columns, c -> schema.featureIndex(feature(name, schema.classes().get(c))));
    return columns;
  }

  /** Name of the model. */
  public String model() {
    return name;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    reading.read(x, columns, prediction);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    dirty |= reading.learn(target);
  }

  @Override
  public void grow(final Schema schema) {
    columns = columns(schema, name);
  }

  @Override
  public long operations() {
    return columns.length;
  }

  @Override
  public long sizeBytes() {
    return 64 + 4L * columns.length + 2L * name.length() + reading.sizeBytes();
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
    out.begin(ImageKind.EXPERT, KIND).putString(name);
    reading.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written, predictions included
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static ExternalPrediction read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final ExternalPrediction expert = new ExternalPrediction(schema, in.getString());
    expert.reading.read(in);
    in.end();
    expert.markClean();
    return expert;
  }

  /** How a prediction is made of features, by the sort of target. */
  private interface Reading extends TargetState {
    void read(double[] x, int[] columns, double[] prediction);

    /** Takes in a target; whether anything changed. */
    boolean learn(double target);
  }

  /** Probabilities of the classes. */
  private static final class Shares implements Reading {
    @Override
    public void read(final double[] x, final int[] columns, final double[] prediction) {
      double sum = 0;
      for (int c = 0; c < columns.length; c++) {
        final double given = columns[c] < 0 ? 0 : x[columns[c]];
        // A probability above 1 is none; the comparison is false for NaN.
        prediction[c] = given > 0 ? Math.min(1, given) : 0;
        sum += prediction[c];
      }
      if (!(sum > Float.MIN_NORMAL)) {
        Probabilities.uniform(prediction);
        return;
      }
      for (int c = 0; c < columns.length; c++) {
        prediction[c] /= sum;
      }
    }

    @Override
    public boolean learn(final double target) {
      return false;
    }
  }

  /** A number. */
  private static final class Single extends TargetState.OfNumbers implements Reading {
    @Override
    public void read(final double[] x, final int[] columns, final double[] prediction) {
      prediction[0] = scale.limit(columns[0] < 0 ? Double.NaN : x[columns[0]]);
    }

    @Override
    public boolean learn(final double target) {
      scale.learn(target);
      return true;
    }
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The prediction of a model outside, which comes with the event as features.",
          List.of(
              new Option(
                  "model",
                  "outside",
                  "Name of the model, whose features are named `@NAME:CLASS`, or `@NAME:value` for a"
                      + " number.")),
          (options, schema, seed) -> new ExternalPrediction(schema, options.text("model")),
          ExternalPrediction::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return true;
    }

    @Override
    public String label(final Options chosen) {
      return chosen.text("model");
    }
  }
}
