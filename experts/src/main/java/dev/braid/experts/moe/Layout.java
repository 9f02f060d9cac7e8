package dev.braid.experts.moe;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Where a plug-in's {@link Tensor}s lie in one array of parameters: one behind the other. */
public final class Layout {
  /** Of no arrays. */
  public static final Layout NOTHING = of(List.of(), 1, 1);

  private final List<Tensor> tensors;
  private final int inputs;
  private final int outputs;
  private final int[] offsets;

  private Layout(final List<Tensor> tensors, final int inputs, final int outputs) {
    this.tensors = tensors;
    this.inputs = inputs;
    this.outputs = outputs;
    offsets = new int[tensors.size() + 1];
    for (int t = 0; t < tensors.size(); t++) {
      offsets[t + 1] = offsets[t] + Math.toIntExact(tensors.get(t).size(inputs, outputs));
    }
  }

  /**
   * @param inputs numbers of a row
   * @param outputs numbers that come out for it
   */
  public static Layout of(final List<Tensor> tensors, final int inputs, final int outputs) {
    return new Layout(List.copyOf(tensors), inputs, outputs);
  }

  public int inputs() {
    return inputs;
  }

  public int outputs() {
    return outputs;
  }

  /** The arrays in their order. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** Floats in the array. */
  public int size() {
    return offsets[tensors.size()];
  }

  /** Where an array begins. */
  public int at(final String tensor) {
    return offsets[index(tensor)];
  }

  /** Elements of an array. */
  public int sizeOf(final String tensor) {
    final int t = index(tensor);
    return offsets[t + 1] - offsets[t];
  }

  /**
   * Where in the array lies what belongs to one place along an axis, such as one neuron or one of
   * the gate's experts: of all arrays that have the axis, in their order. Slices of one axis are
   * equally long, and their elements answer each other.
   */
  public int[] slice(final Axis axis, final int place) {
    final IntStream.Builder slice = IntStream.builder();
    for (int t = 0; t < tensors.size(); t++) {
      final List<Axis> axes = tensors.get(t).axes();
      final int along = axes.indexOf(axis);
      int stride = 1;
      for (int a = along + 1; along >= 0 && a < axes.size(); a++) {
        stride *= axes.get(a).length(inputs, outputs);
      }
      final int length = along < 0 ? 1 : axes.get(along).length(inputs, outputs);
      for (int i = offsets[t]; along >= 0 && i < offsets[t + 1]; i++) {
        if ((i - offsets[t]) / stride % length == place) {
          slice.add(i);
        }
      }
    }
    return slice.build().toArray();
  }

  private int index(final String tensor) {
    for (int t = 0; t < tensors.size(); t++) {
      if (tensors.get(t).name().equals(tensor)) {
        return t;
      }
    }
    throw new IllegalArgumentException("there is no array '" + tensor + "' in " + tensors);
  }

  /** Draws the first values of all arrays that do not begin with zeros, in their order. */
  public void draw(final SplittableRandom random, final float[] theta) {
    for (int t = 0; t < tensors.size(); t++) {
      final double limit = tensors.get(t).limit();
      for (int i = offsets[t]; limit > 0 && i < offsets[t + 1]; i++) {
        theta[i] = (float) ((random.nextDouble() * 2 - 1) * limit);
      }
    }
  }

  /**
   * Copies parameters to one of more inputs or outputs; what is new there stays as it is.
   *
   * @param to of the same tensors
   */
  public void copy(final float[] theta, final Layout to, final float[] larger) {
    for (int t = 0; t < tensors.size(); t++) {
      copy(tensors.get(t).axes(), theta, offsets[t], to, larger, to.offsets[t]);
    }
  }

  private void copy(
      final List<Axis> axes,
      final float[] theta,
      final int from,
      final Layout to,
      final float[] larger,
      final int at) {
    final int count = axes.get(0).length(inputs, outputs);
    if (axes.size() == 1) {
      System.arraycopy(theta, from, larger, at, count);
      return;
    }
    final List<Axis> rest = axes.subList(1, axes.size());
    int stride = 1;
    int wider = 1;
    for (final Axis axis : rest) {
      stride *= axis.length(inputs, outputs);
      wider *= axis.length(to.inputs, to.outputs);
    }
    for (int i = 0; i < count; i++) {
      copy(rest, theta, from + i * stride, to, larger, at + i * wider);
    }
  }
}
