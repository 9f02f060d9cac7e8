package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.state.Weights;

/** What one part of a layer computes with on the CPU, in arrays that begin with zeros. */
public class PartWork extends CpuWork {
  public final float[] theta;
  public final float[] gradient;
  public final float[] memory;

  /**
   * @param tape floats kept from forward to backward, of all rows
   */
  protected PartWork(
      final Layout layout, final Layout memoryLayout, final Layout sharedLayout, final int tape) {
    super(new JavaProducts(), layout.size());
    final Weights part = new Weights(layout, memoryLayout);
    on(part, new float[tape]);
    sharing(new Weights(sharedLayout, Layout.NOTHING), new float[sharedLayout.size()]);
    theta = part.theta;
    gradient = gradient();
    memory = part.memory;
  }
}
