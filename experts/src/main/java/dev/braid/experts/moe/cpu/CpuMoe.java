package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.CrossEntropy;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.Block;
import dev.braid.experts.moe.state.ExpertHost;
import dev.braid.experts.moe.state.ExpertPool;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;

/**
 * A step of the layer on the CPU. Rows are staged with the labelled ones first; each expert then
 * computes its rows as whole matrices. Learning uses the same pass forward, but where a part of the
 * layer computes otherwise when it learns.
 */
public final class CpuMoe implements Backend {
  private final MoeState state;
  private final DenseMoeSpec spec;
  private final GateSpec gate;
  private final CpuWork work;
  private final ExpertWork[] experts;
  private final CpuStep step;
  private final ExpertHost host;
  private final Penalty[] penalties;
  private final Life[] lives;

  /** What lives change between steps; null where none does. */
  private final ExpertPool pool;

  /** Of each group of one kind, the gradient of what its experts share. */
  private final float[][] sharedGradient;

  /** Computes rows where the combination merges parameters; else null. */
  private final CpuMerged merged;

  private final boolean learnsOtherwise;
  private final String why;

  /**
   * @param state weights that this backend works on and changes
   * @param capacity most rows a batch may have
   */
  public CpuMoe(final MoeState state, final Products products, final int capacity) {
    this(state, products, new DenseOptions(DenseOptions.BackendChoice.JAVA, capacity), "");
  }

  /**
   * @param why the CPU computes, or nothing
   */
  public CpuMoe(
      final MoeState state, final Products products, final DenseOptions options, final String why) {
    host = new ExpertHost(state, options);
    this.why = why;
    this.state = state;
    spec = state.spec;
    gate = spec.gate();
    penalties = gate.penalties().toArray(Penalty[]::new);
    lives = spec.layer().lives().toArray(Life[]::new);
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
    pool = spec.layer().changesExperts() ? new ExpertPool(state, host) : null;
    final int pairs = gate.assign().most(spec.experts()) + gate.shared();
    step =
        new CpuStep(
            spec,
            experts,
            new Routing(
                options.maxRows(), spec.experts(), pairs, state.assignMemory(), state.alive),
            state.recent(),
            options.maxRows());
    step.ask(
        e -> {
          host.need(e);
          return state.expert(e);
        });
    merged = spec.layer().combine().mergesParameters() ? merging() : null;
  }

  private CpuMerged merging() {
    final CpuMerged all =
        new CpuMerged(spec.kind(0), spec.layout(0), state::expert, experts.length, work);
    all.share(state.shared(0), sharedGradient[0]);
    all.on(step);
    return all;
  }

  @Override
  public String name() {
    return "CPU (" + work.products().name() + ")" + (why.isEmpty() ? "" : ", since " + why);
  }

  @Override
  public MoeState state() {
    return state;
  }

  @Override
  public void submit(final DenseBatch batch) {
    Arrays.fill(batch.load(), 0);
    if (batch.rows() == 0) {
      return;
    }
    step.begin(batch, state.gate().steps);
    final Routing routing = step.routing();
    gate.score().forward(step, gateWork(), routing.score);
    routing.mask(step.rows());
    routing.clear();
    gate.assign().predict(routing, 0, step.rows());
    forward(false);
    step.answer(batch);
    if (step.labelled() > 0) {
      learn();
    }
    host.settle(batch.load(), routing.affinity, step.rows());
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
    spec.layer().combine().forward(step, learning, step.probabilities());
    CrossEntropy.probabilities(step.probabilities(), step.rows(), spec.classes());
  }

  private void learn() {
    final Routing routing = step.routing();
    if (learnsOtherwise) {
      step.onlyLabelled();
      routing.clear();
      gate.assign().learn(step, routing);
      forward(true);
    }
    Arrays.fill(step.rowWeight(), 0, step.labelled(), 1);
    for (final Life life : lives) {
      life.rows(step);
    }
    state.took(step);
    step.alarm(state.alarm());
    CrossEntropy.gradient(
        step.probabilities(), step.labels(), step.rowWeight(), step.labelled(), spec.classes());
    for (final float[] gradient : sharedGradient) {
      Arrays.fill(gradient, 0);
    }
    if (merged != null) {
      merged.clear();
    }
    spec.layer().combine().backward(step, step.probabilities());
    punish(routing);
    learnGate(routing);
    learnExperts();
    state.recent().took(step);
    for (final Life life : lives) {
      if (life.changesExperts()) {
        life.after(step, pool);
      }
    }
  }

  private void learnExperts() {
    for (int e = 0; e < experts.length; e++) {
      if (experts[e].labelled() > 0) {
        learn(e);
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

  private boolean hasLearned(final int group) {
    for (int e = 0; e < experts.length; e++) {
      if (experts[e].labelled() > 0 && spec.group(e) == group) {
        return true;
      }
    }
    return false;
  }

  private void learn(final int e) {
    host.needToLearn(e);
    final Block block = state.expert(e);
    final float[] gradient =
        merged == null ? experts[e].backward(block, step.labels()) : merged.gradient(e);
    step.addExpertGradient(e, gradient);
    for (final Life life : lives) {
      life.gradient(step, e, block.theta, gradient);
    }
    block.learn(gradient, spec.learningRate());
  }

  /** Further losses on the gate, while the gradients of the experts' outputs are there. */
  private void punish(final Routing routing) {
    routing.keepRows(step.labelled());
    Arrays.fill(routing.gradient, 0, step.labelled() * spec.experts(), 0);
    for (int p = 0; p < penalties.length; p++) {
      penalties[p].add(step, routing, state.penaltyMemory(p));
    }
  }

  private void learnGate(final Routing routing) {
    gate.assign().backward(step, routing);
    final CpuWork on = gateWork();
    gate.score().backward(step, on, routing.gradient, null);
    state.gate().learn(on.gradient(), spec.learningRate());
  }

  @Override
  public RestFigures rest() {
    return host.rest();
  }

  @Override
  public MemoryFigures memory() {
    return host.memory();
  }

  @Override
  public void await(final DenseBatch batch) {}

  @Override
  public long deviceBytes() {
    return 0;
  }

  @Override
  public long workspaceBytes() {
    long bytes = work.bytes() + step.bytes() + (merged == null ? 0 : merged.bytes());
    for (final ExpertWork expert : experts) {
      bytes += expert.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    work.products().close();
  }
}
