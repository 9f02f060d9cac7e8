package dev.braid.experts.boost;

import dev.braid.experts.CounterRandom;
import java.util.Arrays;

/**
 * The events of the window that one tree is fitted to, with the derivatives of their losses.
 *
 * <p>Of two classes all derivatives are found. The tree's splits are then sought on events drawn
 * with chances that rise with their derivatives, and what was rarely drawn counts the more (minimal
 * variance sampling: Ibragimov and Gusev, NeurIPS 2019): most events of a stream are predicted well
 * and say little. The leaves get their values from the whole window. More classes have as many
 * derivatives each, which would cost more than the tree, and of numbers all errors say something:
 * of these events are drawn evenly, and only theirs are found.
 */
final class GradientSample {
  /** Chance of an event that has no derivative, beside those that have. */
  private static final float LEAST_CHANCE = 1e-6f;

  int size;
  int[] rows = new int[0];
  float[] gradient = new float[0];
  float[] curvature = new float[0];

  // What the derivatives are made of, of each score: of all events in two, or of those drawn.
  private boolean whole;
  private final TwoClasses two = new TwoClasses();
  private float[] parts = new float[0];
  private float[] chance = new float[0];
  private float[] sign = new float[0];
  private float projected;
  private float bent;
  private double[] sums = new double[0];

  /** Whether the derivatives of all events are found for each tree. */
  static boolean isWhole(final int classes) {
    return classes == 2;
  }

  /**
   * Draws a sample.
   *
   * @param most events
   */
  void draw(final BoostWindow window, final BoostLoss loss, final int most, final long seed) {
    whole = isWhole(window.classes);
    allocate(window, Math.min(window.size, most));
    if (whole) {
      drawByChance(window, Math.min(window.size, most), seed);
    } else {
      setSigns(window.classes, seed);
      drawEvenly(window, loss, Math.min(window.size, most), seed);
    }
  }

  /** The projection of the scores: one is itself, more are added with signs drawn. */
  private void setSigns(final int classes, final long seed) {
    if (sign.length != classes) {
      sign = new float[classes];
    }
    for (int c = 0; c < classes; c++) {
      sign[c] = classes == 1 ? 1 : CounterRandom.bits(seed, -1 - c) < 0 ? -1 : 1;
    }
  }

  private void allocate(final BoostWindow window, final int wanted) {
    if (rows.length < wanted) {
      rows = new int[wanted];
      gradient = new float[wanted];
      curvature = new float[wanted];
    }
    if (!whole && parts.length < wanted * window.classes) {
      parts = new float[wanted * window.classes];
    }
    if (whole && chance.length < window.size) {
      chance = new float[window.room];
    }
  }

  private void drawByChance(final BoostWindow window, final int wanted, final long seed) {
    two.derive(window.score, window.size, window.room);
    two.lengths(window.target, window.weight, window.size, LEAST_CHANCE, chance);
    double total = 0;
    for (int row = 0; row < window.size; row++) {
      total += chance[row];
    }
    final boolean all = wanted == window.size;
    final double stretch = total / wanted;
    double next = CounterRandom.unit(seed, 0) * stretch;
    double reached = 0;
    int draws = 0;
    size = 0;
    for (int row = 0; row < window.size; row++) {
      reached += chance[row];
      int times = 0;
      while (reached > next) {
        times++;
        draws++;
        next = (draws + CounterRandom.unit(seed, draws)) * stretch;
      }
      if (all || times > 0) {
        take(window, row, all ? 1 : (float) (times * stretch / chance[row]));
      }
    }
  }

  private void take(final BoostWindow window, final int row, final float factor) {
    if (size < rows.length) {
      rows[size] = row;
      gradient[size] = factor * (two.slope(row, window.target[row]) * window.weight[row]);
      curvature[size++] = factor * (two.bend(row) * window.weight[row]);
    }
  }

  /** One of each stretch of equal length, so that all ages have their share. */
  private void drawEvenly(
      final BoostWindow window, final BoostLoss loss, final int wanted, final long seed) {
    size = wanted;
    final double stretch = (double) window.size / wanted;
    for (int s = 0; s < wanted; s++) {
      rows[s] =
          wanted == window.size
              ? s
              : Math.min(window.size - 1, (int) ((s + CounterRandom.unit(seed, s)) * stretch));
      derive(window, loss, rows[s], s);
      project(window, loss, rows[s], s);
      gradient[s] = projected;
      curvature[s] = bent;
    }
  }

  private void derive(
      final BoostWindow window, final BoostLoss loss, final int row, final int place) {
    final int classes = window.classes;
    loss.derive(window.score, row * classes, window.target[row], parts, place * classes);
  }

  /** First and second derivative of an event's loss along the projection, times its weight. */
  private void project(
      final BoostWindow window, final BoostLoss loss, final int row, final int place) {
    final int from = place * window.classes;
    projected = 0;
    bent = 0;
    for (int c = 0; c < window.classes; c++) {
      projected += sign[c] * loss.slope(parts[from + c], c, window.target[row]);
      bent += loss.bend(1, parts[from + c]);
    }
    projected *= window.weight[row];
    bent *= window.weight[row];
  }

  /**
   * Adds both derivatives of each score up by the leaf of their events.
   *
   * @param leafOf leaf of each event of the window
   * @return shape [leaves, classes, 2]; valid until the next call
   */
  double[] sums(
      final BoostWindow window, final BoostLoss loss, final int leaves, final int[] leafOf) {
    final int classes = window.classes;
    if (sums.length != 2 * leaves * classes) {
      sums = new double[2 * leaves * classes];
    }
    Arrays.fill(sums, 0);
    if (whole) {
      two.addUp(window.target, window.weight, window.size, loss.bound(), leafOf, sums);
      return sums;
    }
    for (int i = 0; i < size; i++) {
      final int row = rows[i];
      int at = 2 * leafOf[row] * classes;
      for (int c = 0; c < classes; c++) {
        final float part = parts[i * classes + c];
        sums[at++] += window.weight[row] * loss.slope(part, c, window.target[row]);
        sums[at++] += loss.bend(window.weight[row] * loss.bound(), part);
      }
    }
    return sums;
  }
}
