package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Why a learner says what it says of one event: what each expert says and weighs, and which
 * features moved the prediction. Made by asking, so that it is true of every preset; the learner
 * stays as it is.
 *
 * @param predicted the class of the largest probability, or the number; null while no class is
 *     known
 * @param value the probability of that class, or the number
 * @param members in the order of the learner's
 * @param features that moved the prediction, the one that moved it most first; those without any
 *     effect are left out
 */
public record Explanation(
    String predicted, double value, List<MemberView> members, List<Moved> features) {

  /**
   * What an expert says.
   *
   * @param expert its name
   * @param weight what it weighs in the prediction, 0 to 1
   * @param prediction a probability per class, or the number; empty where the learner's experts say
   *     nothing for themselves
   */
  public record MemberView(String expert, double weight, List<Double> prediction) {}

  /**
   * What a feature did.
   *
   * @param feature its name
   * @param by how much {@link Explanation#value} is higher than with other values of this feature,
   *     on average; below 0 where it is lower
   */
  public record Moved(String feature, double by) {}

  /**
   * Explains what a learner says of an event: a feature's effect is measured against the event
   * without it. Costs a prediction per feature, and one per expert.
   *
   * @param x as for {@link Learner#predict}
   */
  public static Explanation of(final Learner learner, final double[] x) {
    final double[] missing = new double[x.length];
    Arrays.fill(missing, Double.NaN);
    return of(learner, x, List.of(missing));
  }

  /**
   * Explains what a learner says of an event: a feature's effect is measured against the event with
   * the values that other events have there. Costs a prediction per feature and other event, and
   * one per expert.
   *
   * @param x as for {@link Learner#predict}
   * @param others some usual events, one or more
   */
  public static Explanation of(
      final Learner learner, final double[] x, final List<double[]> others) {
    if (others.isEmpty() || others.stream().anyMatch(other -> other.length != x.length)) {
      throw new IllegalArgumentException(
          "an event is compared with one or more others that have as many values");
    }
    final Schema schema = learner.schema();
    final Prediction prediction = new Prediction();
    learner.predict(x, prediction);
    final int label = schema.target() instanceof Target.Classes ? prediction.label() : 0;
    if (label < 0) {
      return new Explanation(null, Double.NaN, members(learner, x, prediction), List.of());
    }
    final double value = prediction.probabilities()[label];
    final List<MemberView> members = members(learner, x, prediction);
    final List<Moved> features = new ArrayList<>();
    final double[] changed = x.clone();
    for (int f = 0; f < x.length; f++) {
      double sum = 0;
      for (final double[] other : others) {
        changed[f] = other[f];
        learner.predict(changed, prediction);
        sum += value - prediction.probabilities()[label];
      }
      changed[f] = x[f];
      if (sum != 0) {
        features.add(new Moved(schema.features().get(f).name(), sum / others.size()));
      }
    }
    features.sort(Comparator.comparingDouble(moved -> -Math.abs(moved.by())));
    return new Explanation(
        schema.target() instanceof Target.Classes classes
            ? classes.names().get(label)
            : Double.toString(value),
        value,
        members,
        List.copyOf(features));
  }

  private static List<MemberView> members(
      final Learner learner, final double[] x, final Prediction prediction) {
    final List<MemberView> members = new ArrayList<>();
    final double[] out = new double[learner.schema().target().width()];
    for (int e = 0; e < learner.members().size(); e++) {
      final List<Double> values = new ArrayList<>();
      if (learner.predictMember(e, x, out)) {
        for (final double one : out) {
          values.add(one);
        }
      }
      members.add(
          new MemberView(
              learner.members().get(e).name(), prediction.weights()[e], List.copyOf(values)));
    }
    return List.copyOf(members);
  }

  /** For people, a line per expert and feature. */
  @Override
  public String toString() {
    final StringBuilder text = new StringBuilder();
    line(text, "%s (%.4f)", predicted, value);
    for (final MemberView member : members) {
      line(
          text,
          "  expert %s weighs %.3f and says %s",
          member.expert(),
          member.weight(),
          shown(member.prediction()));
    }
    for (final Moved moved : features) {
      line(text, "  feature %s moved it by %+.4f", moved.feature(), moved.by());
    }
    return text.toString();
  }

  private static String shown(final List<Double> prediction) {
    return prediction.isEmpty()
        ? "nothing for itself"
        : String.join(
            " ", prediction.stream().map(one -> String.format(Locale.ROOT, "%.4f", one)).toList());
  }

  private static void line(final StringBuilder text, final String format, final Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
