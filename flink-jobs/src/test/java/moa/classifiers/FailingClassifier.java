package moa.classifiers;

import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import moa.core.Measurement;

/**
 * A classifier with a defect for each thing it does, which a value of the first feature brings out.
 * It lies where MOA's classifiers do, since only those are read back. Says the last label. Learning
 * fails behind half of an update.
 */
public final class FailingClassifier extends AbstractClassifier {
  private static final long serialVersionUID = 1L;

  /** As an expert of a pool. */
  public static final String EXPERT = "moa(" + FailingClassifier.class.getName() + ")";

  /** Values of the first feature on which it fails to predict, and to learn. */
  public static final double FAILS_TO_PREDICT = -1;

  public static final double FAILS_TO_LEARN = -0.5;

  /** Name of a feature with which it fails to grow. */
  public static final String FAILS_TO_GROW = "too much";

  private int last;
  private int learned;

  @Override
  public boolean trainingHasStarted() {
    return true;
  }

  @Override
  public double[] getVotesForInstance(final Instance instance) {
    failOn(FAILS_TO_PREDICT, instance);
    final double[] votes = new double[last + 1];
    votes[last] = 1 + learned;
    return votes;
  }

  @Override
  public void trainOnInstanceImpl(final Instance instance) {
    last = (int) instance.classValue();
    failOn(FAILS_TO_LEARN, instance);
    learned++;
  }

  private static void failOn(final double value, final Instance instance) {
    if (instance.value(0) == value) {
      throw new IllegalStateException("cannot bear " + value);
    }
  }

  @Override
  public void setModelContext(final InstancesHeader header) {
    super.setModelContext(header);
    for (int a = 0; a < header.numAttributes(); a++) {
      if (header.attribute(a).name().equals(FAILS_TO_GROW)) {
        throw new IllegalStateException("cannot grow");
      }
    }
  }

  @Override
  public void resetLearningImpl() {
    last = 0;
    learned = 0;
  }

  @Override
  protected Measurement[] getModelMeasurementsImpl() {
    return new Measurement[0];
  }

  @Override
  public void getModelDescription(final StringBuilder out, final int indent) {
    out.append(last);
  }

  @Override
  public boolean isRandomizable() {
    return false;
  }
}
