package dev.braid.moa;

import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.Prediction;
import moa.classifiers.Regressor;

/**
 * A Braid learner as a regressor of MOA, for instance {@code EvaluatePrequentialRegression -l
 * (dev.braid.moa.BraidRegressor -r 7)}. All else is as in {@link BraidClassifier}.
 *
 * @see moa.classifiers.meta.BraidRegressor the same where MOA looks for regressors by itself
 */
public class BraidRegressor extends BraidClassifier implements Regressor {
  private static final long serialVersionUID = 1L;

  @Override
  public String getPurposeString() {
    return "Braid: a small pool of experts for numbers that learns while it predicts.";
  }

  /** MOA takes 0 for a prediction that is not there yet. */
  @Override
  double[] votes(final Prediction of) {
    return new double[] {Double.isNaN(of.number()) ? 0 : of.number()};
  }

  @Override
  Schema schema(final Instance instance) {
    return MoaSchema.ofNumber(instance);
  }

  @Override
  double target(final Instance instance, final Learner of) {
    return instance.classValue();
  }
}
