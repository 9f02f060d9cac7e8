package dev.braid.experts.moe.spec;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.combine.WeightedSum;
import dev.braid.experts.moe.kind.Mlp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Parts and size of a layer: E experts, each with d inputs and c outputs, behind a gate. It learns
 * by Adam (Kingma and Ba 2015, betas 0.9 and 0.999, epsilon 1e-8) on cross-entropy averaged over a
 * batch's labelled rows. An expert that no labelled row of a batch was sent to is left as it is,
 * moments and step count included.
 *
 * @param inputs d, 1 or more
 * @param classes c, 2 or more; of a layer that feeds another, numbers that come out
 * @param seed of the initial weights, and of what plug-ins draw
 * @param feeds whether what comes out goes to another layer, and is no logits of classes
 */
public record DenseMoeSpec(int inputs, int classes, LayerSpec layer, long seed, boolean feeds) {

  /** Learning rate for those who have no reason to choose another. */
  public static final double DEFAULT_LEARNING_RATE = 1e-3;

  public DenseMoeSpec {
    atLeast(1, inputs, "inputs");
    atLeast(feeds ? 1 : 2, classes, "classes");
    layer = Objects.requireNonNull(layer, "layer").sized(inputs);
    long largest = 0;
    for (final Members members : layer.experts()) {
      largest =
          Math.max(largest, Tensor.size(members.kind().tensors(inputs, classes), inputs, classes));
    }
    final int experts = layer.count();
    if (largest > Integer.MAX_VALUE / 16
        || Tensor.size(layer.gate().score().tensors(inputs, experts), inputs, experts)
            > (1 << 28)) {
      throw new IllegalArgumentException(
          "an expert of " + largest + " parameters does not fit one saved chunk");
    }
  }

  /** A layer that says classes. */
  public DenseMoeSpec(final int inputs, final int classes, final LayerSpec layer, final long seed) {
    this(inputs, classes, layer, seed, false);
  }

  /**
   * A layer of MLPs whose outputs are summed.
   *
   * @param hidden units of an expert, 1 or more
   * @param experts those the gate chooses from
   */
  public DenseMoeSpec(
      final int inputs,
      final int hidden,
      final int classes,
      final int experts,
      final GateSpec gate,
      final double learningRate,
      final long seed,
      final RestSpec rest) {
    this(
        inputs,
        classes,
        new LayerSpec(
            gate,
            List.of(new Members(new Mlp(hidden), experts)),
            new WeightedSum(),
            List.of(),
            rest,
            learningRate,
            List.of()),
        seed);
    atLeast(1, hidden, "hidden units");
  }

  /** The same with experts that never rest. */
  public DenseMoeSpec(
      final int inputs,
      final int hidden,
      final int classes,
      final int experts,
      final GateSpec gate,
      final double learningRate,
      final long seed) {
    this(inputs, hidden, classes, experts, gate, learningRate, seed, RestSpec.NONE);
  }

  /** The same with the default learning rate. */
  public static DenseMoeSpec of(
      final int inputs,
      final int hidden,
      final int classes,
      final int experts,
      final GateSpec gate,
      final long seed) {
    return new DenseMoeSpec(inputs, hidden, classes, experts, gate, DEFAULT_LEARNING_RATE, seed);
  }

  /** The same with other numbers of inputs and classes. */
  public DenseMoeSpec with(final int newInputs, final int newClasses) {
    return new DenseMoeSpec(newInputs, newClasses, layer, seed, feeds);
  }

  /** The same with experts that rest. */
  public DenseMoeSpec with(final RestSpec other) {
    return new DenseMoeSpec(inputs, classes, layer.with(other), seed, feeds);
  }

  /** Layers one behind another. */
  public int depth() {
    return 1 + layer.below().size();
  }

  /** One of the layers below this, the lowest first; as many numbers come out of it as go in. */
  public DenseMoeSpec below(final int i) {
    final long own = CounterRandom.bits(seed, i);
    return new DenseMoeSpec(inputs, inputs, layer.below().get(i), own, true);
  }

  private long sumBelow(final ToLongFunction<DenseMoeSpec> of) {
    return IntStream.range(0, depth() - 1).mapToObj(this::below).mapToLong(of).sum();
  }

  /** Chunks in which the layer is saved, and those below it. */
  public int chunkCount() {
    return ownChunkCount() + (int) sumBelow(DenseMoeSpec::chunkCount);
  }

  /** Chunks in which the layer is saved, without those below it. */
  public int ownChunkCount() {
    return 1 + totalExperts() + sharingGroups();
  }

  public GateSpec gate() {
    return layer.gate();
  }

  public RestSpec rest() {
    return layer.rest();
  }

  public double learningRate() {
    return layer.learningRate();
  }

  /** E: experts that the gate chooses from. */
  public int experts() {
    return layer.count();
  }

  /** T: the experts that the gate chooses from, then the shared ones. */
  public int totalExperts() {
    return experts() + gate().shared();
  }

  /** What an expert is. */
  public Kind kind(final int expert) {
    return layer.experts().get(group(expert)).kind();
  }

  /** Which of the layer's groups of one kind an expert belongs to. */
  public int group(final int expert) {
    return layer.group(expert);
  }

  /** Groups of experts of one kind. */
  public int groups() {
    return layer.experts().size();
  }

  /** Where an expert's parameters lie. */
  public Layout layout(final int expert) {
    return groupLayout(group(expert));
  }

  /** Where those of an expert of a group lie. */
  public Layout groupLayout(final int group) {
    final Kind kind = layer.experts().get(group).kind();
    return Layout.of(kind.tensors(inputs, classes), inputs, classes);
  }

  /** Where what an expert remembers lies. */
  public Layout memoryLayout(final int expert) {
    final List<Tensor> tensors = new ArrayList<>(kind(expert).memory(inputs, classes));
    for (int l = 0; l < layer.lives().size(); l++) {
      for (int copy = 0; copy < layer.lives().get(l).copies(); copy++) {
        for (final Tensor tensor : kind(expert).tensors(inputs, classes)) {
          tensors.add(new Tensor(l + "." + copy + "." + tensor.name(), 0, tensor.axes()));
        }
      }
    }
    return Layout.of(tensors, inputs, classes);
  }

  /** Where in that what one of the layer's lives keeps of the expert begins. */
  public int copiesAt(final int expert, final int life) {
    int at = Layout.of(kind(expert).memory(inputs, classes), inputs, classes).size();
    for (int l = 0; l < life; l++) {
      at += layer.lives().get(l).copies() * layout(expert).size();
    }
    return at;
  }

  /** Where the parameters lie that the experts of a group have together; often there are none. */
  public Layout sharedLayout(final int group) {
    final Kind kind = layer.experts().get(group).kind();
    return Layout.of(kind.shared(inputs, classes), inputs, classes);
  }

  /** Groups whose experts share parameters. */
  public int sharingGroups() {
    int count = 0;
    for (int g = 0; g < groups(); g++) {
      count += sharedLayout(g).size() > 0 ? 1 : 0;
    }
    return count;
  }

  /** The i-th of them. */
  public int sharingGroup(final int i) {
    int left = i;
    int group = 0;
    while (sharedLayout(group).size() == 0 || left-- > 0) {
      group++;
    }
    return group;
  }

  /** Where the gate's parameters lie. */
  public Layout gateLayout() {
    return Layout.of(gate().score().tensors(inputs, experts()), inputs, experts());
  }

  /** Where what the gate's score remembers lies. */
  public Layout gateMemoryLayout() {
    return Layout.of(gate().score().memory(inputs, experts()), inputs, experts());
  }

  /** Trainable numbers in all experts, what they share, and the gate, in all layers. */
  public long parameterCount() {
    long count = expertParameters() + gateLayout().size() + sumBelow(DenseMoeSpec::parameterCount);
    for (int g = 0; g < groups(); g++) {
      count += sharedLayout(g).size();
    }
    return count;
  }

  /**
   * Trainable numbers that a row goes through: the gate's, and those of each expert that it is sent
   * to. Experts are taken to be asked alike.
   */
  public long activeParameters() {
    long all = gate().shared() * kind(0).activeParameters(inputs, classes);
    for (final Members members : layer.experts()) {
      all += members.count() * members.kind().activeParameters(inputs, classes);
    }
    final int active = gate().assign().most(experts()) + gate().shared();
    return active * (all / totalExperts())
        + gateLayout().size()
        + sumBelow(DenseMoeSpec::activeParameters);
  }

  /** Bytes of the weights and moments of all experts in all layers, none of them at rest. */
  public long expertBytes() {
    return ownExpertBytes() + sumBelow(DenseMoeSpec::expertBytes);
  }

  /** A layer's part of memory for the experts of all. */
  public long partOf(final long memory, final DenseMoeSpec one) {
    final double part = (double) one.ownExpertBytes() / expertBytes();
    return memory == Long.MAX_VALUE || depth() == 1 ? memory : (long) (memory * part);
  }

  private long ownExpertBytes() {
    return 3L * Float.BYTES * expertParameters();
  }

  private long expertParameters() {
    long count = (long) gate().shared() * layout(0).size();
    for (final Members members : layer.experts()) {
      count +=
          members.count() * Tensor.size(members.kind().tensors(inputs, classes), inputs, classes);
    }
    return count;
  }

  private static void atLeast(final int least, final int value, final String what) {
    if (value < least) {
      throw new IllegalArgumentException("a layer needs " + least + " or more " + what);
    }
  }
}
