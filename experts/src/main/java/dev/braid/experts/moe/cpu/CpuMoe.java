package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.DenseBatch;
import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.DenseOptions;
import dev.braid.experts.moe.ExpertLayout;
import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.gate.Gate;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.ColdExperts;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;

/**
 * A step of the layer on the CPU. Rows are staged with the labelled ones first; each expert then
 * computes its rows as whole matrices. With L the loss, z the layer's logits, o_e those of expert e
 * and g_e its weight: dL/do_e = g_e dL/dz, and dL/dg_e = o_e . dL/dz.
 */
public final class CpuMoe implements Backend {
  private final MoeState state;
  private final DenseMoeSpec spec;
  private final Products products;
  private final Gate gate;
  private final ExpertWork[] work;
  private final ColdExperts cold;
  private final int chosen;
  private final String why;

  private final int[] order;
  private final float[] x;
  private final float[] affinity;
  private final int[] choice;
  private final float[] weight;
  private final float[] weightGradient;
  private final float[] logits;
  private final float[] gateGradient;
  private final float[] gradient;
  private float[] hiddenGradient = new float[0];

  /**
   * @param state weights that this backend works on and changes
   * @param capacity most rows a batch may have
   */
  public CpuMoe(final MoeState state, final Products products, final int capacity) {
    this(state, products, capacity, DenseOptions.DEFAULT_RESIDENT, Long.MAX_VALUE, "");
  }

  /**
   * @param resident experts at rest to keep at hand
   * @param most bytes of experts to hold in memory, if the state has a store for the others
   * @param why the CPU computes, or nothing
   */
  public CpuMoe(
      final MoeState state,
      final Products products,
      final int capacity,
      final int resident,
      final long most,
      final String why) {
    cold = new ColdExperts(state, resident, most);
    this.why = why;
    this.state = state;
    this.products = products;
    spec = state.spec;
    gate = new Gate(spec);
    chosen = spec.chosenPerRow();
    work = new ExpertWork[spec.totalExperts()];
    for (int e = 0; e < work.length; e++) {
      work[e] = new ExpertWork(spec, products, state.expert(e), capacity);
    }
    order = new int[capacity];
    x = new float[Math.multiplyExact(capacity, spec.inputs())];
    affinity = new float[Math.multiplyExact(capacity, spec.experts())];
    choice = new int[capacity * chosen];
    weight = new float[capacity * chosen];
    weightGradient = new float[capacity * chosen];
    logits = new float[Math.multiplyExact(capacity, spec.classes())];
    gateGradient = new float[state.gate().theta.length];
    gradient = new float[ExpertLayout.of(spec).size()];
  }

  @Override
  public String name() {
    return "CPU (" + products.name() + ")" + (why.isEmpty() ? "" : ", since " + why);
  }

  @Override
  public MoeState state() {
    return state;
  }

  @Override
  public void submit(final DenseBatch batch) {
    final int rows = batch.rows();
    final int labelled = batch.labelledRows();
    Arrays.fill(batch.load(), 0);
    if (rows == 0) {
      return;
    }
    stage(batch);
    route(rows, labelled);
    Arrays.fill(logits, 0, rows * spec.classes(), 0);
    for (int e = 0; e < work.length; e++) {
      if (work[e].rows() > 0) {
        cold.need(e);
      }
      work[e].forward(x);
      combine(work[e], e);
      batch.load()[e] = work[e].rows();
    }
    for (int r = 0; r < rows; r++) {
      Gate.softmax(logits, r * spec.classes(), spec.classes());
    }
    answer(batch);
    if (labelled > 0) {
      learn(batch, labelled);
    }
    cold.settle();
  }

  @Override
  public RestFigures rest() {
    return cold.figures();
  }

  @Override
  public MemoryFigures memory() {
    return cold.memory();
  }

  @Override
  public void await(final DenseBatch batch) {}

  @Override
  public long deviceBytes() {
    return 0;
  }

  @Override
  public long workspaceBytes() {
    long floats = (long) x.length + affinity.length + logits.length + gradient.length;
    floats += gateGradient.length + hiddenGradient.length + order.length + 3L * choice.length;
    long bytes = floats * Float.BYTES + products.bytes();
    for (final ExpertWork expert : work) {
      bytes += expert.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    products.close();
  }

  private void stage(final DenseBatch batch) {
    final int d = spec.inputs();
    int next = 0;
    int rest = batch.labelledRows();
    for (int r = 0; r < batch.rows(); r++) {
      final int staged = batch.labels()[r] >= 0 ? next++ : rest++;
      order[staged] = r;
      System.arraycopy(batch.inputs(), r * d, x, staged * d, d);
    }
  }

  private void route(final int rows, final int labelled) {
    final int experts = spec.experts();
    final float[] theta = state.gate().theta;
    ExpertWork.preset(theta, experts * spec.inputs(), experts, affinity, rows);
    products.timesTransposed(rows, experts, spec.inputs(), x, 0, theta, 0, true, affinity, 0);
    for (int r = 0; r < rows; r++) {
      gate.choose(r, affinity, choice, weight);
    }
    cold.lean(affinity, rows);
    for (int e = 0; e < work.length; e++) {
      if (e >= experts || chosen == experts) {
        work[e].takeAll(rows, labelled);
      } else {
        work[e].clear();
      }
    }
    if (chosen < experts) {
      for (int j = 0; j < rows * chosen; j++) {
        work[choice[j]].add(j / chosen, j, j / chosen < labelled);
      }
    }
  }

  /** Where the weight of an expert's i-th row lies; -1 for a shared expert, whose weight is 1. */
  private int weightIndex(final ExpertWork expert, final int e, final int i) {
    if (e >= spec.experts()) {
      return -1;
    }
    return chosen == spec.experts() ? i * chosen + e : expert.weightIndex(i);
  }

  private void combine(final ExpertWork expert, final int e) {
    final int c = spec.classes();
    final float[] out = expert.out();
    for (int i = 0; i < expert.rows(); i++) {
      final int w = weightIndex(expert, e, i);
      final float factor = w < 0 ? 1 : weight[w];
      final int to = expert.row(i) * c;
      for (int j = 0; j < c; j++) {
        logits[to + j] += factor * out[i * c + j];
      }
    }
  }

  private void answer(final DenseBatch batch) {
    final int c = spec.classes();
    for (int r = 0; r < batch.rows(); r++) {
      System.arraycopy(logits, r * c, batch.probabilities(), order[r] * c, c);
    }
    answerWeights(batch);
    final float[] votes = batch.votes();
    if (votes == null) {
      return;
    }
    if (chosen < spec.experts()) {
      Arrays.fill(votes, 0, batch.rows() * work.length * c, 0);
    }
    for (int e = 0; e < work.length; e++) {
      for (int i = 0; i < work[e].rows(); i++) {
        final int to = (order[work[e].row(i)] * work.length + e) * c;
        System.arraycopy(work[e].out(), i * c, votes, to, c);
        Gate.softmax(votes, to, c);
      }
    }
  }

  private void answerWeights(final DenseBatch batch) {
    final int experts = spec.experts();
    Arrays.fill(batch.weights(), 0, batch.rows() * experts, 0);
    for (int j = 0; j < batch.rows() * chosen; j++) {
      batch.weights()[order[j / chosen] * experts + choice[j]] = weight[j];
    }
  }

  private void learn(final DenseBatch batch, final int labelled) {
    final int c = spec.classes();
    for (int r = 0; r < labelled; r++) {
      logits[r * c + batch.labels()[order[r]]] -= 1;
    }
    final float scale = 1f / labelled;
    for (int i = 0; i < labelled * c; i++) {
      logits[i] *= scale;
    }
    if (hiddenGradient.length < labelled * spec.hidden()) {
      hiddenGradient = new float[Math.multiplyExact(order.length, spec.hidden())];
    }
    for (int e = 0; e < work.length; e++) {
      turnBack(work[e], e);
      if (work[e].labelled() > 0) {
        cold.needToLearn(e);
      }
      work[e].learn(gradient, hiddenGradient);
      cold.stepped(e, work[e].labelled() > 0);
    }
    learnGate(labelled);
  }

  /** Replaces the labelled rows' outputs by their gradient, and notes that of their weights. */
  private void turnBack(final ExpertWork expert, final int e) {
    final int c = spec.classes();
    final float[] out = expert.out();
    for (int i = 0; i < expert.labelled(); i++) {
      final int w = weightIndex(expert, e, i);
      final float factor = w < 0 ? 1 : weight[w];
      final int from = expert.row(i) * c;
      float inner = 0;
      for (int j = 0; j < c; j++) {
        inner += logits[from + j] * out[i * c + j];
        out[i * c + j] = factor * logits[from + j];
      }
      if (w >= 0) {
        weightGradient[w] = inner;
      }
    }
  }

  private void learnGate(final int labelled) {
    final int experts = spec.experts();
    final int d = spec.inputs();
    gate.count(labelled, choice, state.window);
    for (int r = 0; r < labelled; r++) {
      gate.backward(r, affinity, choice, weight, weightGradient);
    }
    products.transposedTimes(experts, d, labelled, affinity, 0, x, 0, gateGradient, 0);
    products.columnSums(labelled, experts, affinity, 0, gateGradient, experts * d);
    state.gate().learn(gateGradient, spec.learningRate());
  }
}
