package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Work;
import java.util.List;

/** The labelled rows that an expert was sent last, in its memory. */
final class Remembered {
  private Remembered() {}

  /** Labels count from 1, so that a place that is 0 is free. */
  static List<Tensor> tensors(final int rows) {
    return List.of(
        Tensor.zeros("rows", Axis.of(rows), Axis.IN),
        Tensor.zeros("labels", Axis.of(rows)),
        Tensor.zeros("next", Axis.of(1)));
  }

  /** How many of the places are taken; they are the first. */
  static int count(final Work work, final int rows) {
    final int labels = work.memoryAt("labels");
    int count = 0;
    while (count < rows && work.memory()[labels + count] >= 1) {
      count++;
    }
    return count;
  }

  /** The class of the row in a place that is taken. */
  static int label(final Work work, final int place) {
    return label(work, work.memoryAt("labels"), place);
  }

  /** The same for who knows where the labels lie. */
  static int label(final Work work, final int labels, final int place) {
    return Math.min(work.outputs(), (int) work.memory()[labels + place]) - 1;
  }

  /** Remembers a row in the place of the oldest. */
  static void add(
      final Work work, final float[] x, final int row, final int label, final int rows) {
    final int d = work.inputs();
    final float[] memory = work.memory();
    final int at = work.memoryAt("next");
    final int next = Math.floorMod((int) memory[at], rows);
    System.arraycopy(x, row * d, memory, next * d, d);
    memory[work.memoryAt("labels") + next] = label + 1;
    memory[at] = (next + 1) % rows;
  }
}
