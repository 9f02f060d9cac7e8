package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * In every so many steps all experts respond to a row, and those of the strongest response, the
 * largest norm of outputs, learn it, weighted by the softmax of the norms; the gate learns to say
 * that softmax. In all other steps, and when answering, the gate chooses as top-k does
 * (CompeteSMoE, Pham et al. 2024, sections 3.1 and 3.2, which draws the steps by chance).
 *
 * @param chosen experts of a row, 2 or more
 * @param every training steps from one competition to the next, 1 or more
 * @param distil factor of the gate's loss in a competition, above 0
 */
public record Compete(int chosen, int every, double distil) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "compete",
          "Experts of the strongest response learn a row in some steps, and the gate learns to"
              + " choose these in all others.",
          List.of(
              new Option("chosen", "2", "Experts of a row, 2 to 4096."),
              new Option("every", "4", "Training steps to the next competition, 1 or more."),
              new Option("distil", "1", "Factor of the gate's loss in a competition, to 1000.")),
          options ->
              new Compete(
                  options.integer("chosen", 2, 4096),
                  options.integer("every", 1, Integer.MAX_VALUE),
                  options.real("distil", 1e-6, 1000)));

  public Compete {
    if (chosen < 2) {
      throw new IllegalArgumentException("2 experts or more win a competition");
    }
  }

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public boolean couples() {
    return true;
  }

  private boolean isCompetition(final Step step) {
    return step.number() % every == every - 1;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.chooseLargestOfSoftmax(from, to, chosen, true);
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    if (!isCompetition(step)) {
      predict(routing, 0, step.labelled());
      return;
    }
    final int columns = routing.columns();
    final int c = step.outputs();
    for (int e = 0; e < columns; e++) {
      final float[] answers = routing.isAlive(e) ? step.answers(e) : null;
      for (int r = 0; r < step.labelled(); r++) {
        routing.affinity[r * columns + e] =
            answers == null ? Float.NEGATIVE_INFINITY : norm(answers, r * c, c);
      }
    }
    routing.softmaxOfAffinities(0, step.labelled());
    for (int r = 0; r < step.labelled(); r++) {
      routing.chooseLargest(r, chosen, true);
    }
  }

  private static float norm(final float[] values, final int from, final int length) {
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      squares += (double) values[i] * values[i];
    }
    return (float) Math.sqrt(squares);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    if (!isCompetition(step)) {
      routing.throughNormalisedWeights();
      routing.throughSoftmax(step.labelled());
      return;
    }
    // Cross-entropy of the gate's softmax against that of the responses, which teach it alone.
    final int columns = routing.columns();
    final float factor = (float) (distil / step.labelled());
    final int end = step.labelled() * columns;
    System.arraycopy(routing.score, 0, routing.gradient, 0, end);
    for (int from = 0; from < end; from += columns) {
      FloatMath.softmax(routing.gradient, from, columns);
    }
    for (int i = 0; i < end; i++) {
      routing.gradient[i] = factor * (routing.gradient[i] - routing.affinity[i]);
    }
  }

  @Override
  public String text() {
    return "compete(" + chosen + "," + every + "," + distil + ")";
  }
}
