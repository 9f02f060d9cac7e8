package dev.braid.benchmarks.numbers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model tree errs no more than MOA's FIMTDD with the same grace period, confidence, tie
 * threshold and drift test. Their predictions are not equal to the digit: MOA's observers are
 * search trees that hold every value and its models start at random weights and may run away, while
 * ours are histograms and models that are bounded.
 */
class ModelTreeParityTest {

  @ParameterizedTest
  @ValueSource(strings = {"fried", "fried_a", "fried_g", "hyper"})
  void errsNoMoreThanFimtddOfMoa(final String name) {
    final NumberStream events = NumberStream.open(name, 10_000, StreamOptions.DEFAULT);
    final Expert ours =
        Experts.open(
            "model-tree(grace-period=200,split-confidence=1e-7,tie-threshold=0.05)",
            events.schema(),
            1);
    final NumberLearner theirs =
        NumberLearner.open("moa:trees.FIMTDD -g 200 -c 1e-7 -t 0.05", 1, events.schema());
    double ourSquares = 0;
    double theirSquares = 0;
    final double[] said = new double[1];
    for (int t = 0; t < events.y().size(); t++) {
      final double[] x = events.x().get(t);
      final double y = events.y().get(t);
      ours.predict(x, said);
      ourSquares += (said[0] - y) * (said[0] - y);
      theirSquares += Math.pow(theirs.predict(x) - y, 2);
      ours.learn(x, y, 1);
      theirs.learn(x, y);
    }
    final double ratio = Math.sqrt(ourSquares / theirSquares);
    assertTrue(ratio < 1, "root of the mean squared error is " + ratio + " times MOA's");
  }
}
