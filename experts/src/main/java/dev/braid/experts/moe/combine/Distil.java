package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.Arrays;
import java.util.List;

/**
 * The shared expert is a student and answers alone; the chosen ones are its teacher, and learn as
 * the weighted sum does. The student learns the labels and, with both turned softer by a
 * temperature T, what the teacher says: with z and t their logits, {@code (1 - w)} times the
 * gradient of its cross-entropy and {@code w T (softmax(z/T) - softmax(t/T))} (Hinton et al. 2015,
 * "Distilling the Knowledge in a Neural Network", sections 2 and 2.1), or by another rule:
 *
 * <ul>
 *   <li>{@code sampled}: the teacher is another random half of a row's experts each time, so that
 *       each of them is heard (Kim et al. 2025, "Every Expert Matters", knowledge augmentation);
 *   <li>{@code preferred}: the student prefers the row's class to the class that it holds for the
 *       likeliest else as clearly as the teacher does: the gradient of {@code -log sigmoid(m_z -
 *       m_t)} with m the differences of both logits (LLaVA-MoD, Shu et al. 2024, preference
 *       distillation with the teacher for its reference);
 *   <li>{@code paced}: each of a row's experts is a teacher by itself, and counts the less the
 *       further the student is from it, by {@code exp(-KL(t_e, z) / a)} with both turned softer and
 *       an age a that grows with the steps, so that what is easy is learned first and all in the
 *       end (Gao et al. 2017, "Knowledge Concentration: Learning 100K Object Classifiers in a
 *       Single CNN", many specialists and self-paced learning; without its structure of layers).
 * </ul>
 *
 * @param rule by which the student learns from the teacher
 * @param weight w, 0 to 1
 * @param temperature T
 */
public record Distil(Rule rule, double weight, double temperature) implements Combine {
  /** How the student learns from the teacher. */
  public enum Rule {
    /** What all of the row's experts say together. */
    SOFT,
    /** What a random half of them says. */
    SAMPLED,
    /** How much rather they say the class than another. */
    PREFERRED,
    /** What each of them says, those that the student is near first. */
    PACED
  }

  static final Word<Combine> WORD =
      new Word<>(
          "distil",
          "The shared expert answers alone, and learns from what the others say.",
          List.of(
              new Option(
                  "rule",
                  "soft",
                  "soft: what all of a row's experts say; sampled: what a random half of them says;"
                      + " preferred: how much rather they say the class than another; paced: what each"
                      + " of them says, those first that the student is near."),
              new Option("weight", "0.5", "Of what they say, beside the labels, 0 to 1."),
              new Option("temperature", "2", "By which both are made softer, 0.1 to 100.")),
          options ->
              new Distil(
                  options.choice("rule", Rule.class),
                  options.real("weight", 0, 1),
                  options.real("temperature", 0.1, 100)));

  private static final Combine SUM = new WeightedSum();

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0xd1511;

  /** Steps after which a teacher at a divergence of 1 counts by 1/e. */
  private static final double STEPS_OF_AGE = 1000;

  /** Below this a probability counts as this. */
  private static final double LEAST = 1e-6;

  @Override
  public boolean needsShared() {
    return true;
  }

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public boolean differsWhenLearning() {
    return true;
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final int columns = step.routing().columns();
    Arrays.fill(logits, 0, step.rows() * step.outputs(), 0);
    for (int e = learning ? 0 : columns; e < (learning ? columns : step.experts()); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.rows(); i++) {
        add(step, expert, i, step.routing().weight(expert.pair(i)), logits, 0);
      }
    }
  }

  private static void add(
      final Step step,
      final ExpertRows expert,
      final int i,
      final float weight,
      final float[] to,
      final int at) {
    final int c = step.outputs();
    final int row = at + expert.row(i) * c;
    for (int j = 0; j < c; j++) {
      to[row + j] += weight * expert.out()[i * c + j];
    }
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    final int size = step.labelled() * c;
    // What the teacher says of each row, what the student does, and room for a row of both.
    final float[] said = step.scratch(2 * size + 2 * c);
    Arrays.fill(said, 0, 2 * size, 0);
    for (int e = step.routing().columns(); e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        add(step, expert, i, 1, said, size);
      }
    }
    for (int e = 0; e < step.routing().columns(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        final float heard = heard(step, expert.pair(i));
        if (rule == Rule.PACED) {
          addPaced(step, expert, i, heard, said, size);
        } else {
          add(step, expert, i, heard, said, 0);
        }
      }
    }
    SUM.backward(step, logitGradient);
    for (int r = 0; r < step.labelled(); r++) {
      learn(step, r, said, r * c, size);
    }
    for (int e = step.routing().columns(); e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        System.arraycopy(said, size + expert.row(i) * c, expert.out(), i * c, c);
      }
    }
  }

  /**
   * Adds what one teacher says of a row, turned softer, as much as its weight and the student's
   * pace have it count.
   */
  private void addPaced(
      final Step step,
      final ExpertRows expert,
      final int i,
      final float weightOfTeacher,
      final float[] said,
      final int size) {
    final int c = step.outputs();
    final int row = expert.row(i) * c;
    final int student = 2 * size;
    final int teacher = student + c;
    for (int j = 0; j < c; j++) {
      said[student + j] = (float) (said[size + row + j] / temperature);
      said[teacher + j] = (float) (expert.out()[i * c + j] / temperature);
    }
    FloatMath.softmax(said, student, c);
    FloatMath.softmax(said, teacher, c);
    double apart = 0;
    for (int j = 0; j < c; j++) {
      final double ratio =
          Math.max(LEAST, said[teacher + j]) / Math.max(LEAST, (double) said[student + j]);
      apart += said[teacher + j] * StrictMath.log(ratio);
    }
    final double age = (1 + step.number()) / STEPS_OF_AGE;
    final float counts = weightOfTeacher * (float) StrictMath.exp(-Math.max(0, apart) / age);
    for (int j = 0; j < c; j++) {
      said[row + j] += counts * said[teacher + j];
    }
  }

  /** How much one of a row's experts counts in what the teacher says. */
  private float heard(final Step step, final int pair) {
    final Routing routing = step.routing();
    if (rule != Rule.SAMPLED) {
      return routing.weight(pair);
    }
    int first = pair;
    while (first > 0 && routing.row(first - 1) == routing.row(pair)) {
      first--;
    }
    float all = 0;
    float some = 0;
    for (int p = first; isOfRow(routing, p, pair); p++) {
      all += routing.weight(p);
      some += isSampled(step, p) ? routing.weight(p) : 0;
    }
    if (some == 0) {
      // None was drawn: all are heard.
      return routing.weight(pair);
    }
    return isSampled(step, pair) ? routing.weight(pair) * all / some : 0;
  }

  private static boolean isOfRow(final Routing routing, final int p, final int pair) {
    return p < routing.chosen() && routing.row(p) == routing.row(pair);
  }

  private static boolean isSampled(final Step step, final int pair) {
    return step.random(pair, PURPOSE) < 0.5;
  }

  /** The student's logits of a row become their gradient. */
  private void learn(
      final Step step, final int r, final float[] said, final int teacher, final int size) {
    final int c = step.outputs();
    final int student = size + teacher;
    final int label = step.labels()[r];
    final float factor = step.rowWeight()[r] / step.labelled();
    final int soft = 2 * size;
    for (int j = 0; j < c; j++) {
      said[soft + j] = (float) (said[student + j] / temperature);
      said[soft + c + j] = (float) (said[teacher + j] / temperature);
    }
    final int rival = rival(said, student, label, c);
    final float clearer =
        said[student + label]
            - said[student + rival]
            - said[teacher + label]
            + said[teacher + rival];
    FloatMath.softmax(said, soft, c);
    float heard = 1;
    if (rule == Rule.PACED) {
      // The teachers' probabilities are there, times how much each counts.
      heard = 0;
      for (int j = 0; j < c; j++) {
        said[soft + c + j] = said[teacher + j];
        heard += said[teacher + j];
      }
    } else {
      FloatMath.softmax(said, soft + c, c);
    }
    FloatMath.softmax(said, student, c);
    said[student + label] -= 1;
    for (int j = 0; j < c; j++) {
      said[student + j] *= (float) (1 - weight) * factor;
      if (rule != Rule.PREFERRED) {
        final double apart = heard * said[soft + j] - said[soft + c + j];
        said[student + j] += (float) (weight * temperature * apart) * factor;
      }
    }
    if (rule == Rule.PREFERRED) {
      final float pull = (float) weight * factor * FloatMath.sigmoid(-clearer);
      said[student + label] -= pull;
      said[student + rival] += pull;
    }
  }

  /** The class that is held for the likeliest beside another. */
  private static int rival(final float[] said, final int from, final int label, final int c) {
    int rival = label == 0 ? 1 : 0;
    for (int j = 0; j < c; j++) {
      rival = j != label && said[from + j] > said[from + rival] ? j : rival;
    }
    return rival;
  }

  @Override
  public String text() {
    return "distil(" + Options.word(rule) + "," + weight + "," + temperature + ")";
  }
}
