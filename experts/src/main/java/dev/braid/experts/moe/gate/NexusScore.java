package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * A row's inner product with the vector of each expert, which is a learned projection of the mean
 * of the rows that the expert learned: an expert that is added needs no gate of its own (Nexus,
 * Gritsch et al. 2024, section 2.2). Projections of row and mean are of low rank, as rows may have
 * many inputs.
 *
 * @param dimensions of the projections
 * @param window rows of an expert that its mean is of, about, 1 or more
 */
public record NexusScore(int dimensions, int window) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "nexus",
          "Inner product of the row and a learned projection of the mean of the rows that each"
              + " expert learned lately.",
          List.of(
              new Option("dimensions", "8", "Of the projection, 1 to 1024."),
              new Option("window", "500", "Rows of an expert that its mean is of, 1 or more.")),
          options ->
              new NexusScore(
                  options.integer("dimensions", 1, 1024), options.integer("window", 1, 1 << 24)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final double limit = Math.sqrt(3.0 / inputs);
    return List.of(
        Tensor.of("row", limit, Axis.of(dimensions), Axis.IN),
        Tensor.of("expert", limit, Axis.of(dimensions), Axis.IN));
  }

  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("centre", Axis.OUT, Axis.IN));
  }

  /** The rows' projections, the experts', and room for the gradients of both. */
  private float[] projections(final Step step, final Work work, final int rows) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final float[] p = work.scratch(2 * (rows + columns) * dimensions);
    work.products().timesTransposed(rows, dimensions, d, step.x(), 0, work.theta(), 0, false, p, 0);
    final int at = work.at("expert");
    final int to = rows * dimensions;
    work.products()
        .timesTransposed(columns, dimensions, d, work.memory(), 0, work.theta(), at, false, p, to);
    return p;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int rows = step.rows();
    final float[] p = projections(step, work, rows);
    work.products()
        .timesTransposed(
            rows, work.outputs(), dimensions, p, 0, p, rows * dimensions, false, score, 0);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    final float[] p = projections(step, work, rows);
    final int experts = rows * dimensions;
    final int ofRows = experts + columns * dimensions;
    final int ofExperts = ofRows + rows * dimensions;
    work.products().times(rows, dimensions, columns, scoreGradient, 0, p, experts, p, ofRows);
    work.products()
        .transposedTimes(columns, dimensions, rows, scoreGradient, 0, p, 0, p, ofExperts);
    work.products()
        .transposedTimes(dimensions, d, rows, p, ofRows, step.x(), 0, work.gradient(), 0);
    final int at = work.at("expert");
    work.products()
        .transposedTimes(
            dimensions, d, columns, p, ofExperts, work.memory(), 0, work.gradient(), at);
    if (inputGradient != null) {
      work.products().times(rows, d, dimensions, p, ofRows, work.theta(), 0, inputGradient, 0);
    }
    Centroids.follow(step, work, 1f / window);
  }

  @Override
  public String text() {
    return "nexus(" + dimensions + "," + window + ")";
  }
}
