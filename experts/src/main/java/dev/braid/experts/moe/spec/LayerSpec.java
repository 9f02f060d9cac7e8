package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Plugin;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.LinearScore;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.spec.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a layer, whatever the inputs and classes. As text, options with commas between them:
 * {@code gate=linear/top-k(2)/balance(0.01),expert=mlp(32)*4,rest=int8}. The same words are options
 * of the preset {@code neural} and of the expert {@code dense-moe}.
 *
 * @param gate how experts are weighed
 * @param experts those the gate chooses from; shared ones are of the first kind
 * @param combine how their outputs become one
 * @param lives what happens to rows and gradients besides
 * @param rest when experts go to rest; with a gate that asks all of them none can
 * @param learningRate of Adam, above 0, to 1
 * @param below layers before this one, the lowest first: each adds to the numbers of a row what it
 *     makes of them, and the next one has the sum for its inputs. What a layer's users are told of
 *     experts is of the last layer.
 */
public record LayerSpec(
    GateSpec gate,
    List<Members> experts,
    Combine combine,
    List<Life> lives,
    RestSpec rest,
    double learningRate,
    List<LayerSpec> below) {
  private static final int MOST_EXPERTS = 4096;
  private static final String NO_LIFE = "none";
  private static final String EXPERT = "expert";

  /** The options of a layer, in the order in which it is written. */
  public static final List<Option> OPTIONS =
      List.of(
          new Option(
              "gate",
              "linear/softmax",
              "How experts are weighed: a score, an assignment and penalties with slashes between"
                  + " them, and behind a plus how many experts see every row beside those chosen."),
          new Option(
              EXPERT,
              "mlp*8",
              "The experts that the gate chooses from: a kind, behind a star how many; several"
                  + " kinds with a plus between them, 1 to 4096 in all."),
          new Option("combine", "sum", "How the outputs of a row's experts become one."),
          new Option(
              "life",
              NO_LIFE,
              "What happens to rows and gradients besides, with a plus between them; none for"
                  + " nothing."),
          new Option(
              "rest",
              "none",
              "Form of the weights of an expert that no longer learns; none for no rest, as where"
                  + " the gate asks every expert."),
          new Option(
              "rest-after",
              "100",
              "Training steps without a labelled row for an expert until it rests, 1 or more."),
          new Option("learning-rate", "0.005", "Adam's step size, 1e-9 to 1."),
          LayersBelow.OPTION);

  /** The same options with other experts where none are named. */
  public static List<Option> optionsWith(final String experts) {
    return OPTIONS.stream()
        .map(
            option ->
                option.name().equals(EXPERT)
                    ? new Option(EXPERT, experts, option.description())
                    : option)
        .toList();
  }

  public LayerSpec {
    Objects.requireNonNull(gate, "gate");
    Objects.requireNonNull(combine, "combine");
    Objects.requireNonNull(rest, "rest");
    experts = List.copyOf(experts);
    lives = List.copyOf(lives);
    below = List.copyOf(below);
    if (rest.enabled() && gate.assign().asksAll()) {
      throw new IllegalArgumentException(
          "gate '"
              + gate.text()
              + "' sends every row to every expert, so that none can rest: set rest=none, or choose"
              + " another gate");
    }
    final int count = count(experts);
    if (count < 1 || count > MOST_EXPERTS) {
      throw new IllegalArgumentException(
          "a layer needs 1 to " + MOST_EXPERTS + " experts, not " + count);
    }
    if (!gate.assign().asksAll() && gate.assign().most(count) > count) {
      throw new IllegalArgumentException(
          "gate '"
              + gate.text()
              + "' chooses "
              + gate.assign().most(count)
              + " experts of only "
              + count
              + ": have more, or choose another gate");
    }
    if (combine.mergesParameters() && !canMerge(gate, experts)) {
      throw new IllegalArgumentException(
          "combine="
              + combine.text()
              + " makes one net of a row's experts: they must be of one kind that remembers no"
              + " rows, none of them shared");
    }
    if (combine.mergesParameters()) {
      refuseReadersOfOutputs(gate, combine);
    }
    if (combine.needsShared() && gate.shared() == 0) {
      throw new IllegalArgumentException(
          "combine="
              + combine.text()
              + " takes experts that see every row for others than those that are chosen: add one,"
              + " as in 'gate="
              + gate.assign().text()
              + "+1'");
    }
    for (final Life life : lives) {
      if (life.routes() && !(gate.score() instanceof LinearScore)) {
        throw new IllegalArgumentException(
            "life '"
                + life.text()
                + "' makes the parameters of linear scores, and the gate's are '"
                + gate.score().text()
                + "': choose gate=linear/"
                + gate.assign().text());
      }
    }
    if (!(learningRate > 0 && learningRate <= 1)) {
      throw new IllegalArgumentException(
          "the learning rate must lie in (0, 1], it is " + learningRate);
    }
    LayersBelow.check(below, lives);
  }

  private static void refuseReadersOfOutputs(final GateSpec gate, final Combine combine) {
    for (final Penalty penalty : gate.penalties()) {
      if (penalty.readsOutputGradients()) {
        throw new IllegalArgumentException(
            "penalty '"
                + penalty.text()
                + "' compares the gradients of the experts' outputs, and with combine="
                + combine.text()
                + " there are none: choose another combination or leave the penalty out");
      }
    }
  }

  private static boolean canMerge(final GateSpec gate, final List<Members> experts) {
    return experts.size() == 1
        && gate.shared() == 0
        && experts.get(0).kind().memory(1, 1).isEmpty();
  }

  private static int count(final List<Members> members) {
    int count = 0;
    // Asked at each step: a loop over the list would have an iterator.
    for (int i = 0; i < members.size(); i++) {
      count += members.get(i).count();
    }
    return count;
  }

  /**
   * Reads a layer; what is not named has its default.
   *
   * @throws IllegalArgumentException with one sentence, if a word is unknown or the parts do not
   *     fit
   */
  public static LayerSpec parse(final String text) {
    return of(Options.of("a dense layer", OPTIONS, new Term("layer", text.strip(), 1)));
  }

  /**
   * Makes a layer of options that were declared as {@link #OPTIONS}.
   *
   * @throws IllegalArgumentException with one sentence, if a word is unknown or the parts do not
   *     fit
   */
  public static LayerSpec of(final Options options) {
    final List<Life> lives = new ArrayList<>();
    if (!options.text("life").strip().equals(NO_LIFE)) {
      Term.parseAll(options.text("life"), '+')
          .forEach(term -> lives.add(Word.make(Lives.ALL, term)));
    }
    final LayerSpec last =
        new LayerSpec(
            GateSpec.parse(options.text("gate")),
            members(options.text(EXPERT)),
            combine(options.text("combine")),
            lives,
            RestSpec.of(options.text("rest"), options.integer("rest-after", 1, Integer.MAX_VALUE)),
            options.real("learning-rate", 1e-9, 1),
            List.of());
    return last.over(LayersBelow.parse(options, last));
  }

  static List<Members> members(final String text) {
    return Term.parseAll(text, '+').stream()
        .map(term -> new Members(Word.make(Kinds.ALL, term.one()), term.count()))
        .toList();
  }

  static Combine combine(final String text) {
    return Word.make(Combines.ALL, Term.parse(text));
  }

  /** Experts that the gate chooses from. */
  public int count() {
    return count(experts);
  }

  /** Experts that a new layer begins with, of those that the gate chooses from. */
  public int first() {
    int first = count();
    for (final Life life : lives) {
      first = Math.min(first, life.first(count()));
    }
    return first;
  }

  /** Gate, kinds of experts and combination. */
  List<Plugin> parts() {
    final List<Plugin> parts = gate.parts();
    experts.forEach(members -> parts.add(members.kind()));
    parts.add(combine);
    return parts;
  }

  /** Newest rows that the layer is to remember for its parts. */
  public int recent() {
    return Stream.concat(parts().stream(), lives.stream())
        .mapToInt(Plugin::recent)
        .max()
        .orElseThrow();
  }

  /** Whether the layer keeps figures of how its experts do, and watches its errors. */
  public boolean watches() {
    return changesExperts()
        || gate.parts().stream().anyMatch(Plugin::watches)
        || lives.stream().anyMatch(Plugin::watches)
        || below.stream().anyMatch(LayerSpec::watches);
  }

  /** Whether experts come, go or are mixed between steps. */
  public boolean changesExperts() {
    return lives.stream().anyMatch(Life::changesExperts);
  }

  /** Which of {@link #experts} an expert is of, shared ones included. */
  int group(final int expert) {
    int left = expert;
    for (int g = 0; g < experts.size(); g++) {
      if (left < experts.get(g).count()) {
        return g;
      }
      left -= experts.get(g).count();
    }
    return 0;
  }

  /** The same with sizes chosen where they were left to the number of inputs. */
  LayerSpec sized(final int inputs) {
    return new LayerSpec(
        gate,
        experts.stream().map(members -> members.sized(inputs)).toList(),
        combine,
        lives,
        rest,
        learningRate,
        below.stream().map(layer -> layer.sized(inputs)).toList());
  }

  /** The same over other layers. */
  private LayerSpec over(final List<LayerSpec> lower) {
    return new LayerSpec(gate, experts, combine, lives, rest, learningRate, lower);
  }

  /** The same with another gate, experts and combination, over no others. */
  LayerSpec with(final GateSpec otherGate, final List<Members> others, final Combine otherCombine) {
    return new LayerSpec(otherGate, others, otherCombine, lives, rest, learningRate, List.of());
  }

  /** The same with experts that rest otherwise. */
  public LayerSpec with(final RestSpec other) {
    return new LayerSpec(
        gate,
        experts,
        combine,
        lives,
        other,
        learningRate,
        below.stream().map(layer -> layer.with(other)).toList());
  }

  /** As it would be written, with all options; reading it gives an equal layer. */
  public String text() {
    return structure()
        + ",life="
        + (lives.isEmpty()
            ? NO_LIFE
            : lives.stream().map(Plugin::text).collect(Collectors.joining("+")))
        + ",rest="
        + rest.text()
        + ",rest-after="
        + rest.afterSteps()
        + ",learning-rate="
        + learningRate
        + LayersBelow.text(below);
  }

  /** Gate, experts and combination as they would be written. */
  String structure() {
    return "gate="
        + gate.text()
        + ",expert="
        + experts.stream().map(Members::text).collect(Collectors.joining("+"))
        + ",combine="
        + combine.text();
  }

  @Override
  public String toString() {
    return text();
  }
}
