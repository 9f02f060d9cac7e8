package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.DDM;
import moa.classifiers.core.driftdetection.HDDM_A_Test;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.classifiers.core.driftdetection.PageHinkleyDM;
import org.junit.jupiter.api.Test;

/** Detectors that MOA has too raise its alarms, each at the same value. */
class MoaParityTest {
  private static final int LENGTH = 50_000;

  @Test
  void ddmWithThePublishedOptions() {
    assertSameAlarms("ddm", new DDM(), 50);
  }

  @Test
  void ddmWithAnyOptions() {
    final Random random = new Random(1);
    for (int i = 0; i < 10; i++) {
      final int warmUp = 2 + random.nextInt(300);
      final double level = 1 + 4 * random.nextDouble();
      final DDM moa = new DDM();
      moa.minNumInstancesOption.setValue(warmUp);
      moa.outcontrolLevelOption.setValue(level);
      assertSameAlarms("ddm(" + warmUp + "," + level + ")", moa, 1);
    }
  }

  @Test
  void hddmAWithThePublishedOptions() {
    assertSameAlarms("hddm-a", new HDDM_A_Test(), 50);
  }

  @Test
  void hddmAWithAnyOptions() {
    final Random random = new Random(2);
    for (int i = 0; i < 10; i++) {
      final double confidence = Math.pow(10, -5 * random.nextDouble()) * 0.9;
      final boolean twoSided = i % 2 == 0;
      final HDDM_A_Test moa = new HDDM_A_Test();
      moa.driftConfidenceOption.setValue(confidence);
      moa.oneSidedTestOption.setChosenIndex(twoSided ? 1 : 0);
      assertSameAlarms("hddm-a(" + confidence + "," + twoSided + ")", moa, 1);
    }
  }

  @Test
  void hddmAEstimatesTheSame() {
    final HDDM_A_Test moa = new HDDM_A_Test();
    moa.prepareForUse();
    final DriftDetector ours = Detectors.open("hddm-a");
    for (final double value : Sequences.jumpingErrors(5, LENGTH)) {
      moa.input(value);
      ours.add(value);
      assertEquals(moa.getEstimation(), ours.estimate());
    }
    assertTrue(ours.detections() > 20);
  }

  @Test
  void hddmWWithThePublishedOptions() {
    assertSameAlarms("hddm-w", new HDDM_W_Test(), 50);
  }

  @Test
  void hddmWWithAnyOptions() {
    final Random random = new Random(3);
    for (int i = 0; i < 10; i++) {
      final double confidence = Math.pow(10, -5 * random.nextDouble()) * 0.9;
      final double weight = 0.005 + 0.1 * random.nextDouble();
      final boolean twoSided = i % 2 == 0;
      final HDDM_W_Test moa = new HDDM_W_Test();
      moa.driftConfidenceOption.setValue(confidence);
      moa.lambdaOption.setValue(weight);
      moa.oneSidedTestOption.setChosenIndex(twoSided ? 1 : 0);
      assertSameAlarms("hddm-w(" + confidence + "," + weight + "," + twoSided + ")", moa, 1);
    }
  }

  @Test
  void pageHinkleyThatForgetsAsMoasDoes() {
    assertSameAlarms("page-hinkley(fading=0.9999)", new PageHinkleyDM(), 20);
  }

  @Test
  void pageHinkleyThatForgetsWithAnyOptions() {
    final Random random = new Random(4);
    for (int i = 0; i < 10; i++) {
      final int warmUp = 1 + random.nextInt(300);
      final double delta = 0.1 * random.nextDouble();
      final double threshold = 5 + 50 * random.nextDouble();
      final double fading = 1 - 0.001 * random.nextDouble();
      final PageHinkleyDM moa = new PageHinkleyDM();
      moa.minNumInstancesOption.setValue(warmUp + 1);
      moa.deltaOption.setValue(delta);
      moa.lambdaOption.setValue(threshold);
      moa.alphaOption.setValue(fading);
      final String spec =
          "page-hinkley(" + warmUp + "," + delta + "," + threshold + "," + fading + ")";
      assertSameAlarms(spec, moa, 1);
    }
  }

  private static void assertSameAlarms(
      final String spec, final AbstractChangeDetector moa, final int least) {
    long alarms = 0;
    for (int seed = 0; seed < 3; seed++) {
      alarms += assertSameAlarms(spec, moa, Sequences.jumpingErrors(seed, LENGTH));
      alarms += assertSameAlarms(spec, moa, Sequences.swingingLosses(seed, LENGTH));
    }
    alarms += assertSameAlarms(spec, moa, Sequences.errors(9, LENGTH, 0.2));
    assertTrue(alarms >= least, spec + " raised " + alarms + " alarms");
  }

  private static long assertSameAlarms(
      final String spec, final AbstractChangeDetector moa, final double[] values) {
    moa.prepareForUse();
    moa.resetLearning();
    final DriftDetector ours = Detectors.open(spec);
    for (int i = 0; i < values.length; i++) {
      moa.input(values[i]);
      assertEquals(moa.getChange(), ours.add(values[i]), spec + " at " + i);
    }
    return ours.detections();
  }
}
