package dev.braid.moa;

import com.github.javacliparser.IntOption;
import com.github.javacliparser.StringOption;
import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import moa.capabilities.Capability;
import moa.capabilities.ImmutableCapabilities;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.MultiClassClassifier;
import moa.core.Measurement;

/**
 * A Braid learner as a classifier of MOA, for instance {@code EvaluatePrequential -l
 * (dev.braid.moa.BraidClassifier -p braid -r 7)}. An instance whose class is missing is left out of
 * training, and one counts as often as its weight says. MOA copies and serialises classifiers: the
 * learner goes along as its image.
 *
 * @see moa.classifiers.meta.Braid the same where MOA looks for classifiers by itself
 */
public class BraidClassifier extends AbstractClassifier implements MultiClassClassifier {
  private static final long serialVersionUID = 1L;

  /** A numeric class may name one of so many; each costs memory in every expert. */
  private static final int MOST_CLASSES = 9_999;

  /** The preset and its options as one text. */
  public final StringOption presetOption =
      new StringOption(
          "preset",
          'p',
          "Preset of the learner, its options in parentheses: driftmoe-data(batch=1,top-k=2).",
          "braid");

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
    return votes(prediction);
  }

  /**
   * What MOA is told of a prediction: the probabilities, and the most votes for the class named,
   * since MOA takes the first of those that have most.
   */
  double[] votes(final Prediction of) {
    final double[] votes = of.probabilities().clone();
    final int named = of.label();
    double most = 0;
    for (int c = 0; c < votes.length; c++) {
      if (c != named) {
        most = Math.max(most, c < named ? Math.nextUp(votes[c]) : votes[c]);
      }
    }
    if (named >= 0) {
      votes[named] = Math.max(votes[named], most);
    }
    return votes;
  }

  /** The schema that an instance says there is. */
  Schema schema(final Instance instance) {
    return MoaSchema.ofClasses(instance);
  }

  @Override
  public void trainOnInstanceImpl(final Instance instance) {
    ensureLearner(instance);
    if (!instance.classIsMissing()) {
      learner.learn(features(instance), target(instance, learner), instance.weight());
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
                LearnerSpec.parse(presetOption.getValue(), seedOption.getValue()),
                schema(instance));
    saved = null;
    prediction = new Prediction();
    x = new double[learner.schema().featureCount()];
  }

  /** What an instance is labelled; a numeric class is cut to a whole number, as MOA's own do. */
  double target(final Instance instance, final Learner of) {
    final int label = (int) instance.classValue();
    if (label < 0 || label > MOST_CLASSES) {
      throw new IllegalArgumentException(
          "class " + instance.classValue() + " is not one of 0 to " + MOST_CLASSES);
    }
    Schema schema = of.schema();
    while (label >= schema.classCount()) {
      schema = schema.withClass(Integer.toString(schema.classCount()));
    }
    if (schema.classCount() > of.schema().classCount()) {
      of.grow(schema);
    }
    return label;
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
      new Measurement("experts", learner == null ? 0 : learner.members().size()),
      new Measurement("model bytes", learner == null ? 0 : learner.sizeBytes())
    };
  }

  @Override
  public void getModelDescription(final StringBuilder out, final int indent) {
    out.append(" ".repeat(indent)).append("Braid, preset ").append(presetOption.getValue());
  }

  /**
   * Java serialisation, which MOA's copies go through, calls this before it writes; not private,
   * lest it be passed over for subclasses.
   */
  protected Object writeReplace() {
    if (learner != null) {
      saved = LearnerImage.toBytes(learner);
    }
    return this;
  }
}
