package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Experts;
import dev.braid.spec.Memo;
import dev.braid.spec.Options;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pool's text asks for.
 *
 * @param experts in their order, without the models outside
 * @param names of all, the models outside behind the experts
 */
record PoolPlan(List<Planned> experts, List<String> names) {
  private static final Memo<Text, PoolPlan> KNOWN = new Memo<>(PoolPlan::read);

  /**
   * One expert.
   *
   * @param network whether it counts among the networks
   * @param place 0, 1, ... among those that are networks, or among those that are not
   */
  record Planned(ExpertKind kind, Options options, boolean network, int place) {
    Expert open(final Schema schema, final Pool.Seeds seeds) {
      return Experts.open(kind, options, schema, seeds.of(network, place));
    }
  }

  private record Text(String text, List<String> models) {}

  /**
   * @param models names of the models outside, perhaps none
   * @throws IllegalArgumentException with one sentence, if the text cannot be followed
   */
  static PoolPlan of(final String text, final List<String> models) {
    return KNOWN.of(new Text(text, List.copyOf(models)));
  }

  private static PoolPlan read(final Text from) {
    final List<Planned> experts = new ArrayList<>();
    final List<String> labels = new ArrayList<>();
    int networks = 0;
    for (final Term term : Term.parseAll(from.text(), '+')) {
      final ExpertKind kind = Experts.REGISTRY.find(term.name());
      for (final Term one : each(term)) {
        final Options options = Experts.REGISTRY.options(one);
        final int place = kind.isNetwork() ? networks++ : experts.size() - networks;
        experts.add(new Planned(kind, options, kind.isNetwork(), place));
        labels.add(kind.label(options));
      }
    }
    labels.addAll(from.models());
    return new PoolPlan(List.copyOf(experts), List.copyOf(numbered(labels)));
  }

  /** The experts that a term asks for, one by one. */
  private static List<Term> each(final Term term) {
    final List<Term> each = new ArrayList<>();
    for (int i = 0; i < term.count(); i++) {
      final List<String> arguments = new ArrayList<>();
      for (final String argument : Term.split(term.arguments(), ',')) {
        final int value = argument.indexOf('=') + 1;
        final List<String> values = Term.split(argument.substring(value), '|');
        arguments.add(argument.substring(0, value) + values.get(i % values.size()));
      }
      each.add(new Term(term.name(), String.join(",", arguments), 1));
    }
    return each;
  }

  /** Numbers the labels that occur more than once. */
  private static List<String> numbered(final List<String> labels) {
    final Map<String, Integer> occurs = new HashMap<>();
    labels.forEach(label -> occurs.merge(label, 1, Integer::sum));
    final Map<String, Integer> met = new HashMap<>();
    final Set<String> taken = new HashSet<>(labels);
    final List<String> names = new ArrayList<>();
    for (final String label : labels) {
      names.add(
          occurs.get(label) == 1
              ? label
              : unique(label + '-' + met.merge(label, 1, Integer::sum), taken));
    }
    return names;
  }

  private static String unique(final String wanted, final Set<String> taken) {
    String name = wanted;
    for (int number = 2; !taken.add(name); number++) {
      name = wanted + '-' + number;
    }
    return name;
  }
}
