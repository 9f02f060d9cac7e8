package dev.braid.experts.moe.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.RecentWindow;
import dev.braid.experts.moe.state.Weights;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of every registered part is the derivative of what it computes, by finite
 * differences: of the sum of its outputs, each times a random number.
 */
class PartsGradientTest {
  private static final int INPUTS = 4;
  private static final int CLASSES = 3;
  private static final int EXPERTS = 5;
  private static final int ROWS = 12;
  private static final float STEP = 1e-3f;

  /** In 32 bits, and with units that switch between the two points of a difference. */
  private static final double TOLERANCE = 0.03;

  /** Scores that change with the inputs by jumps alone: they have no gradient of these. */
  private static final Set<String> TABLES = Set.of("hash", "task", "skills", "located", "random");

  /** Scores that learn by a loss of their own, not by the gradient of what they say. */
  private static final Set<String> OWN_SCORES = Set.of("reconstruct");

  /** Assignments whose gradient is meant to be another: an estimate of what a draw hides. */
  private static final Set<String> ESTIMATES = Set.of("midpoint");

  /** Kinds that learn by a rule of their own, not by the gradient of what they say. */
  private static final Set<String> OWN =
      Set.of(
          "mono-forward", "forward-forward", "pepita", "top-down", "boost", "triplet", "ternary");

  /** Kinds whose further losses are left out, or that are made of one without kinks. */
  private static final Map<String, String> PLAIN =
      Map.of(
          "fff", "fff(2,3,hardening=0,master=true)",
          "nested", "nested(levels=1)",
          "view", "view(kan(3))",
          "prototype", "prototype(5,0)",
          "attention", "attention(9,3,2)");

  private final DenseMoeSpec spec =
      DenseMoeSpec.of(INPUTS, 6, CLASSES, EXPERTS, GateSpec.softmax(), 1);
  private final DenseBatch batch = Batches.random(spec, ROWS, 0, 5);
  private final SplittableRandom random = new SplittableRandom(9);

  static List<String> scores() {
    return Gates.SCORES.names().stream().filter(name -> !OWN_SCORES.contains(name)).toList();
  }

  static List<String> assignments() {
    return Gates.ASSIGNS.names().stream().filter(name -> !ESTIMATES.contains(name)).toList();
  }

  static List<String> kinds() {
    return Kinds.ALL.names();
  }

  static List<String> kindsOfGradient() {
    return Kinds.ALL.names().stream()
        .filter(name -> !OWN.contains(name))
        .map(name -> PLAIN.getOrDefault(name, name))
        .toList();
  }

  static List<String> combines() {
    return combines(false);
  }

  static List<String> merging() {
    return combines(true);
  }

  private static List<String> combines(final boolean merging) {
    return Combines.ALL.names().stream()
        .filter(name -> make(Combines.ALL, name).mergesParameters() == merging)
        .toList();
  }

  private static <P> P make(final Registry<Word<P>> words, final String name) {
    return Word.make(words, Term.parse(name));
  }

  private float[] randoms(final int length, final double limit) {
    final float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * limit);
    }
    return values;
  }

  private static double sum(final float[] values, final float[] factors) {
    double sum = 0;
    for (int i = 0; i < factors.length; i++) {
      sum += (double) values[i] * factors[i];
    }
    return sum;
  }

  /** Compares a gradient with differences of a function of the values that it is for. */
  private static void check(
      final String what, final float[] values, final float[] gradient, final DoubleSupplier of) {
    double wrong = 0;
    double all = 0;
    for (int i = 0; i < values.length; i++) {
      final float at = values[i];
      values[i] = at + STEP;
      final double above = of.getAsDouble();
      final double wide = values[i];
      values[i] = at - STEP;
      final double below = of.getAsDouble();
      final double difference = (above - below) / (wide - values[i]);
      values[i] = at;
      if (Double.isNaN(difference)) {
        continue;
      }
      wrong += (difference - gradient[i]) * (difference - gradient[i]);
      all += difference * difference;
    }
    assertTrue(all > 1e-4, what + " has a gradient worth checking");
    final double error = Math.sqrt(wrong / all);
    assertTrue(error < TOLERANCE, what + " is off by a share of " + error);
  }

  private CpuStep step(final ExpertWork[] experts, final Routing routing) {
    final RecentWindow recent = new RecentWindow(ROWS, INPUTS, CLASSES);
    final CpuStep step = new CpuStep(spec, experts, routing, recent, ROWS, null);
    step.begin(Batches.random(spec, ROWS, 0, 6), 6);
    recent.took(step);
    step.begin(batch, 8);
    return step;
  }

  private ExpertWork[] experts() {
    final CpuWork work = new CpuWork(new JavaProducts(), 1000);
    final ExpertWork[] experts = new ExpertWork[EXPERTS];
    Arrays.setAll(experts, e -> new ExpertWork(spec.kind(e), spec.layout(e), work, ROWS));
    return experts;
  }

  private Weights[] ofExperts() {
    final Weights[] ofExperts = new Weights[EXPERTS];
    for (int e = 0; e < EXPERTS; e++) {
      ofExperts[e] = new Weights(spec.layout(e), spec.memoryLayout(e));
      ofExperts[e].theta = randoms(spec.layout(e).size(), 1);
    }
    return ofExperts;
  }

  private Routing routing(final int pairs, final int memory) {
    final boolean[] alive = new boolean[EXPERTS];
    Arrays.fill(alive, true);
    return new Routing(ROWS, EXPERTS, pairs, new float[memory], alive);
  }

  @ParameterizedTest
  @MethodSource("kindsOfGradient")
  void anExpertsGradientIsTheDerivativeOfItsOutputs(final String name) {
    final Kind kind = make(Kinds.ALL, name).sized(INPUTS);
    final Weights part = part(kind.tensors(INPUTS, CLASSES), kind.memory(INPUTS, CLASSES), CLASSES);
    final Weights shared = part(kind.shared(INPUTS, CLASSES), List.of(), CLASSES);
    final float[] sharedGradient = new float[shared.theta.length];
    final CpuWork work = work(kind, part).sharing(shared, sharedGradient);
    remember(kind, work);
    final float[] remembered = part.memory.clone();
    final float[] out = new float[ROWS * CLASSES];
    final float[] factors = randoms(out.length, 1);
    final float[] x = batch.inputs();
    final float[] inputGradient = new float[x.length];
    Arrays.fill(inputGradient, Float.NaN);
    Arrays.fill(work.gradient(), Float.NaN);
    Arrays.fill(sharedGradient, 0);
    kind.forward(work, x, ROWS, true, out);
    kind.backward(work, x, batch.labels(), ROWS, factors.clone(), inputGradient);
    final float[] gradient = work.gradient().clone();
    System.arraycopy(remembered, 0, part.memory, 0, remembered.length);
    final DoubleSupplier sum =
        () -> {
          kind.forward(work, x, ROWS, true, out);
          return sum(out, factors);
        };
    check(name, part.theta, gradient, sum);
    check(name + " of its inputs", x, inputGradient, sum);
    if (sharedGradient.length > 0) {
      check(name + " of what it shares", shared.theta, sharedGradient, sum);
    }
  }

  private Weights part(final List<Tensor> tensors, final List<Tensor> memory, final int outputs) {
    final Weights part =
        new Weights(Layout.of(tensors, INPUTS, outputs), Layout.of(memory, INPUTS, outputs));
    part.theta = randoms(part.theta.length, 1);
    return part;
  }

  private static CpuWork work(final Kind kind, final Weights part) {
    final float[] tape = new float[ROWS * kind.tape(INPUTS, CLASSES)];
    return new CpuWork(new JavaProducts(), part.theta.length).on(part, tape);
  }

  /** What an expert remembers is of other rows than those it is asked about. */
  private static void remember(final Kind kind, final CpuWork work) {
    final DenseBatch other =
        Batches.random(
            DenseMoeSpec.of(INPUTS, 6, CLASSES, EXPERTS, GateSpec.softmax(), 1), ROWS, 0, 6);
    kind.forward(work, other.inputs(), ROWS, true, new float[ROWS * CLASSES]);
    final float[] none = new float[ROWS * CLASSES];
    kind.backward(work, other.inputs(), other.labels(), ROWS, none, null);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anExpertSaysTheSameOfARowWhateverRowsComeWithIt(final String name) {
    final Kind kind = make(Kinds.ALL, name).sized(INPUTS);
    final Weights part = part(kind.tensors(INPUTS, CLASSES), kind.memory(INPUTS, CLASSES), CLASSES);
    final Weights shared = part(kind.shared(INPUTS, CLASSES), List.of(), CLASSES);
    final CpuWork work = work(kind, part).sharing(shared, new float[shared.theta.length]);
    remember(kind, work);
    final float[] together = new float[ROWS * CLASSES];
    kind.forward(work, batch.inputs(), ROWS, false, together);
    for (int r = 0; r < ROWS; r++) {
      final float[] alone = new float[CLASSES];
      final float[] x = Arrays.copyOfRange(batch.inputs(), r * INPUTS, (r + 1) * INPUTS);
      kind.forward(work, x, 1, false, alone);
      assertArrayEquals(Arrays.copyOfRange(together, r * CLASSES, (r + 1) * CLASSES), alone);
    }
  }

  @ParameterizedTest
  @MethodSource("scores")
  void aScoresGradientIsTheDerivativeOfItsScores(final String name) {
    final Score score = make(Gates.SCORES, name);
    final Weights part =
        part(score.tensors(INPUTS, EXPERTS), score.memory(INPUTS, EXPERTS), EXPERTS);
    final Weights[] ofExperts = ofExperts();
    final CpuStep step = step(experts(), routing(1, 0));
    step.ask(e -> ofExperts[e]);
    final CpuWork work = new CpuWork(new JavaProducts(), part.theta.length).on(part, null);
    remember(score, step, work);
    final float[] remembered = part.memory.clone();
    final float[] scores = new float[ROWS * EXPERTS];
    final float[] factors = randoms(scores.length, 1);
    Arrays.fill(work.gradient(), Float.NaN);
    score.forward(step, work, scores);
    final float[] inputGradient = new float[ROWS * INPUTS];
    Arrays.fill(inputGradient, Float.NaN);
    score.backward(step, work, factors.clone(), inputGradient);
    final float[] gradient = work.gradient().clone();
    System.arraycopy(remembered, 0, part.memory, 0, remembered.length);
    final DoubleSupplier sum =
        () -> {
          score.forward(step, work, scores);
          return sum(scores, factors);
        };
    if (part.theta.length > 0) {
      check(name, part.theta, gradient, sum);
    }
    for (int e = 0; e < EXPERTS; e++) {
      final float[] own = new float[ofExperts[e].theta.length];
      step.addExpertGradient(e, own);
      if (!Arrays.equals(own, new float[own.length])) {
        check(name + " of expert " + e, ofExperts[e].theta, own, sum);
      }
    }
    if (TABLES.contains(name)) {
      assertArrayEquals(new float[inputGradient.length], inputGradient);
    } else {
      check(name + " of its inputs", step.x(), inputGradient, sum);
    }
  }

  /** What a score remembers is of other rows than those it is asked about, and of their experts. */
  private void remember(final Score score, final CpuStep step, final CpuWork work) {
    step.begin(Batches.random(spec, ROWS, 0, 6), 6);
    score.forward(step, work, step.routing().score);
    step.routing().clear();
    for (int r = 0; r < ROWS; r++) {
      step.routing().add(r, r % EXPERTS, 1);
    }
    score.backward(step, work, new float[ROWS * EXPERTS], null);
    step.begin(batch, 8);
  }

  /** Where a difference changes who is chosen, there is no derivative. */
  @ParameterizedTest
  @MethodSource("assignments")
  void anAssignmentsGradientIsTheDerivativeOfItsWeights(final String name) {
    final Assign assign = make(Gates.ASSIGNS, name);
    final Routing routing =
        routing(assign.most(EXPERTS), Layout.of(assign.memory(), INPUTS, EXPERTS).size());
    final CpuStep step = step(new ExpertWork[0], routing);
    System.arraycopy(randoms(ROWS * EXPERTS, 2), 0, routing.score, 0, ROWS * EXPERTS);
    final float[] factors = randoms(ROWS * EXPERTS, 1);
    final float[] before = routing.memory.clone();
    choose(assign, step, before);
    final int[] chosen = pairs(routing);
    for (int p = 0; p < routing.chosen(); p++) {
      routing.weightGradient(p, factors[routing.row(p) * EXPERTS + routing.expert(p)]);
    }
    Arrays.fill(routing.gradient, 0);
    assign.backward(step, routing);
    final float[] gradient = routing.gradient.clone();
    check(
        name,
        routing.score,
        gradient,
        () -> {
          choose(assign, step, before);
          if (!Arrays.equals(chosen, pairs(routing))) {
            return Double.NaN;
          }
          double sum = 0;
          for (int p = 0; p < routing.chosen(); p++) {
            sum +=
                (double) routing.weight(p) * factors[routing.row(p) * EXPERTS + routing.expert(p)];
          }
          return sum;
        });
  }

  private static void choose(final Assign assign, final CpuStep step, final float[] memory) {
    final Routing routing = step.routing();
    System.arraycopy(memory, 0, routing.memory, 0, memory.length);
    routing.clear();
    assign.learn(step, routing);
  }

  private static int[] pairs(final Routing routing) {
    final int[] pairs = new int[routing.chosen()];
    Arrays.setAll(pairs, p -> routing.row(p) * EXPERTS + routing.expert(p));
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("combines")
  void aCombinersGradientIsTheDerivativeOfTheLogits(final String name) {
    final Combine combine = make(Combines.ALL, name);
    final ExpertWork[] experts = experts();
    final Weights[] ofExperts = ofExperts();
    final Routing routing = routing(EXPERTS, 0);
    final CpuStep step = step(experts, routing);
    routing.clear();
    for (int r = 0; r < ROWS; r++) {
      routing.add(r, r % EXPERTS, 0.7f);
      if (r % 2 == 0) {
        routing.add(r, (r + 2) % EXPERTS, 0.3f);
      }
    }
    step.distribute();
    for (int e = 0; e < EXPERTS; e++) {
      experts[e].forward(ofExperts[e], step.x(), ROWS, true);
    }
    final float[] logits = new float[ROWS * CLASSES];
    final float[] factors = randoms(logits.length, 1);
    for (int e = 0; e < EXPERTS; e++) {
      final int rows = experts[e].rows() * CLASSES;
      final float[] outs = Arrays.copyOf(experts[e].out(), rows);
      combine.forward(step, true, logits);
      final float[][] kept = outs(experts);
      combine.backward(step, factors.clone());
      final float[] gradient = Arrays.copyOf(experts[e].out(), rows);
      final int expert = e;
      check(
          name + " of expert " + e,
          outs,
          gradient,
          () -> {
            restore(experts, kept);
            System.arraycopy(outs, 0, experts[expert].out(), 0, rows);
            combine.forward(step, true, logits);
            return sum(logits, factors);
          });
      restore(experts, kept);
    }
  }

  @ParameterizedTest
  @MethodSource("merging")
  void aMergersGradientIsTheDerivativeByParametersAndWeights(final String name) {
    final Combine combine = make(Combines.ALL, name);
    final CpuWork work = new CpuWork(new JavaProducts(), 1000);
    final ExpertWork[] experts = new ExpertWork[EXPERTS];
    final Weights[] ofExperts = new Weights[EXPERTS];
    for (int e = 0; e < EXPERTS; e++) {
      experts[e] = new ExpertWork(spec.kind(e), spec.layout(e), work, ROWS);
      ofExperts[e] = new Weights(spec.layout(e), spec.memoryLayout(e));
      ofExperts[e].theta = randoms(spec.layout(e).size(), 1);
    }
    final Routing routing = routing(2, 0);
    final CpuStep step = step(experts, routing);
    final CpuMerged merged =
        new CpuMerged(spec.kind(0), spec.layout(0), e -> ofExperts[e], EXPERTS, work);
    merged.on(step);
    final float[] weights = randoms(2 * ROWS, 1);
    final float[] logits = new float[ROWS * CLASSES];
    final float[] factors = randoms(logits.length, 1);
    final DoubleSupplier sum =
        () -> {
          routing.clear();
          for (int p = 0; p < weights.length; p++) {
            routing.add(p / 2, (p / 2 + p % 2 * 2) % EXPERTS, weights[p]);
          }
          combine.forward(step, true, logits);
          return sum(logits, factors);
        };
    assertTrue(Double.isFinite(sum.getAsDouble()));
    merged.clear(null);
    combine.backward(step, factors);
    final float[] weightGradient = new float[weights.length];
    for (int p = 0; p < weights.length; p++) {
      weightGradient[p] = routing.weightGradient(p);
    }
    check(name + " of the weights", weights, weightGradient, sum);
    for (int e = 0; e < EXPERTS; e++) {
      check(name + " of expert " + e, ofExperts[e].theta, merged.gradient(e).clone(), sum);
    }
  }

  private static float[][] outs(final ExpertWork[] experts) {
    return Arrays.stream(experts).map(expert -> expert.out().clone()).toArray(float[][]::new);
  }

  private static void restore(final ExpertWork[] experts, final float[][] outs) {
    for (int e = 0; e < outs.length; e++) {
      System.arraycopy(outs[e], 0, experts[e].out(), 0, outs[e].length);
    }
  }
}
