package dev.braid.experts.moe;

import java.util.List;

/**
 * One array of parameters as a plug-in declares it. Its place among them, its first values and how
 * it grows follow from this.
 *
 * @param name unique among the arrays of the plug-in
 * @param limit first values are uniform between minus this and this; 0 for zeros
 * @param axes slowest first, one or more
 */
public record Tensor(String name, double limit, List<Axis> axes) {
  public Tensor {
    axes = List.copyOf(axes);
  }

  /** An array of random first values, or of zeros where the limit is 0. */
  public static Tensor of(final String name, final double limit, final Axis... axes) {
    return new Tensor(name, limit, List.of(axes));
  }

  /** An array that begins with zeros. */
  public static Tensor zeros(final String name, final Axis... axes) {
    return of(name, 0, axes);
  }

  /** Elements of some arrays. */
  public static long size(final List<Tensor> tensors, final int inputs, final int outputs) {
    return tensors.stream().mapToLong(tensor -> tensor.size(inputs, outputs)).sum();
  }

  /** Elements in all. */
  public long size(final int inputs, final int outputs) {
    long size = 1;
    for (final Axis axis : axes) {
      size *= axis.length(inputs, outputs);
    }
    return size;
  }
}
