package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** When an expert rests, and when it is asked again. */
class RestTest {
  private static final double[] WRONG_HALF_THE_TIME = {0.9, 0.1};

  private final SplittableRandom random = new SplittableRandom(1);
  private Rest rest = new Rest(2, Double.POSITIVE_INFINITY);

  /** Label of the event to come where it is settled: of each two events one is of either class. */
  private int second = -1;

  private int balanced() {
    if (second >= 0) {
      final int label = second;
      second = -1;
      return label;
    }
    final int first = random.nextInt(2);
    second = 1 - first;
    return first;
  }

  /** So many events of two classes alike, of which the expert says always the same. */
  private void noise(final int events) {
    noise(events, WRONG_HALF_THE_TIME);
  }

  private void noise(final int events, final double... said) {
    for (int i = 0; i < events; i++) {
      rest.learn(balanced(), said, 0);
    }
  }

  /** Events until it rests, or does not any more. */
  private int untilItTurns() {
    final boolean before = rest.rests();
    int events = 0;
    while (rest.rests() == before && events < 50_000) {
      noise(1);
      events++;
    }
    return events;
  }

  /** The first of its periods is no worse than another. */
  @Test
  void anExpertThatLosesClearlyMoreThanTheClassFrequenciesThreePeriodsInARowRests() {
    assertEquals(2_000 + 3 * 1_000, untilItTurns());
    assertTrue(rest.rests());
  }

  @Test
  void anExpertThatLosesALittleMoreGoesOn() {
    for (int i = 0; i < 20_000; i++) {
      noise(1, 0.7, 0.3);
      assertFalse(rest.rests());
    }
  }

  /** It loses 3 times as much as the frequencies in the beginning, 1.6 times in the end. */
  @Test
  void anExpertThatLosesMoreAndGetsBetterGoesOn() {
    getBetter();
    assertFalse(rest.rests());
  }

  private void getBetter() {
    double wrong = 0.01;
    noise(1_000, 1 - wrong, wrong);
    for (int period = 0; period < 7; period++) {
      noise(1_000, 1 - wrong, wrong);
      assertFalse(rest.rests());
      wrong *= 1.5;
    }
  }

  @Test
  void anExpertThatGetsNoBetterAnyMoreRests() {
    getBetter();
    noise(2_999);
    assertFalse(rest.rests());
    noise(1);
    assertTrue(rest.rests());
  }

  @Test
  void anExpertThatIsWorthItsTimeNowAndThenGoesOn() {
    for (int period = 0; period < 10; period++) {
      noise(3_000);
      assertFalse(rest.rests());
      knowing(1_000);
      assertFalse(rest.rests());
    }
  }

  /** So many events of two classes alike, of which the expert knows. */
  private void knowing(final int events) {
    for (int i = 0; i < events; i++) {
      final int label = random.nextInt(2);
      rest.learn(label, new double[] {label == 0 ? 0.9 : 0.1, label == 0 ? 0.1 : 0.9}, 0);
    }
  }

  @Test
  void anExpertThatLosesLessGoesOn() {
    for (int i = 0; i < 20_000; i++) {
      final int label = random.nextInt(2);
      final double right = random.nextInt(10) < 7 ? 0.6 : 0.4;
      rest.learn(
          label, new double[] {label == 0 ? right : 1 - right, label == 0 ? 1 - right : right}, 0);
      assertFalse(rest.rests());
    }
  }

  @Test
  void frequenciesAreAHardReferenceWhereOneClassIsRare() {
    for (int i = 0; i < 5_000; i++) {
      // Right in nineteen of twenty, as the frequencies are; sure of a half more than it may be.
      rest.learn(i % 20 == 0 ? 1 : 0, new double[] {0.7, 0.3}, 0);
    }
    assertTrue(rest.rests());
  }

  @Test
  void trialsInVainComeAtPausesThatDouble() {
    final List<Integer> pauses = new ArrayList<>();
    untilItTurns();
    for (int i = 0; i < 5; i++) {
      pauses.add(untilItTurns());
      assertEquals(1_000, untilItTurns());
    }
    assertEquals(List.of(2_000, 4_000, 8_000, 16_000, 16_000), pauses);
  }

  @Test
  void anExpertThatHasBecomeWorthSomethingStays() {
    noise(7_000);
    assertFalse(rest.rests());
    for (int i = 0; i < 50; i++) {
      knowing(100);
      assertFalse(rest.rests());
    }
  }

  /**
   * So many events, four of each five of one class.
   *
   * @param said of that class, by the expert, of each event
   */
  private void mostly(final int label, final int events, final double said) {
    final double[] predicted = {label == 0 ? said : 1 - said, label == 0 ? 1 - said : said};
    int rare = 0;
    for (int i = 0; i < events; i++) {
      rare = i % 5 == 0 ? i + random.nextInt(5) : rare;
      rest.learn(i == rare ? 1 - label : label, predicted, 0);
    }
  }

  @Test
  void anAlarmWakesAtOnceWhoHasRestedForAShortPause() {
    mostly(0, 5_000 + 2_000 + 1_000 + 4_000 + 1_000 + 3_000, 0.3);
    assertTrue(rest.rests(), "3,000 events of a pause of 8,000");
    mostly(1, 200, 0.1);
    assertFalse(rest.rests());
    mostly(1, 1_000, 0.1);
    assertTrue(rest.rests(), "its trial is over");
    mostly(1, 4_000, 0.1);
    assertFalse(rest.rests(), "the next pause is the second of its length again");
  }

  @Test
  void goesOnBitForBitFromItsImage() {
    noise(7_500);
    final ImageWriter out = new ImageWriter();
    rest.write(out);
    final Rest before = rest;
    final Rest read = Rest.read(2, Double.POSITIVE_INFINITY, new ImageReader(out.toByteArray()));
    final SplittableRandom same = new SplittableRandom(2);
    for (int i = 0; i < 9_000; i++) {
      final int label = same.nextInt(2);
      before.learn(label, WRONG_HALF_THE_TIME, 0);
      read.learn(label, WRONG_HALF_THE_TIME, 0);
      assertEquals(before.rests(), read.rests());
    }
    assertArrayEquals(image(before), image(read));
  }

  private static byte[] image(final Rest rest) {
    final ImageWriter out = new ImageWriter();
    rest.write(out);
    return out.toByteArray();
  }

  @Test
  void aClassMoreIsTakenIn() {
    noise(4_500);
    rest.grow(3);
    for (int i = 0; i < 500; i++) {
      rest.learn(i % 3, new double[] {1, 0, 0}, 0);
    }
    assertTrue(rest.rests());
  }

  /** A member that is worth its time, but takes four times what it may. */
  @Test
  void anExpertThatTakesMoreThanItMayRestsSoMuchThatItDoesNotOnTheMean() {
    rest = new Rest(2, 25);
    long operations = 0;
    final int events = 50_000;
    for (int i = 0; i < events; i++) {
      final int label = random.nextInt(2);
      final int its = rest.rests() ? 0 : 100;
      operations += its;
      rest.learn(label, new double[] {label == 0 ? 0.9 : 0.1, label == 0 ? 0.1 : 0.9}, its);
    }
    assertEquals(25, (double) operations / events, 2);
  }
}
