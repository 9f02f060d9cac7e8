package moa.classifiers.meta;

import dev.braid.moa.BraidClassifier;

/**
 * Braid where MOA looks for classifiers: its windows list only what is in packages below {@code
 * moa}, and its command line completes names there, so that {@code meta.Braid -p tame} is enough.
 */
public final class Braid extends BraidClassifier {
  private static final long serialVersionUID = 1L;
}
