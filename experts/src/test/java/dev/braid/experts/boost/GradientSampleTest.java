package dev.braid.experts.boost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which events a tree is fitted to. */
class GradientSampleTest {
  private static final int EVENTS = 5000;

  private final GradientSample sample = new GradientSample();

  /** Events that are predicted well, but for one in twenty. */
  private static BoostWindow window(final Schema schema) {
    final BoostWindow window = new BoostWindow(schema, EVENTS);
    final float[] score = new float[schema.target().width()];
    score[0] = 4;
    for (int i = 0; i < EVENTS; i++) {
      window.add(new double[] {i}, new float[] {i}, isWrong(i) ? 1 : 0, 1, score);
    }
    return window;
  }

  private static boolean isWrong(final int row) {
    return row % 20 == 0;
  }

  private static Schema classes(final int count) {
    final List<String> labels = IntStream.range(0, count).mapToObj(String::valueOf).toList();
    return new Schema(List.of(Feature.numeric("a")), labels);
  }

  private BoostWindow draw(final int classes, final int most) {
    final Schema schema = classes(classes);
    final BoostWindow window = window(schema);
    sample.draw(window, BoostLoss.of(schema), most, 7);
    return window;
  }

  private long wrong() {
    return IntStream.range(0, sample.size).filter(s -> isWrong(sample.rows[s])).count();
  }

  private static double sum(final float[] of, final int size) {
    return IntStream.range(0, size).mapToDouble(i -> of[i]).sum();
  }

  @Test
  void ofTwoClassesHoldsMoreOfTheEventsThatArePredictedBadly() {
    draw(2, 500);
    assertTrue(wrong() > sample.size / 3, wrong() + " of " + sample.size);
  }

  @Test
  void ofMoreClassesIsDrawnEvenly() {
    draw(3, 500);
    assertEquals(25.0, (double) wrong(), 15);
  }

  @Test
  void addsUpToTheDerivativesOfTheWholeWindowHoweverItIsDrawn() {
    draw(2, EVENTS);
    final double slope = sum(sample.gradient, sample.size);
    final double bend = sum(sample.curvature, sample.size);
    assertEquals(EVENTS, sample.size);
    draw(2, 500);
    assertTrue(sample.size <= 500);
    assertEquals(slope, sum(sample.gradient, sample.size), 0.05 * Math.abs(slope));
    assertEquals(bend, sum(sample.curvature, sample.size), 0.05 * bend);
  }

  @Test
  void ofTwoClassesGivesLeavesTheDerivativesOfAllEvents() {
    final BoostWindow window = draw(2, 500);
    final double[] sums = sample.sums(window, BoostLoss.of(classes(2)), 1, new int[EVENTS]).clone();
    draw(2, EVENTS);
    assertEquals(sum(sample.gradient, EVENTS), sums[2], 1e-3 * Math.abs(sums[2]));
  }
}
