package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.ExpertHost;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.Weights;
import java.util.Arrays;

/** One of the layers that a row passes: a gate, experts, and what comes out of them. */
final class CpuLayer {
  private final MoeState state;
  private final DenseMoeSpec spec;
  private final GateSpec gate;
  private final CpuWork work;
  private final ExpertWork[] experts;
  private final CpuStep step;
  private final ExpertHost host;
  private final Penalty[] penalties;
  private final Life[] lives;

  /** Where in an expert's memory lies what each life keeps of it. */
  private final int[][] copiesAt;

  private final int[] load;

  /** Of each group of one kind, the gradient of what its experts share. */
  private final float[][] sharedGradient;

  /** Computes rows where the combination merges parameters; else null. */
  private final CpuMerged merged;

  private final boolean lowest;
  private final boolean learnsOtherwise;

  /** Gradient of the inputs, and that by way of the gate; null in the lowest layer. */
  private final float[] inputGradient;

  private final float[] gateInputGradient;

  /**
   * @param below the layer before this one, or null
   */
  CpuLayer(
      final MoeState state,
      final Products products,
      final DenseOptions options,
      final CpuLayer below) {
    host = new ExpertHost(state, options);
    this.state = state;
    spec = state.spec;
    gate = spec.gate();
    penalties = gate.penalties().toArray(Penalty[]::new);
    lives = spec.layer().lives().toArray(Life[]::new);
    copiesAt = new int[lives.length][spec.totalExperts()];
    for (int l = 0; l < lives.length; l++) {
      final int life = l;
      Arrays.setAll(copiesAt[l], e -> spec.copiesAt(e, life));
    }
    load = new int[spec.totalExperts()];
    int largest = state.gate().layout().size();
    boolean otherwise = gate.assign().couples() || spec.layer().combine().differsWhenLearning();
    for (int e = 0; e < spec.totalExperts(); e++) {
      largest = Math.max(largest, state.expert(e).layout().size());
      otherwise |= spec.kind(e).differsWhenLearning();
    }
    learnsOtherwise = otherwise;
    work = new CpuWork(products, largest);
    experts = new ExpertWork[spec.totalExperts()];
    for (int e = 0; e < experts.length; e++) {
      experts[e] = new ExpertWork(spec.kind(e), state.expert(e).layout(), work, options.maxRows());
    }
    sharedGradient = new float[spec.groups()][];
    for (int g = 0; g < sharedGradient.length; g++) {
      sharedGradient[g] = new float[state.shared(g).layout().size()];
    }
    for (int e = 0; e < experts.length; e++) {
      experts[e].share(state.shared(spec.group(e)), sharedGradient[spec.group(e)]);
    }
    final int pairs = gate.assign().most(spec.experts()) + gate.shared();
    step =
        new CpuStep(
            spec,
            experts,
            new Routing(
                options.maxRows(), spec.experts(), pairs, state.assignMemory(), state.alive),
            state.recent(),
            options.maxRows(),
            below == null ? null : below.step);
    step.ask(
        e -> {
          host.need(e);
          return state.expert(e);
        });
    merged = spec.layer().combine().mergesParameters() ? merging() : null;
    lowest = below == null;
    inputGradient = lowest ? null : new float[options.maxRows() * spec.inputs()];
    gateInputGradient = lowest ? null : new float[inputGradient.length];
  }

  private CpuMerged merging() {
    final CpuMerged all =
        new CpuMerged(spec.kind(0), spec.layout(0), state::expert, experts.length, work);
    all.share(state.shared(0), sharedGradient[0]);
    all.on(step);
    return all;
  }

  CpuStep step() {
    return step;
  }

  ExpertHost host() {
    return host;
  }

  /** Rows that each expert computed when it predicted. */
  int[] load() {
    return load;
  }

  /** Takes a batch's rows from the caller, or from the layer below, and computes what comes out. */
  void predict(final DenseBatch batch) {
    if (lowest) {
      step.begin(batch, state.gate().steps);
    } else {
      step.follow(state.gate().steps);
    }
    rate();
    step.routing().clear();
    gate.assign().predict(step.routing(), 0, step.rows());
    forward(false);
    for (int e = 0; e < experts.length; e++) {
      load[e] = experts[e].rows();
    }
  }

  private void rate() {
    final Routing routing = step.routing();
    gate.score().forward(step, gateWork(), routing.score);
    routing.mask(step.rows());
  }

  private CpuWork gateWork() {
    return work.on(state.gate(), null);
  }

  /** What the layer says of the rows as they are routed. */
  private void forward(final boolean learning) {
    step.distribute();
    for (int e = 0; e < experts.length; e++) {
      if (experts[e].rows() > 0) {
        host.need(e);
        experts[e].forward(state.expert(e), step.x(), step.rows(), learning);
      }
    }
    spec.layer().combine().forward(step, learning, step.out());
  }

  /**
   * Computes the labelled rows once more as they are learned, where that differs from what was
   * predicted.
   *
   * @param moved whether a layer below did so, so that the rows are others
   * @return whether this one did
   */
  boolean computeToLearn(final boolean moved) {
    if (!moved && !learnsOtherwise) {
      return false;
    }
    if (moved) {
      step.follow(step.number());
      rate();
    }
    step.onlyLabelled();
    step.routing().clear();
    gate.assign().learn(step, step.routing());
    forward(true);
    return true;
  }

  /** Before it learns, once it is known whether errors rose. */
  void begin(final boolean alarm) {
    step.alarm(alarm);
    for (int l = 0; l < lives.length; l++) {
      lives[l].begin(step, state.lifeMemory(l));
    }
  }

  /**
   * Learns.
   *
   * @param outGradient gradient of what came out, shape [labelled][outputs]
   * @return gradient of what the layer below made, shape [labelled][inputs]; null in the lowest
   */
  float[] learn(final float[] outGradient) {
    for (final float[] gradient : sharedGradient) {
      Arrays.fill(gradient, 0);
    }
    final int numbers = step.labelled() * spec.inputs();
    if (!lowest) {
      Arrays.fill(inputGradient, 0, numbers, 0);
    }
    if (merged != null) {
      merged.clear(inputGradient);
    }
    spec.layer().combine().backward(step, outGradient);
    punish();
    learnGate();
    learnExperts();
    for (int i = 0; !lowest && i < numbers; i++) {
      // What comes out of a layer that feeds another is added to what went in.
      inputGradient[i] += gateInputGradient[i] + (spec.feeds() ? outGradient[i] : 0);
    }
    state.recent().took(step);
    return inputGradient;
  }

  private void learnExperts() {
    for (int e = 0; e < experts.length; e++) {
      if (experts[e].labelled() > 0) {
        final boolean learns = learns(e);
        if (learns || !lowest) {
          // What does not learn hands the gradient of its inputs down all the same.
          learn(e, learns);
        }
      } else {
        host.idle(e);
      }
    }
    for (int g = 0; g < sharedGradient.length; g++) {
      if (sharedGradient[g].length > 0 && hasLearned(g)) {
        state.shared(g).learn(sharedGradient[g], spec.learningRate());
      }
    }
  }

  private boolean learns(final int e) {
    boolean learns = true;
    for (int l = 0; l < lives.length; l++) {
      learns &= lives[l].learns(step, e, state.lifeMemory(l));
    }
    return learns;
  }

  private boolean hasLearned(final int group) {
    for (int e = 0; e < experts.length; e++) {
      if (experts[e].labelled() > 0 && spec.group(e) == group) {
        return true;
      }
    }
    return false;
  }

  private void learn(final int e, final boolean moves) {
    host.needToLearn(e);
    final Weights weights = state.expert(e);
    final float[] gradient =
        merged == null
            ? experts[e].backward(weights, spec.feeds() ? null : step.labels(), inputGradient)
            : merged.gradient(e);
    if (!moves) {
      return;
    }
    step.addExpertGradient(e, gradient);
    for (int l = 0; l < lives.length; l++) {
      final int at = copiesAt[l][e];
      lives[l].gradient(step, e, weights.theta, gradient, state.lifeMemory(l), weights.memory, at);
    }
    weights.learn(gradient, spec.learningRate());
  }

  /** Further losses on the gate, while the gradients of the experts' outputs are there. */
  private void punish() {
    final Routing routing = step.routing();
    routing.keepRows(step.labelled());
    Arrays.fill(routing.gradient, 0, step.labelled() * spec.experts(), 0);
    for (int p = 0; p < penalties.length; p++) {
      penalties[p].add(step, routing, state.penaltyMemory(p));
    }
  }

  private void learnGate() {
    final Routing routing = step.routing();
    gate.assign().backward(step, routing);
    final CpuWork on = gateWork();
    gate.score().backward(step, on, routing.gradient, gateInputGradient);
    state.gate().learn(on.gradient(), spec.learningRate());
  }

  /** After a batch: which experts are at hand for the next. */
  void settle() {
    host.settle(load, step.routing().affinity, step.rows());
  }

  /** Heap bytes beside the weights. */
  long bytes() {
    long bytes = work.bytes() + step.bytes() + (merged == null ? 0 : merged.bytes());
    bytes += lowest ? 0 : 2L * Float.BYTES * inputGradient.length;
    for (final ExpertWork expert : experts) {
      bytes += expert.bytes();
    }
    return bytes;
  }
}
