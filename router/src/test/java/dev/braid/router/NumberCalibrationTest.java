package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Intervals and quantiles around predictions of numbers. */
class NumberCalibrationTest {
  private static final double[] LEVELS = {0.05, 0.95, 0.5, 0.25};
  private static final int WINDOW = 5_000;

  /** What a predictor is wrong by. */
  enum Errors {
    NORMAL,
    SKEWED,
    HEAVY_TAILED,
    SUDDENLY_TEN_TIMES_AS_LARGE,
    SUDDENLY_A_TENTH,
    GROWING,
    SUDDENLY_TO_ONE_SIDE,
    IN_WAVES;

    double at(final int t, final SplittableRandom random) {
      final double normal = random.nextGaussian();
      return switch (this) {
        case NORMAL -> normal;
        case SKEWED -> -Math.log(1 - random.nextDouble()) - 1;
        case HEAVY_TAILED -> normal / Math.abs(random.nextGaussian());
        case SUDDENLY_TEN_TIMES_AS_LARGE -> t < 12_000 ? normal : 10 * normal;
        case SUDDENLY_A_TENTH -> t < 12_000 ? normal : normal / 10;
        case GROWING -> normal * (1 + t / 1_000.0);
        case SUDDENLY_TO_ONE_SIDE -> t % 8_000 < 7_500 ? normal : 3 + normal;
        case IN_WAVES -> normal * (1.2 + Math.sin(t / 300.0));
      };
    }
  }

  private static Prediction said(final double number) {
    final Prediction said = new Prediction();
    said.shape(1, 1, LEVELS.length);
    said.setNumber(number);
    return said;
  }

  /** Share of each window below each quantile, and within the interval, at its farthest off. */
  private static double[] worst(final int events, final IntFunction<double[]> event) {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final int[][] below = new int[LEVELS.length + 1][events];
    final double[] worst = new double[LEVELS.length + 1];
    final int[] sums = new int[LEVELS.length + 1];
    for (int t = 0; t < events; t++) {
      final double[] numbers = event.apply(t);
      final Prediction said = said(numbers[0]);
      calibration.finish(said);
      final double[] q = said.quantiles();
      for (int i = 0; i < LEVELS.length; i++) {
        below[i][t] = numbers[1] <= q[i] ? 1 : 0;
      }
      below[LEVELS.length][t] = numbers[1] >= said.lower() && numbers[1] <= said.upper() ? 1 : 0;
      for (int i = 0; i <= LEVELS.length; i++) {
        sums[i] += below[i][t] - (t >= WINDOW ? below[i][t - WINDOW] : 0);
        final double level = i < LEVELS.length ? LEVELS[i] : LEVELS[1] - LEVELS[0];
        if (t >= WINDOW + 100) {
          worst[i] = Math.max(worst[i], Math.abs((double) sums[i] / WINDOW - level));
        }
      }
      calibration.learn(numbers[1], said, numbers[0]);
    }
    return worst;
  }

  @ParameterizedTest
  @EnumSource(Errors.class)
  void everyFiveThousandEventsHaveTheShareThatWasAskedFor(final Errors errors) {
    final SplittableRandom random = new SplittableRandom(3);
    final double[] worst =
        worst(
            30_000,
            t -> {
              final double number = 100 + 20 * Math.sin(t / 50.0);
              return new double[] {number, number + errors.at(t, random)};
            });
    for (int i = 0; i < LEVELS.length; i++) {
      assertTrue(worst[i] <= 0.01, "level " + LEVELS[i] + " is off by " + worst[i]);
    }
    assertTrue(worst[LEVELS.length] <= 0.01, "the interval is off by " + worst[LEVELS.length]);
  }

  /** Share of intervals that held behind the start, where labels come {@code delay} events late. */
  private static double heldLate(final int events, final int delay, final Errors errors) {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final SplittableRandom random = new SplittableRandom(3);
    final Prediction[] said = new Prediction[events];
    final double[] targets = new double[events];
    int held = 0;
    int given = 0;
    double slow = 0;
    for (int t = 0; t < events; t++) {
      slow += 0.02 * (random.nextGaussian() - slow);
      said[t] = said(100);
      calibration.finish(said[t]);
      targets[t] = 100 + 10 * slow + 0.2 * errors.at(t, random);
      if (t >= 3 * delay) {
        given++;
        held += targets[t] >= said[t].lower() && targets[t] <= said[t].upper() ? 1 : 0;
      }
      if (t >= delay) {
        calibration.learn(targets[t - delay], said[t - delay], 100);
      }
    }
    return (double) held / given;
  }

  @ParameterizedTest
  @EnumSource(
      value = Errors.class,
      names = {"NORMAL", "SKEWED", "HEAVY_TAILED", "SUDDENLY_A_TENTH", "GROWING", "IN_WAVES"})
  void errorsThatHangTogetherAreHeldAsOftenAsAskedForWhenLabelsComeLate(final Errors errors) {
    for (final int delay : new int[] {10, 300, 1_000}) {
      final double held = heldLate(20_000, delay, errors);
      assertEquals(0.9, held, 0.015, "labels " + delay + " late");
    }
  }

  @Test
  void intervalsBecomeNarrowerBeforeALateLabelTellsThatPredictionsBecameBetter() {
    final int delay = 1_000;
    final int better = 10_000;
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final SplittableRandom random = new SplittableRandom(3);
    final Prediction[] said = new Prediction[better + delay];
    final double[] normal = new double[said.length];
    double before = 0;
    double behind = 0;
    for (int t = 0; t < said.length; t++) {
      normal[t] = random.nextGaussian();
      said[t] = said(0);
      calibration.finish(said[t]);
      final double width = said[t].upper() - said[t].lower();
      before += t >= 8_000 && t < better ? width / 2_000 : 0;
      behind += t >= better + delay / 2 ? width / (delay / 2) : 0;
      final int due = t - delay;
      if (due >= 0) {
        final double error = 5 * normal[due];
        final double now = t < better ? error : normal[due];
        calibration.learn(error, said[due], error - now);
      }
    }
    assertTrue(behind < 0.75 * before, "from " + before + " to " + behind);
  }

  @Test
  void anIntervalOfNormalErrorsIsHardlyWiderThanItMustBe() {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final SplittableRandom random = new SplittableRandom(3);
    double width = 0;
    for (int t = 0; t < 20_000; t++) {
      final Prediction said = said(0);
      calibration.finish(said);
      width += t >= 10_000 ? (said.upper() - said.lower()) / 10_000 : 0;
      calibration.learn(random.nextGaussian(), said, 0);
    }
    assertTrue(width > 3.2 && width < 3.5, "mean width " + width + ", 3.29 is exact");
  }

  @Test
  void nothingIsSaidBeforeATargetIsKnownAndNoIntervalBeforeSomeErrorsAre() {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final Prediction first = said(0);
    calibration.finish(first);
    assertTrue(Double.isNaN(first.number()) && Double.isNaN(first.lower()), first::toString);
    for (int t = 0; t < 30; t++) {
      calibration.learn(t % 3, first, first.number());
      final Prediction said = said(1);
      calibration.finish(said);
      assertEquals(t == 0 ? 0 : 1, said.number(), "the first target alone is what is said");
      assertEquals(t < 20, Double.isNaN(said.upper()), "event " + t);
      first.recall(said.number(), new double[0]);
    }
  }

  @Test
  void aPredictionStaysWithinFourWidthsOfTheRange() {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    final Prediction said = said(0);
    for (int t = 0; t < 1_000; t++) {
      calibration.learn(t % 11, said, 0);
    }
    for (final double wild : new double[] {1e300, -1e300, Double.POSITIVE_INFINITY, Double.NaN}) {
      final Prediction out = said(wild);
      calibration.finish(out);
      assertTrue(out.number() >= -40 && out.number() <= 50, out::toString);
      assertTrue(out.lower() >= -40 && out.upper() <= 50, out::toString);
      assertTrue(out.lower() <= out.number() && out.number() <= out.upper(), out::toString);
    }
  }

  @Test
  void aConstantTargetHasAnIntervalOfNoWidth() {
    final NumberCalibration calibration = new NumberCalibration(LEVELS);
    Prediction said = said(7);
    for (int t = 0; t < 1_000; t++) {
      calibration.learn(7, said, 7);
      said = said(7);
      calibration.finish(said);
    }
    assertEquals(7, said.lower());
    assertEquals(7, said.upper());
  }

  @Test
  void goesOnBitForBitFromAnImageAndWithOtherLevels() {
    final SplittableRandom random = new SplittableRandom(3);
    final NumberCalibration one = new NumberCalibration(LEVELS);
    for (int t = 0; t < 500; t++) {
      one.learn(random.nextGaussian(), said(0), 0);
    }
    final NumberCalibration same = read(one, LEVELS);
    final NumberCalibration other = read(one, new double[] {0.1, 0.9, 0.25});
    final Prediction expected = said(0);
    one.finish(expected);
    final Prediction actual = said(0);
    same.finish(actual);
    assertArrayEquals(expected.quantiles(), actual.quantiles());
    final Prediction changed = new Prediction();
    changed.shape(1, 1, 3);
    other.finish(changed);
    assertEquals(expected.quantiles()[3], changed.quantiles()[2]);
  }

  private static NumberCalibration read(final NumberCalibration from, final double[] levels) {
    final ImageWriter out = new ImageWriter().begin(ImageKind.HEADER);
    from.write(out);
    final ImageReader in = new ImageReader(out.toByteArray());
    in.begin(ImageKind.HEADER);
    final NumberCalibration back = new NumberCalibration(levels);
    back.read(in);
    in.end();
    return back;
  }
}
