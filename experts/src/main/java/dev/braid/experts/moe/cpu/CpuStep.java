package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Merged;
import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.state.Weights;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * A batch on its way through a layer on the CPU: its rows, labelled ones first, and who has them.
 * Layers one behind another have the rows in the same order.
 */
final class CpuStep implements Step {
  private final DenseMoeSpec spec;
  private final ExpertWork[] experts;
  private final Routing routing;
  private final RecentRows recent;

  /** The same rows in the layer that has them before this one; null in the lowest. */
  private final CpuStep below;

  /** Which row of the caller's batch each row is. */
  private final int[] order;

  private final float[] x;
  private final int[] labels;
  private final float[] rowWeight;

  /** What comes out: probabilities, or numbers for the next layer. */
  private final float[] out;

  private IntFunction<Weights> weights;
  private float[] scratch = new float[0];
  private boolean alarm;

  /** Of each expert, what the score says of its parameters; null until it says something. */
  private final float[][] expertGradient;

  private final boolean[] hasExpertGradient;
  private int rows;
  private int labelled;
  private long number;
  private Merged merged;

  /**
   * @param capacity most rows a batch may have
   * @param below has the rows before this one; null where this is the lowest layer
   */
  CpuStep(
      final DenseMoeSpec spec,
      final ExpertWork[] experts,
      final Routing routing,
      final RecentRows recent,
      final int capacity,
      final CpuStep below) {
    this.spec = spec;
    this.experts = experts;
    this.routing = routing;
    this.recent = recent;
    expertGradient = new float[experts.length][];
    hasExpertGradient = new boolean[experts.length];
    this.below = below;
    order = below == null ? new int[capacity] : below.order;
    labels = below == null ? new int[capacity] : below.labels;
    rowWeight = below == null ? new float[capacity] : below.rowWeight;
    x = new float[Math.multiplyExact(capacity, spec.inputs())];
    out = new float[Math.multiplyExact(capacity, spec.classes())];
  }

  /** Its rows are computed by merged experts. */
  void merge(final Merged by) {
    merged = by;
  }

  /** Where experts are to be had that a part of the layer asks for itself. */
  void ask(final IntFunction<Weights> from) {
    weights = from;
  }

  /** Whether errors were seen to rise. */
  void alarm(final boolean rose) {
    alarm = rose;
  }

  /** Takes a batch's rows in. */
  void begin(final DenseBatch batch, final long stepNumber) {
    final int d = spec.inputs();
    rows = batch.rows();
    labelled = batch.labelledRows();
    number = stepNumber;
    Arrays.fill(hasExpertGradient, false);
    int next = 0;
    int last = labelled;
    for (int r = 0; r < rows; r++) {
      final int label = batch.labels()[r];
      final int staged = label >= 0 ? next++ : last++;
      order[staged] = r;
      labels[staged] = label;
      System.arraycopy(batch.inputs(), r * d, x, staged * d, d);
    }
  }

  /**
   * Takes the rows from the layer below, which has computed them: what it made is added to them.
   */
  void follow(final long stepNumber) {
    rows = below.rows;
    labelled = below.labelled;
    number = stepNumber;
    Arrays.fill(hasExpertGradient, false);
    for (int i = 0; i < rows * spec.inputs(); i++) {
      x[i] = below.x[i] + below.out[i];
    }
  }

  /** Goes on with the labelled rows alone. */
  void onlyLabelled() {
    rows = labelled;
  }

  /** Gives each expert the rows that the routing sends to it, and the shared ones all rows. */
  void distribute() {
    for (int e = spec.experts(); e < experts.length; e++) {
      routing.share(e, rows);
    }
    for (final ExpertWork expert : experts) {
      expert.clear();
    }
    for (int p = 0; p < routing.size(); p++) {
      experts[routing.expert(p)].add(routing, p, labelled);
    }
  }

  /** Fills in what the batch's caller is told. */
  void answer(final DenseBatch batch) {
    final int c = spec.classes();
    final int count = spec.experts();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(out, r * c, batch.probabilities(), order[r] * c, c);
    }
    Arrays.fill(batch.weights(), 0, rows * count, 0);
    for (int p = 0; p < routing.chosen(); p++) {
      batch.weights()[order[routing.row(p)] * count + routing.expert(p)] = routing.weight(p);
    }
    if (batch.expertProbabilities() != null) {
      answerExperts(batch.expertProbabilities());
    }
  }

  private void answerExperts(final float[] probabilities) {
    final int c = spec.classes();
    Arrays.fill(probabilities, 0, rows * experts.length * c, 0);
    for (int e = 0; e < experts.length; e++) {
      for (int i = 0; i < experts[e].rows(); i++) {
        final int to = (order[experts[e].row(i)] * experts.length + e) * c;
        System.arraycopy(experts[e].out(), i * c, probabilities, to, c);
        FloatMath.softmax(probabilities, to, c);
      }
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int labelled() {
    return labelled;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public float[] x() {
    return x;
  }

  @Override
  public int[] labels() {
    requireClasses();
    return labels;
  }

  /** A labelled row's class; -1 where what comes out is of no classes. */
  int label(final int row) {
    return spec.feeds() ? -1 : labels[row];
  }

  private void requireClasses() {
    if (spec.feeds()) {
      throw new IllegalStateException("a layer below another has no classes");
    }
  }

  @Override
  public int outputs() {
    return spec.classes();
  }

  @Override
  public float[] probabilities() {
    requireClasses();
    return out;
  }

  float[] out() {
    return out;
  }

  @Override
  public float[] rowWeight() {
    return rowWeight;
  }

  @Override
  public Routing routing() {
    return routing;
  }

  @Override
  public RecentRows recent() {
    return recent;
  }

  @Override
  public int experts() {
    return experts.length;
  }

  @Override
  public ExpertRows expert(final int e) {
    return experts[e];
  }

  @Override
  public Merged merged() {
    return merged;
  }

  @Override
  public int inputs() {
    return spec.inputs();
  }

  @Override
  public float[] scratch(final int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }
    return scratch;
  }

  @Override
  public boolean alarm() {
    return alarm;
  }

  @Override
  public float[] answers(final int e) {
    return experts[e].answers(weights.apply(e), x, rows);
  }

  @Override
  public float[] theta(final int e) {
    return weights.apply(e).theta;
  }

  @Override
  public float[] expertGradient(final int e) {
    if (expertGradient[e] == null) {
      expertGradient[e] = new float[experts[e].layout().size()];
    }
    if (!hasExpertGradient[e]) {
      Arrays.fill(expertGradient[e], 0);
      hasExpertGradient[e] = true;
    }
    return expertGradient[e];
  }

  /** Adds to an expert's gradient what the score says of its parameters. */
  void addExpertGradient(final int e, final float[] gradient) {
    for (int i = 0; hasExpertGradient[e] && i < expertGradient[e].length; i++) {
      gradient[i] += expertGradient[e][i];
    }
  }

  @Override
  public Layout layout(final int e) {
    return experts[e].layout();
  }

  @Override
  public long seed() {
    return spec.seed();
  }

  long bytes() {
    return routing.bytes()
        + 4L * (x.length + labels.length + rowWeight.length + out.length + order.length);
  }
}
