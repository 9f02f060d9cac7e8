package dev.braid.moa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Instance;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import moa.options.ClassOption;
import moa.streams.generators.SEAGenerator;
import moa.tasks.MainTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BraidClassifierTest {

  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void everyPresetRunsInMoasOwnPrequentialEvaluation(
      final String preset, @TempDir final Path folder) throws Exception {
    final Path table = folder.resolve("curve.csv");
    final MainTask task =
        (MainTask)
            ClassOption.cliStringToObject(
                "EvaluatePrequential -l (dev.braid.moa.BraidClassifier -p "
                    + preset
                    + " -r 3) -s (generators.SEAGenerator -p 10) -e BasicClassificationPerformanceEvaluator"
                    + " -i 10000 -f 10000 -q 10000 -d "
                    + table,
                MainTask.class,
                null);
    task.prepareForUse();
    final PrintStream err = System.err;
    System.setErr(
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8.name()));
    try {
      task.doTask();
    } finally {
      System.setErr(err);
    }
    final List<String> lines = Files.readAllLines(table);
    final List<String> names = List.of(lines.get(0).split(","));
    final String[] last = lines.get(lines.size() - 1).split(",");
    final double accuracy =
        Double.parseDouble(last[names.indexOf("classifications correct (percent)")]);
    assertEquals(10000, Double.parseDouble(last[0]));
    assertTrue(accuracy > 75 && accuracy < 91, () -> "accuracy " + accuracy);
  }

  @Test
  void aCopyGoesOnLikeTheOriginal() {
    final SEAGenerator stream = new SEAGenerator();
    stream.prepareForUse();
    final BraidClassifier original = new BraidClassifier();
    original.setModelContext(stream.getHeader());
    original.prepareForUse();
    train(original, stream, 700);
    final BraidClassifier copy = (BraidClassifier) original.copy();
    for (int t = 0; t < 500; t++) {
      final Instance instance = stream.nextInstance().getData();
      assertArrayEquals(original.getVotesForInstance(instance), copy.getVotesForInstance(instance));
      original.trainOnInstance(instance);
      copy.trainOnInstance(instance);
    }
  }

  @Test
  void optionsOfThePresetAreGivenAsText() {
    final SEAGenerator stream = new SEAGenerator();
    stream.prepareForUse();
    final BraidClassifier classifier = new BraidClassifier();
    classifier.presetOption.setValue("driftmoe-data");
    classifier.optionsOption.setValue("experts=3; top-k=1");
    classifier.setModelContext(stream.getHeader());
    classifier.prepareForUse();
    train(classifier, stream, 10);
    assertEquals(3, classifier.getModelMeasurementsImpl()[0].getValue());
  }

  private static void train(
      final BraidClassifier classifier, final SEAGenerator stream, final int events) {
    for (int t = 0; t < events; t++) {
      classifier.trainOnInstance(stream.nextInstance().getData());
    }
  }
}
