package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.drift.Detectors;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionStateTest {

  /** A state in which every field differs from a new one's. */
  static SessionState example() {
    final SessionState state = new SessionState(Detectors.open("adwin"));
    state.events = 1_234;
    state.drifts = 2;
    state.ignoredValues = 3;
    state.pendingEvents = 4;
    state.expiredEvents = 5;
    state.pendingLabels = 6;
    state.expiredLabels = 7;
    state.lastUsed = 8;
    state.routing.add(List.of("e0", "e1"), new double[] {0.25, 0.75});
    state.startInterval();
    state.routing.add(List.of("e1", "e2"), new double[] {0.5, 0.5});
    for (int i = 0; i < 100; i++) {
      state.count(i % 3, i % 2, new double[] {0.25, 0.75});
      state.detector.add(i % 2);
    }
    return state;
  }

  private static byte[] image(final SessionState state) {
    final ImageWriter out = new ImageWriter();
    state.write(out);
    return out.toByteArray();
  }

  private static void assertSame(final SessionState expected, final SessionState actual) {
    assertEquals(expected.events, actual.events);
    assertEquals(expected.labelled, actual.labelled);
    assertEquals(expected.drifts, actual.drifts);
    assertEquals(expected.ignoredValues, actual.ignoredValues);
    assertEquals(expected.pendingEvents, actual.pendingEvents);
    assertEquals(expected.expiredEvents, actual.expiredEvents);
    assertEquals(expected.pendingLabels, actual.pendingLabels);
    assertEquals(expected.expiredLabels, actual.expiredLabels);
    assertEquals(expected.intervalAccuracy(), actual.intervalAccuracy());
    assertEquals(expected.probabilities.logLoss(), actual.probabilities.logLoss());
    assertEquals(expected.probabilities.brier(), actual.probabilities.brier());
    assertEquals(
        expected.probabilities.calibrationError(), actual.probabilities.calibrationError());
    assertEquals(expected.intervalProbabilities.logLoss(), actual.intervalProbabilities.logLoss());
    assertEquals(expected.confusion.counts(3), actual.confusion.counts(3));
    assertEquals(expected.intervalConfusion.kappa(), actual.intervalConfusion.kappa());
    assertEquals(expected.evaluator.kappaM(), actual.evaluator.kappaM());
    assertEquals(expected.detector.estimate(), actual.detector.estimate());
    assertEquals(expected.routing.shares(), actual.routing.shares());
    assertEquals(expected.routing.weights(), actual.routing.weights());
    assertEquals(expected.lastRouting.entropy(), actual.lastRouting.entropy());
  }

  @Test
  void comesBackAsItWas() {
    final byte[] image = image(example());
    final SessionState read = SessionState.read(new ImageReader(image));
    assertSame(example(), read);
    assertEquals(8, read.lastUsed);
    assertArrayEquals(image, image(read));
  }

  @Test
  void damagedImageIsRefused() {
    final byte[] image = image(example());
    final byte[] shorter = Arrays.copyOf(image, image.length - 1);
    assertThrows(MalformedImageException.class, () -> SessionState.read(new ImageReader(shorter)));
  }

  private static void assertRefused(final long[] decided, final double... weights) {
    final ImageWriter out = new ImageWriter().begin(ImageKind.ROUTING).putInt(1).putString("knn");
    out.putLongs(decided, decided.length).putDoubles(weights, weights.length);
    final byte[] image = out.putLong(3).putDouble(0.5).toByteArray();
    assertThrows(MalformedImageException.class, () -> RoutingWindow.read(new ImageReader(image)));
  }

  @Test
  void figuresOfAnotherNumberOfExpertsAreNeitherCutNorFilledUp() {
    assertRefused(new long[] {3, 0}, 3.0);
    assertRefused(new long[0], 3.0);
    assertRefused(new long[] {3}, 1.0, 2.0);
    assertRefused(new long[] {3});
    assertRefused(new long[] {-1}, 3.0);
    assertRefused(new long[] {3}, Double.NaN);
  }
}
