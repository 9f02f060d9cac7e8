package dev.braid.benchmarks.detection;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;
import moa.classifiers.core.driftdetection.ADWINChangeDetector;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.CusumDM;
import moa.classifiers.core.driftdetection.DDM;
import moa.classifiers.core.driftdetection.EDDM;
import moa.classifiers.core.driftdetection.EWMAChartDM;
import moa.classifiers.core.driftdetection.GeometricMovingAverageDM;
import moa.classifiers.core.driftdetection.HDDM_A_Test;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.classifiers.core.driftdetection.PageHinkleyDM;
import moa.classifiers.core.driftdetection.RDDM;
import moa.classifiers.core.driftdetection.SEEDChangeDetector;
import moa.classifiers.core.driftdetection.SeqDrift2ChangeDetector;

/**
 * Drift detectors by name, with their default options: all of Braid's own, and MOA's, whose names
 * begin with {@code moa-}. A detector takes the errors of a learner, 0 or 1, one after the other,
 * and says after each whether they changed.
 */
public final class ComparedDetectors {
  private static final Map<String, Supplier<DoublePredicate>> BY_NAME = new LinkedHashMap<>();

  static {
    dev.braid.drift.Detectors.REGISTRY.names().forEach(name -> BY_NAME.put(name, () -> own(name)));
    BY_NAME.put("moa-adwin", () -> moa(new ADWINChangeDetector()));
    BY_NAME.put("moa-ddm", () -> moa(new DDM()));
    BY_NAME.put("moa-eddm", () -> moa(new EDDM()));
    BY_NAME.put("moa-rddm", () -> moa(new RDDM()));
    BY_NAME.put("moa-hddm-a", () -> moa(new HDDM_A_Test()));
    BY_NAME.put("moa-hddm-w", () -> moa(new HDDM_W_Test()));
    BY_NAME.put("moa-page-hinkley", () -> moa(new PageHinkleyDM()));
    BY_NAME.put("moa-cusum", () -> moa(new CusumDM()));
    BY_NAME.put("moa-ewma", () -> moa(new EWMAChartDM()));
    BY_NAME.put("moa-gma", () -> moa(new GeometricMovingAverageDM()));
    BY_NAME.put("moa-seed", () -> moa(new SEEDChangeDetector()));
    BY_NAME.put("moa-seqdrift2", () -> moa(new SeqDrift2ChangeDetector()));
  }

  private ComparedDetectors() {}

  /** Makes a fresh detector, by name. */
  public static Map<String, Supplier<DoublePredicate>> byName() {
    return Collections.unmodifiableMap(BY_NAME);
  }

  /** Like MOA's: a change for the better is no alarm. */
  private static DoublePredicate own(final String name) {
    return dev.braid.drift.Detectors.open(name)::rose;
  }

  private static DoublePredicate moa(final AbstractChangeDetector detector) {
    detector.prepareForUse();
    detector.resetLearning();
    return error -> {
      detector.input(error);
      return detector.getChange();
    };
  }
}
