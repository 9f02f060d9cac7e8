package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered detector does. */
class DetectorContractTest {

  private static List<String> kinds() {
    return Detectors.REGISTRY.names();
  }

  private static Stream<String> kindsAndVariants() {
    return Stream.concat(
        kinds().stream(),
        Stream.of(
            "hddm-a(two-sided=false)",
            "hddm-w(two-sided=true)",
            "page-hinkley(fading=0.9999)",
            "kswin(window=80,recent=40)"));
  }

  private static byte[] image(final DriftDetector detector) {
    final ImageWriter out = new ImageWriter();
    Detectors.write(detector, out);
    return out.toByteArray();
  }

  private static DriftDetector copy(final DriftDetector detector) {
    final ImageReader in = new ImageReader(image(detector));
    final DriftDetector copy = Detectors.read(in);
    in.end();
    return copy;
  }

  private static void assertGoOnAlike(
      final DriftDetector one, final DriftDetector other, final double[] values) {
    assertEquals(one.estimate(), other.estimate());
    for (int i = 0; i < values.length; i++) {
      assertEquals(one.add(values[i]), other.add(values[i]), "alarm at " + i);
      assertEquals(one.estimate(), other.estimate(), "estimate at " + i);
      assertEquals(one.width(), other.width(), "width at " + i);
      assertEquals(one.detections(), other.detections(), "alarms at " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void theSameValuesGiveTheSameAlarms(final String spec) {
    final double[] values = Sequences.jumpingErrors(1, 20_000);
    final DriftDetector detector = Detectors.open(spec);
    assertGoOnAlike(detector, Detectors.open(spec), values);
    assertTrue(detector.detections() > 0);
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void aFreshOneIsLikeANewOne(final String spec) {
    final DriftDetector used = Detectors.open(spec);
    Sequences.alarms(used, Sequences.jumpingErrors(2, 5_000));
    final DriftDetector fresh = used.fresh();
    assertEquals(0, fresh.width());
    assertEquals(0, fresh.estimate());
    assertGoOnAlike(fresh, Detectors.open(spec), Sequences.jumpingErrors(3, 5_000));
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void readBackItGoesOnAsIfNothingHadBeen(final String spec) {
    final double[] values = Sequences.jumpingErrors(4, 12_000);
    for (final int at : new int[] {0, 1, 29, 100, 777, 5_003}) {
      final DriftDetector detector = Detectors.open(spec);
      Sequences.alarms(detector, Arrays.copyOf(values, at));
      final DriftDetector copy = copy(detector);
      assertEquals(detector.spec(), copy.spec());
      assertGoOnAlike(detector, copy, Arrays.copyOfRange(values, at, values.length));
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void readBackRightAfterAnAlarmItGoesOnAsIfNothingHadBeen(final String spec) {
    final DriftDetector detector = Detectors.open(spec);
    Sequences.alarms(detector, Sequences.errors(5, 1_000, 0.05));
    final double[] after = Sequences.errors(6, 1_000, 0.95);
    int at = 0;
    while (!detector.add(after[at++])) {
      assertTrue(at < after.length, "no alarm");
    }
    assertGoOnAlike(detector, copy(detector), Sequences.jumpingErrors(7, 6_000));
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void itsTextOpensItsLike(final String spec) {
    final DriftDetector detector = Detectors.open(spec);
    assertEquals(detector.spec(), Detectors.open(detector.spec()).spec());
    assertEquals(detector.kind().name(), spec.replaceFirst("\\(.*", ""));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void itsDefaultsAreWhatTheRegistrySays(final String kind) {
    final StringBuilder all = new StringBuilder();
    for (final Option option : Detectors.REGISTRY.find(kind).options()) {
      all.append(all.isEmpty() ? "" : ",").append(option.name());
      all.append('=').append(option.defaultValue());
    }
    assertEquals(Detectors.open(kind).spec(), Detectors.open(kind + "(" + all + ")").spec());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anOptionOutOfItsRangeIsRefusedByName(final String kind) {
    for (final Option option : Detectors.REGISTRY.find(kind).options()) {
      if (!option.name().equals("seed")) {
        for (final String value : new String[] {"-1", "NaN", "many", "1e300"}) {
          final IllegalArgumentException refused =
              assertThrows(
                  IllegalArgumentException.class,
                  () -> Detectors.open(kind + "(" + option.name() + "=" + value + ")"));
          assertTrue(refused.getMessage().contains(option.name()), refused.getMessage());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void aJumpOfTheErrorRateIsSeen(final String spec) {
    for (int seed = 0; seed < 20; seed++) {
      final DriftDetector detector = Detectors.open(spec);
      for (final double value : Sequences.errors(seed, 1_000, 0.1)) {
        detector.rose(value);
      }
      final double before = detector.estimate();
      boolean seen = false;
      for (final double value : Sequences.errors(100 + seed, 500, 0.9)) {
        seen |= detector.rose(value);
      }
      assertTrue(seen, spec + " with seed " + seed);
      assertTrue(detector.estimate() > before, "estimate " + detector.estimate());
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void errorsOfOneRateRaiseFewAlarms(final String spec) {
    for (final double rate : new double[] {0.01, 0.1, 0.3, 0.5}) {
      final int values = 200_000;
      final DriftDetector detector = Detectors.open(spec);
      Sequences.alarms(detector, Sequences.errors(7, values, rate));
      // HDDM allows one at each value with its confidence of 0.001.
      assertTrue(
          detector.detections() <= values / 1_000, detector.detections() + " alarms at " + rate);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void whatIsNotANumberLeavesNoTrace(final String spec) {
    final double[] values = Sequences.jumpingErrors(8, 10_000);
    final DriftDetector clean = Detectors.open(spec);
    final DriftDetector disturbed = Detectors.open(spec);
    for (final double value : values) {
      assertFalse(disturbed.add(Double.NaN));
      assertFalse(disturbed.add(Double.POSITIVE_INFINITY));
      assertFalse(disturbed.add(Double.NEGATIVE_INFINITY));
      assertEquals(clean.add(value), disturbed.add(value));
    }
    assertEquals(clean.estimate(), disturbed.estimate());
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void extremeLossesDoNotMakeItAlarmForEver(final String spec) {
    final double[] extremes = {
      Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, -0.0, 1e200, -1e18, 1e9
    };
    final Random random = new Random(9);
    final DriftDetector detector = Detectors.open(spec);
    for (int i = 0; i < 5_000; i++) {
      detector.add(
          random.nextInt(3) == 0 ? extremes[random.nextInt(extremes.length)] : random.nextDouble());
      assertTrue(Double.isFinite(detector.estimate()), "estimate at " + i);
    }
    for (int i = 0; i < 20_000; i++) {
      detector.add(random.nextInt(2));
    }
    final long before = detector.detections();
    for (int i = 0; i < 20_000; i++) {
      detector.add(random.nextInt(2));
    }
    assertTrue(detector.detections() - before <= 20, (detector.detections() - before) + " alarms");
    assertEquals(detector.estimate(), copy(detector).estimate());
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void aValueAllocatesNothing(final String spec) {
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final double[] values = Sequences.jumpingErrors(10, 30_000);
    final DriftDetector detector = Detectors.open(spec);
    feed(detector, values);
    final long before = threads.getCurrentThreadAllocatedBytes();
    feed(detector, values);
    final long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < values.length / 10, bytes + " bytes for " + values.length + " values");
  }

  private static void feed(final DriftDetector detector, final double[] values) {
    for (final double value : values) {
      detector.rose(value);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndVariants")
  void aDamagedImageIsRefusedOrReadsAsADetectorThatWorks(final String spec) {
    final DriftDetector detector = Detectors.open(spec);
    Sequences.alarms(detector, Sequences.jumpingErrors(11, 3_000));
    final byte[] good = image(detector);
    for (int length = 0; length < good.length; length++) {
      final byte[] cut = Arrays.copyOf(good, length);
      assertThrows(MalformedImageException.class, () -> Detectors.read(new ImageReader(cut)));
    }
    final double[] values = Sequences.jumpingErrors(12, 500);
    int refused = 0;
    for (int at = 0; at < good.length; at++) {
      for (final int bits : new int[] {0x80, 0x7f, 0xff}) {
        final byte[] bad = good.clone();
        bad[at] ^= (byte) bits;
        try {
          final DriftDetector read = Detectors.read(new ImageReader(bad));
          Sequences.alarms(read, values);
          assertTrue(Double.isFinite(read.estimate()), "estimate after a change at " + at);
        } catch (final MalformedImageException said) {
          refused++;
        }
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void anUnknownNameIsRefusedWithTheNamesThereAre() {
    assertEquals(
        "there is no detector 'adwim'; there are " + String.join(", ", Detectors.REGISTRY.names()),
        assertThrows(IllegalArgumentException.class, () -> Detectors.open("adwim")).getMessage());
  }

  @Test
  void anImageOfAKindThatIsNotKnownIsRefused() {
    final ImageWriter out = new ImageWriter().putString("adwim");
    assertThrows(
        MalformedImageException.class, () -> Detectors.read(new ImageReader(out.toByteArray())));
  }
}
