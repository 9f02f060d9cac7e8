package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Experts that read one store of knowledge which all of them share, each by maps of its own to
 * queries, keys, thresholds and values: with s a slot of the store and q a row's query, {@code y =
 * sum_s relu(q . K s / sqrt(k) + b . s) V s + c}, a net whose hidden units are the slots (Guo and
 * Chen 2025, "Decoupling Knowledge and Reasoning in Transformers: A Modular Architecture with
 * Generalized Cross-Attention").
 *
 * @param slots of the store
 * @param width numbers of a slot
 * @param query k, numbers of a query
 */
public record Knowledge(int slots, int width, int query) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "knowledge",
          "Reads a store that all experts of the kind share, by keys and values of its own.",
          List.of(
              new Option("slots", "64", "Of the store, 1 to 65536."),
              new Option("width", "16", "Numbers of a slot, 1 to 1024."),
              new Option("query", "16", "Numbers of a query, 1 to 1024.")),
          options ->
              new Knowledge(
                  options.integer("slots", 1, 65_536),
                  options.integer("width", 1, 1024),
                  options.integer("query", 1, 1024)));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double narrow = Math.sqrt(3.0 / width);
    return List.of(
        Tensor.of("query", Math.sqrt(3.0 / inputs), Axis.of(query), Axis.IN),
        Tensor.of("key", narrow, Axis.of(query), Axis.of(width)),
        Tensor.zeros("threshold", Axis.of(width)),
        Tensor.of("value", narrow / Math.sqrt(slots), Axis.OUT, Axis.of(width)),
        Tensor.zeros("bias", Axis.OUT));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    return List.of(Tensor.of("store", Math.sqrt(3), Axis.units(slots), Axis.of(width)));
  }

  /** The store is gone through twice: to find what meets a slot, and to read it. */
  @Override
  public long activeParameters(final int inputs, final int outputs) {
    return Tensor.size(tensors(inputs, outputs), inputs, outputs) + 2L * slots * width;
  }

  /** How much each slot is read. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return slots;
  }

  /** Leaves the queries of the rows, and behind them what meets the slots. */
  private float[] ask(final Work work, final float[] x, final int rows, final int room) {
    final int asked = rows * query;
    final float[] scratch = work.scratch(asked + rows * width + room);
    final Products products = work.products();
    final float[] theta = work.theta();
    products.timesTransposed(
        rows, query, work.inputs(), x, 0, theta, work.at("query"), false, scratch, 0);
    products.times(rows, width, query, scratch, 0, theta, work.at("key"), scratch, asked);
    for (int i = 0; i < rows * width; i++) {
      scratch[asked + i] = scale() * scratch[asked + i] + theta[work.at("threshold") + i % width];
    }
    return scratch;
  }

  private float scale() {
    return (float) (1 / Math.sqrt(query));
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final int asked = rows * query;
    final int read = asked + rows * width;
    final float[] scratch = ask(work, x, rows, rows * width);
    final Products products = work.products();
    final float[] slot = work.tape();
    products.timesTransposed(rows, slots, width, scratch, asked, work.shared(), 0, false, slot, 0);
    Mlp.rectify(slot, rows * slots);
    products.times(rows, width, slots, slot, 0, work.shared(), 0, scratch, read);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.theta(), work.at("bias"), out, r * c, c);
    }
    products.timesTransposed(
        rows, c, width, scratch, read, work.theta(), work.at("value"), true, out, 0);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int c = work.outputs();
    final int d = work.inputs();
    final int asked = rows * query;
    final int read = asked + rows * width;
    final int slotGradient = read + rows * width;
    final int narrow = slotGradient + rows * slots;
    final int store = narrow + rows * Math.max(width, query);
    final float[] scratch = ask(work, x, rows, store + slots * width - read);
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final float[] slot = work.tape();
    products.times(rows, width, slots, slot, 0, work.shared(), 0, scratch, read);
    products.transposedTimes(
        c, width, rows, outGradient, 0, scratch, read, gradient, work.at("value"));
    products.columnSums(rows, c, outGradient, 0, gradient, work.at("bias"));
    products.times(rows, width, c, outGradient, 0, theta, work.at("value"), scratch, narrow);
    products.transposedTimes(slots, width, rows, slot, 0, scratch, narrow, scratch, store);
    Film.add(scratch, store, slots * width, work.sharedGradient(), 0);
    products.timesTransposed(
        rows, slots, width, scratch, narrow, work.shared(), 0, false, scratch, slotGradient);
    OwnLoss.mask(scratch, slotGradient, slot, rows * slots);
    products.transposedTimes(
        slots, width, rows, scratch, slotGradient, scratch, asked, scratch, store);
    Film.add(scratch, store, slots * width, work.sharedGradient(), 0);
    // What met the slots is no longer needed: its gradient takes the place of what was read.
    products.times(rows, width, slots, scratch, slotGradient, work.shared(), 0, scratch, read);
    products.columnSums(rows, width, scratch, read, gradient, work.at("threshold"));
    for (int i = read; i < read + rows * width; i++) {
      scratch[i] *= scale();
    }
    products.transposedTimes(
        query, width, rows, scratch, 0, scratch, read, gradient, work.at("key"));
    products.timesTransposed(
        rows, query, width, scratch, read, theta, work.at("key"), false, scratch, narrow);
    products.transposedTimes(query, d, rows, scratch, narrow, x, 0, gradient, work.at("query"));
    if (inputGradient != null) {
      products.times(rows, d, query, scratch, narrow, theta, work.at("query"), inputGradient, 0);
    }
  }

  @Override
  public String text() {
    return "knowledge(" + slots + "," + width + "," + query + ")";
  }
}
