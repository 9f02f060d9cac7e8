package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Plugin;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.gate.Balance;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.gate.LinearScore;
import dev.braid.experts.moe.gate.SigmoidTopK;
import dev.braid.experts.moe.gate.Softmax;
import dev.braid.experts.moe.gate.TopK;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How the layer weighs its experts for a row. As text: score, assignment and penalties with slashes
 * between them, and behind a plus the shared experts, as in {@code
 * linear/top-k(2)/balance(0.01)+1}; a score that is left out is linear.
 *
 * @param shared experts that compute every row with weight 1, beside those that are chosen from
 */
public record GateSpec(Score score, Assign assign, List<Penalty> penalties, int shared) {
  private static final int MOST_SHARED = 4096;

  public GateSpec {
    Objects.requireNonNull(score, "score");
    Objects.requireNonNull(assign, "assign");
    penalties = List.copyOf(penalties);
    if (shared < 0 || shared > MOST_SHARED) {
      throw new IllegalArgumentException(
          "shared experts can be 0 to " + MOST_SHARED + ", not " + shared);
    }
    if (shared == 0 && assign.leavesRowsOut()) {
      throw new IllegalArgumentException(
          "gate '"
              + assign.text()
              + "' may leave a row without an expert: add one or more that see every row, as in '"
              + assign.text()
              + "+1'");
    }
  }

  /**
   * Reads a gate.
   *
   * @throws IllegalArgumentException with one sentence, if there is no such gate
   */
  public static GateSpec parse(final String text) {
    final List<String> parts = Term.split(text, '+');
    if (parts.size() > 2) {
      throw new IllegalArgumentException(
          "gate '" + text + "' has more than one '+', behind which the shared experts are counted");
    }
    Score score = new LinearScore();
    Assign assign = null;
    final List<Penalty> penalties = new ArrayList<>();
    boolean first = true;
    for (final Term term : Term.parseAll(parts.get(0), '/')) {
      if (first && Gates.SCORES.has(term.name())) {
        score = Word.make(Gates.SCORES, once(term));
      } else if (assign == null) {
        assign = Word.make(Gates.ASSIGNS, once(term));
      } else {
        penalties.add(Word.make(Gates.PENALTIES, once(term)));
      }
      first = false;
    }
    if (assign == null) {
      throw new IllegalArgumentException(
          "gate '"
              + text
              + "' names no assignment; there are "
              + String.join(", ", Gates.ASSIGNS.names()));
    }
    return new GateSpec(score, assign, penalties, parts.size() < 2 ? 0 : shared(parts.get(1)));
  }

  private static Term once(final Term term) {
    if (term.count() != 1) {
      throw new IllegalArgumentException("a gate has its parts once, not '" + term + "'");
    }
    return term;
  }

  private static int shared(final String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (final NumberFormatException none) {
      throw new IllegalArgumentException(
          "behind the '+' of a gate stands a number of shared experts, not '" + text + "'", none);
    }
  }

  /** All experts on every row, weighted by the softmax of the scores. */
  public static GateSpec softmax() {
    return new GateSpec(new LinearScore(), new Softmax(), List.of(), 0);
  }

  /**
   * The experts with the largest softmax.
   *
   * @param chosen experts per row, 1 or more
   * @param balance weight of the balance loss, usually 0.01; 0 for none
   */
  public static GateSpec topK(final int chosen, final double balance) {
    return new GateSpec(new LinearScore(), new TopK(chosen), balance(balance), 0);
  }

  /**
   * The experts with the largest sigmoid, beside shared ones.
   *
   * @param chosen experts per row, 2 or more
   * @param shared experts that see every row
   * @param balance weight of the balance loss, usually 0.01; 0 for none
   */
  public static GateSpec sigmoid(final int chosen, final int shared, final double balance) {
    return new GateSpec(new LinearScore(), new SigmoidTopK(chosen), balance(balance), shared);
  }

  private static List<Penalty> balance(final double weight) {
    return weight == 0 ? List.of() : List.of(new Balance(weight, Balance.DEFAULT_WINDOW));
  }

  /** Score, assignment and penalties. */
  List<Plugin> parts() {
    final List<Plugin> parts = new ArrayList<>(penalties);
    parts.add(score);
    parts.add(assign);
    return parts;
  }

  /** As it would be written. */
  public String text() {
    final StringBuilder text = new StringBuilder(score.text()).append('/').append(assign.text());
    penalties.forEach(penalty -> text.append('/').append(penalty.text()));
    return shared == 0 ? text.toString() : text.append('+').append(shared).toString();
  }
}
