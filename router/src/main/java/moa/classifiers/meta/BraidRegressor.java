package moa.classifiers.meta;

/** Braid for numbers where MOA looks for regressors: {@code meta.BraidRegressor} is enough. */
public final class BraidRegressor extends dev.braid.moa.BraidRegressor {
  private static final long serialVersionUID = 1L;
}
