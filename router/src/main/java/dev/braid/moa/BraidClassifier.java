package dev.braid.moa;

import com.github.javacliparser.IntOption;
import com.github.javacliparser.StringOption;
import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.Map;
import java.util.TreeMap;
import moa.capabilities.Capability;
import moa.capabilities.ImmutableCapabilities;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.MultiClassClassifier;
import moa.core.Measurement;

/**
 * A Braid learner as a classifier of MOA, for instance {@code EvaluatePrequential -l
 * (dev.braid.moa.BraidClassifier -p braid -r 7)}. An instance whose class is missing is left out of
 * training. MOA copies and serialises classifiers: the learner goes along as its image.
 *
 * @see moa.classifiers.meta.Braid the same where MOA looks for classifiers by itself
 */
public class BraidClassifier extends AbstractClassifier implements MultiClassClassifier {
  private static final long serialVersionUID = 1L;

  /** Name of the preset. */
  public final StringOption presetOption =
      new StringOption("preset", 'p', "Preset of the learner.", "braid");

  /** The preset's options. */
  public final StringOption optionsOption =
      new StringOption(
          "presetOptions", 'o', "Options of the preset as name=value, separated by ';'.", "");

  /** Seed of everything random in the learner. */
  public final IntOption seedOption = new IntOption("seed", 'r', "Seed of the learner.", 1);

  private transient Learner learner;
  private transient Prediction prediction;
  private transient double[] x;
  private byte[] saved;

  @Override
  public String getPurposeString() {
    return "Braid: a router over a small pool of experts that learns while it predicts.";
  }

  /** In MOA's short lists too, which its windows show at first. */
  @Override
  public ImmutableCapabilities defineImmutableCapabilities() {
    return new ImmutableCapabilities(Capability.VIEW_STANDARD, Capability.VIEW_LITE);
  }

  @Override
  public boolean isRandomizable() {
    return true;
  }

  @Override
  public void setRandomSeed(final int seed) {
    super.setRandomSeed(seed);
    seedOption.setValue(seed);
  }

  @Override
  public void resetLearningImpl() {
    learner = null;
    saved = null;
  }

  @Override
  public double[] getVotesForInstance(final Instance instance) {
    ensureLearner(instance);
    learner.predict(features(instance), prediction);
    return prediction.probabilities().clone();
  }

  @Override
  public void trainOnInstanceImpl(final Instance instance) {
    ensureLearner(instance);
    if (!instance.classIsMissing()) {
      learner.learn(features(instance), (int) instance.classValue());
    }
  }

  private void ensureLearner(final Instance instance) {
    if (learner != null) {
      return;
    }
    learner =
        saved != null
            ? LearnerImage.fromBytes(saved)
            : Presets.open(
                new LearnerSpec(
                    presetOption.getValue(),
                    seedOption.getValue(),
                    options(optionsOption.getValue())),
                InstanceSchema.of(instance));
    saved = null;
    prediction = new Prediction();
    x = new double[learner.schema().featureCount()];
  }

  private static Map<String, String> options(final String text) {
    final Map<String, String> options = new TreeMap<>();
    for (final String option : text.split(";")) {
      final int equals = option.indexOf('=');
      if (equals > 0) {
        options.put(option.substring(0, equals).trim(), option.substring(equals + 1).trim());
      } else if (!option.isBlank()) {
        throw new IllegalArgumentException("'" + option + "' is not of the form name=value");
      }
    }
    return options;
  }

  private double[] features(final Instance instance) {
    final int classIndex = instance.classIndex();
    for (int i = 0; i < x.length; i++) {
      final int attribute = i < classIndex ? i : i + 1;
      x[i] = instance.isMissing(attribute) ? Double.NaN : instance.value(attribute);
    }
    return x;
  }

  @Override
  protected Measurement[] getModelMeasurementsImpl() {
    return new Measurement[] {
      new Measurement("experts", learner == null ? 0 : learner.expertCount()),
      new Measurement("model bytes", learner == null ? 0 : learner.sizeBytes())
    };
  }

  @Override
  public void getModelDescription(final StringBuilder out, final int indent) {
    out.append(" ".repeat(indent)).append("Braid, preset ").append(presetOption.getValue());
  }

  /** Java serialisation, which MOA's copies go through, calls this before it writes. */
  private Object writeReplace() {
    if (learner != null) {
      saved = LearnerImage.toBytes(learner);
    }
    return this;
  }
}
