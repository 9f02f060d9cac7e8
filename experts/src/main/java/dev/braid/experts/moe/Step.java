package dev.braid.experts.moe;

import dev.braid.experts.CounterRandom;

/**
 * One batch on its way through a layer, as plug-ins see it: rows with labels come first. All arrays
 * are row-major, reused from step to step, and belong to the layer.
 */
public interface Step {

  /** Rows of the batch. */
  int rows();

  /** Rows among them that have a label; they are the first. */
  int labelled();

  /** Training steps of the layer before this one. */
  long number();

  /** d: numbers of a row. */
  int inputs();

  /** The inputs, shape [rows][d]. */
  float[] x();

  /** The labelled rows' classes, shape [labelled]. */
  int[] labels();

  /** Numbers that come out for a row. */
  int outputs();

  /** What the layer says, shape [rows][outputs]; valid once all experts went forward. */
  float[] probabilities();

  /**
   * What each labelled row's loss is multiplied with, shape [labelled]: 1 unless a {@link Life}
   * changes it.
   */
  float[] rowWeight();

  Routing routing();

  /** Rows that the layer learned from in steps before this one. */
  RecentRows recent();

  /**
   * Whether the layer's error rate was seen to rise in this step (ADWIN), for parts that
   * {@linkplain Plugin#watches watch} it; valid while a step learns.
   */
  boolean alarm();

  /** T: experts that are chosen from, then the shared ones. */
  int experts();

  /** The rows that an expert computes. */
  ExpertRows expert(int e);

  /** Null unless the layer's combination has {@link Combine#mergesParameters}. */
  Merged merged();

  /**
   * What an expert says of all rows, whether they were sent to it or not, shape [rows][outputs]:
   * computed for this call, and valid until the next one.
   */
  float[] answers(int e);

  /** An expert's parameters, to be read only, valid until another's are asked for. */
  float[] theta(int e);

  /**
   * Where a {@link Score} adds what the loss says of an expert's parameters through the scores that
   * it made of them, while it goes backward; an expert that no labelled row was sent to forgets it.
   */
  float[] expertGradient(int e);

  /** Where an expert's parameters lie. */
  Layout layout(int e);

  /** So many floats or more, for use within one call of a part that has no {@link Work}. */
  float[] scratch(int length);

  /** Seed of what plug-ins draw. */
  long seed();

  /**
   * A random number from 0 to below 1 that is a function of seed, step, row and purpose alone: no
   * generator whose place in its sequence would be state.
   */
  default double random(final int row, final int purpose) {
    final long step = CounterRandom.bits(seed() + purpose, number());
    return CounterRandom.unit(step, row);
  }
}
