package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.moa.MoaSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import moa.evaluation.preview.LearningCurve;
import moa.options.ClassOption;
import moa.tasks.EvaluatePrequential;
import moa.tasks.MainTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The harness against MOA's own evaluator: same stream, same learner, same seed. */
class MoaParityTest {
  private static final int EVENTS = 10_000;

  @ParameterizedTest
  @CsvSource({
    "trees.HoeffdingTree, generators.LEDGeneratorDrift -d 5",
    "trees.HoeffdingTree, generators.SEAGenerator -f 2",
    "trees.HoeffdingAdaptiveTree, generators.RandomRBFGeneratorDrift -s 0.001 -k 50",
    "meta.OzaBagAdwin -s 3, generators.AgrawalGenerator",
  })
  void measuresWhatEvaluatePrequentialMeasuresToTheLastDigit(
      final String learner, final String stream) throws Exception {
    final Map<String, Double> moa = evaluatePrequential(learner, stream);

    final CellResult ours = run(learner, stream);

    assertEquals(
        moa.get("classifications correct (percent)"), ours.scores().accuracy() * 100.0, 0.0);
    assertEquals(moa.get("Kappa Statistic (percent)"), ours.scores().kappa() * 100.0, 0.0);
    assertEquals(moa.get("Kappa M Statistic (percent)"), ours.scores().kappaM() * 100.0, 0.0);
    assertEquals(
        moa.get("Kappa Temporal Statistic (percent)"), ours.scores().kappaT() * 100.0, 0.0);
    for (int c = 0; c < ours.scores().recall().size(); c++) {
      assertEquals(
          moa.get("Recall for class " + c + " (percent)"),
          ours.scores().recall().get(c) * 100.0,
          0.0);
    }
  }

  @Test
  void aLearnerOfferedTwiceInOneRaceScoresTheSameTwice() {
    final Cell one = new Cell("led", "one", 1, 5_000, 0);
    final Cell two = new Cell("led", "two", 1, 5_000, 0);
    try (MoaSource source = new MoaSource("generators.LEDGeneratorDrift")) {
      final List<CellResult> results =
          new Run(
                  source,
                  List.of(
                      new Trial<>(one, tree(source), Run.CHUNK, List.of()),
                      new Trial<>(two, tree(source), Run.CHUNK, List.of())))
              .run(events -> {});
      assertEquals(results.get(0).scores(), results.get(1).scores());
      assertEquals(results.get(0).curve(), results.get(1).curve());
    }
  }

  private static MoaContestant tree(final MoaSource source) {
    return new MoaContestant("trees.HoeffdingTree", 1, source.schema());
  }

  private static CellResult run(final String learner, final String stream) {
    final Cell cell = new Cell(stream, "moa:" + learner, 1, EVENTS, 0);
    try (MoaSource source = new MoaSource(stream)) {
      final Trial<?> trial =
          new Trial<>(cell, new MoaContestant(learner, 1, source.schema()), Run.CHUNK, List.of());
      return new Run(source, List.of(trial)).run(events -> {}).get(0);
    }
  }

  private static Map<String, Double> evaluatePrequential(final String learner, final String stream)
      throws Exception {
    final EvaluatePrequential task =
        (EvaluatePrequential)
            ClassOption.cliStringToObject(
                "EvaluatePrequential -l ("
                    + learner
                    + ") -s ("
                    + stream
                    + ") -i "
                    + EVENTS
                    + " -f "
                    + EVENTS
                    + " -e (BasicClassificationPerformanceEvaluator -r)",
                MainTask.class,
                null);
    task.prepareForUse();
    final LearningCurve curve = (LearningCurve) task.doTask();
    final Map<String, Double> measures = new HashMap<>();
    final int last = curve.numEntries() - 1;
    for (int k = 0; k < curve.getMeasurementNameCount(); k++) {
      measures.put(curve.getMeasurementName(k), curve.getMeasurement(last, k));
    }
    return measures;
  }
}
