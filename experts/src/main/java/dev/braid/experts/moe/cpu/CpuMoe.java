package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.CrossEntropy;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.HostedExperts;
import dev.braid.experts.moe.state.MoeState;
import java.util.Arrays;

/**
 * A step on the CPU. Rows are staged with the labelled ones first; each expert then computes its
 * rows as whole matrices. Learning uses the same pass forward, but where a part of the layer
 * computes otherwise when it learns.
 */
public final class CpuMoe implements Backend {
  private final MoeState state;
  private final DenseMoeSpec spec;
  private final Products products;

  /** The lowest first. */
  private final CpuLayer[] layers;

  private final CpuLayer last;
  private final Life[] lives;

  /** What lives change between steps; null where none does. */
  private final HostedExperts experts;

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
    this.state = state;
    this.products = products;
    this.why = why;
    spec = state.spec;
    lives = spec.layer().lives().toArray(Life[]::new);
    final MoeState[] states = state.layers();
    layers = new CpuLayer[states.length];
    for (int l = 0; l < layers.length; l++) {
      final long memory = spec.partOf(options.expertMemory(), states[l].spec);
      final CpuLayer below = l == 0 ? null : layers[l - 1];
      layers[l] = new CpuLayer(states[l], products, options.withExpertMemory(memory), below);
    }
    last = layers[layers.length - 1];
    experts = spec.layer().changesExperts() ? new HostedExperts(state, last.host()) : null;
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
    Arrays.fill(batch.load(), 0);
    if (batch.rows() == 0) {
      return;
    }
    for (final CpuLayer layer : layers) {
      layer.predict(batch);
    }
    answer();
    System.arraycopy(last.load(), 0, batch.load(), 0, last.load().length);
    last.step().answer(batch);
    if (batch.labelledRows() > 0) {
      learn();
    }
    for (final CpuLayer layer : layers) {
      layer.settle();
    }
  }

  private void answer() {
    CrossEntropy.probabilities(last.step().out(), last.step().rows(), spec.classes());
  }

  private void learn() {
    boolean again = false;
    for (final CpuLayer layer : layers) {
      again = layer.computeToLearn(again);
    }
    if (again) {
      answer();
    }
    final CpuStep step = last.step();
    Arrays.fill(step.rowWeight(), 0, step.labelled(), 1);
    for (int l = 0; l < lives.length; l++) {
      lives[l].rows(step, state.lifeMemory(l));
    }
    state.took(step);
    for (final CpuLayer layer : layers) {
      layer.begin(state.alarm());
    }
    CrossEntropy.gradient(
        step.out(), step.labels(), step.rowWeight(), step.labelled(), spec.classes());
    float[] gradient = step.out();
    for (int l = layers.length - 1; l >= 0; l--) {
      gradient = layers[l].learn(gradient);
    }
    for (int l = 0; l < lives.length; l++) {
      if (lives[l].changesExperts()) {
        lives[l].after(step, experts, state.lifeMemory(l));
      }
    }
  }

  @Override
  public RestFigures rest() {
    RestFigures all = last.host().rest();
    for (int l = 0; l < layers.length - 1; l++) {
      all = all.plus(layers[l].host().rest());
    }
    return all;
  }

  @Override
  public MemoryFigures memory() {
    MemoryFigures all = MemoryFigures.NONE;
    for (final CpuLayer layer : layers) {
      all = all.plus(layer.host().memory());
    }
    return all;
  }

  @Override
  public void await(final DenseBatch batch) {}

  @Override
  public long deviceBytes() {
    return 0;
  }

  @Override
  public long workspaceBytes() {
    long bytes = products.bytes();
    for (final CpuLayer layer : layers) {
      bytes += layer.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    products.close();
  }
}
