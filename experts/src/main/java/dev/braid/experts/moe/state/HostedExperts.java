package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Layout;
import java.util.Arrays;

/** A layer's experts in host memory, as a {@link dev.braid.experts.moe.Life} changes them. */
public final class HostedExperts implements LayerExperts {
  private final MoeState state;
  private final ExpertHost host;
  private final ExpertFigures figures;

  /**
   * @param host keeps the state's experts within memory
   */
  public HostedExperts(final MoeState state, final ExpertHost host) {
    this.state = state;
    this.host = host;
    figures = state.figures();
  }

  @Override
  public int places() {
    return state.spec.experts();
  }

  @Override
  public int alive() {
    int count = 0;
    for (int e = 0; e < places(); e++) {
      count += isAlive(e) ? 1 : 0;
    }
    return count;
  }

  @Override
  public boolean isAlive(final int e) {
    return state.alive[e];
  }

  @Override
  public int emptyPlace(final int e) {
    for (int place = 0; place < places(); place++) {
      if (!isAlive(place) && state.spec.group(place) == state.spec.group(e)) {
        return place;
      }
    }
    return -1;
  }

  @Override
  public void copy(final int from, final int to) {
    requireAlive(from);
    if (isAlive(to) || state.spec.group(to) != state.spec.group(from)) {
      throw new IllegalArgumentException("expert " + from + " cannot go to place " + to);
    }
    final Weights original = awake(from);
    final Weights copy = new Weights(original.layout(), original.memoryLayout());
    System.arraycopy(original.theta, 0, copy.theta, 0, copy.theta.length);
    System.arraycopy(original.m, 0, copy.m, 0, copy.m.length);
    System.arraycopy(original.v, 0, copy.v, 0, copy.v.length);
    System.arraycopy(original.memory, 0, copy.memory, 0, copy.memory.length);
    copy.steps = original.steps;
    host.replace(to, copy);
    state.alive[to] = true;
    state.idle[to] = 0;
    mixColumns(to, new int[] {from}, new float[] {1});
    for (int i = 0; i < state.gateMemories(); i++) {
      copyColumn(state.gateMemoryLayout(i), state.gateMemory(i), from, to);
    }
    copyColumn(state.gate().memoryLayout(), state.gate().memory, from, to);
    figures.copy(from, to);
  }

  @Override
  public void mix(final int to, final int[] from, final float[] share) {
    requireAlive(to);
    final Weights mixed = new Weights(state.expert(to).layout(), state.expert(to).memoryLayout());
    for (int i = 0; i < from.length; i++) {
      requireAlive(from[i]);
      if (state.spec.group(from[i]) != state.spec.group(to)) {
        throw new IllegalArgumentException("experts " + from[i] + " and " + to + " differ in kind");
      }
      final Weights part = awake(from[i]);
      add(part.theta, share[i], mixed.theta);
      add(part.m, share[i], mixed.m);
      add(part.v, Math.abs(share[i]), mixed.v);
    }
    final Weights weights = awake(to);
    System.arraycopy(mixed.theta, 0, weights.theta, 0, mixed.theta.length);
    System.arraycopy(mixed.m, 0, weights.m, 0, mixed.m.length);
    System.arraycopy(mixed.v, 0, weights.v, 0, mixed.v.length);
    mixColumns(to, from, share);
  }

  private static void add(final float[] values, final float factor, final float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * values[i];
    }
  }

  @Override
  public void retire(final int e) {
    requireAlive(e);
    if (alive() == 1) {
      throw new IllegalArgumentException("the last expert stays");
    }
    final Weights weights = state.expert(e);
    host.replace(e, Weights.empty(weights.layout(), weights.memoryLayout()));
    state.alive[e] = false;
    state.idle[e] = 0;
    for (int i = 0; i < state.gateMemories(); i++) {
      clearColumn(state.gateMemoryLayout(i), state.gateMemory(i), e);
    }
    clearColumn(state.gate().memoryLayout(), state.gate().memory, e);
    state.gate().dirty = true;
    figures.retire(e);
  }

  private void requireAlive(final int e) {
    if (!isAlive(e)) {
      throw new IllegalArgumentException("there is no expert in place " + e);
    }
  }

  private Weights awake(final int e) {
    host.needToLearn(e);
    final Weights weights = state.expert(e);
    weights.dirty = true;
    return weights;
  }

  /** The gate's parameters for an expert become a mixture of those for others. */
  private void mixColumns(final int to, final int[] from, final float[] share) {
    final Weights gate = state.gate();
    final int[] target = gate.layout().slice(Axis.OUT, to);
    final float[][] mixed = new float[3][target.length];
    for (int i = 0; i < from.length; i++) {
      final int[] source = gate.layout().slice(Axis.OUT, from[i]);
      for (int p = 0; p < source.length; p++) {
        mixed[0][p] += share[i] * gate.theta[source[p]];
        mixed[1][p] += share[i] * gate.m[source[p]];
        mixed[2][p] += Math.abs(share[i]) * gate.v[source[p]];
      }
    }
    for (int p = 0; p < target.length; p++) {
      gate.theta[target[p]] = mixed[0][p];
      gate.m[target[p]] = mixed[1][p];
      gate.v[target[p]] = mixed[2][p];
    }
    gate.dirty = true;
  }

  private static void copyColumn(
      final Layout layout, final float[] values, final int from, final int to) {
    final int[] source = layout.slice(Axis.OUT, from);
    final int[] target = layout.slice(Axis.OUT, to);
    for (int p = 0; p < source.length; p++) {
      values[target[p]] = values[source[p]];
    }
  }

  private static void clearColumn(final Layout layout, final float[] values, final int e) {
    Arrays.stream(layout.slice(Axis.OUT, e)).forEach(p -> values[p] = 0);
  }

  @Override
  public float[] theta(final int e) {
    requireAlive(e);
    return awake(e).theta;
  }

  @Override
  public Layout layout(final int e) {
    return state.expert(e).layout();
  }

  @Override
  public double gateLength(final int e) {
    double squares = 0;
    for (final int p : state.gate().layout().slice(Axis.OUT, e)) {
      squares += (double) state.gate().theta[p] * state.gate().theta[p];
    }
    return Math.sqrt(squares);
  }

  @Override
  public void route(final int e, final float[] weights) {
    requireAlive(e);
    final int[] column = state.gate().layout().slice(Axis.OUT, e);
    if (column.length != weights.length) {
      throw new IllegalArgumentException(
          "the gate has " + column.length + " parameters for an expert, not " + weights.length);
    }
    for (int p = 0; p < column.length; p++) {
      state.gate().theta[column[p]] = weights[p];
    }
    state.gate().dirty = true;
  }

  @Override
  public float share(final int e) {
    return figures.share[e];
  }

  @Override
  public boolean alarm() {
    return figures.alarm();
  }
}
