package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Braid as Python's users see it: the tests of python/, in a Python that has JPype. */
class PythonTest {
  private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

  @Test
  void pythonsTestsPassAndPredictToTheBitWhatTheLibraryDoes() throws Exception {
    String python = null;
    for (final String candidate : PYTHONS) {
      if (python == null && hasJpype(candidate)) {
        python = candidate;
      }
    }
    assumeTrue(
        python != null,
        "no python3 here has the packages jpype and numpy (Debian: python3-jpype, python3-numpy)");
    final List<String> output = new ArrayList<>();
    final int status = run(output, python, "-m", "unittest", "test_braid");
    assertEquals(0, status, String.join("\n", output));
    assertEquals(
        ofTheLibrary(),
        output.stream()
            .filter(line -> line.startsWith("bits"))
            .map(PythonTest::probabilities)
            .toList());
  }

  private static List<Double> probabilities(final String line) {
    return Arrays.stream(line.split(" ")).skip(1).map(Double::valueOf).toList();
  }

  private static boolean hasJpype(final String python) {
    try {
      return run(new ArrayList<>(), python, "-c", "import jpype, numpy") == 0;
    } catch (final IOException | InterruptedException notThere) {
      return false;
    }
  }

  private static int run(final List<String> output, final String... command)
      throws IOException, InterruptedException {
    final ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Path.of("..", "python").toFile())
            .redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "BRAID_CLASSPATH", System.getProperty("java.class.path"),
                "JAVA_HOME", System.getProperty("java.home"),
                "PYTHONDONTWRITEBYTECODE", "1"));
    final Process process = builder.start();
    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .forEach(output::add);
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }

  /** Probabilities of the same events as in test_braid.py. */
  private static List<List<Double>> ofTheLibrary() {
    Schema schema = new Schema(List.of(), List.of());
    final Learner learner = Presets.open(new LearnerSpec("braid", 7, Map.of()), schema);
    final Prediction prediction = new Prediction();
    final List<List<Double>> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      final double[] x = {(i * 37 % 101) / 101.0, (i * 53 % 97) / 97.0};
      learner.predict(i == 0 ? new double[0] : x, prediction);
      lines.add(Arrays.stream(prediction.probabilities()).boxed().toList());
      final String label = x[0] > x[1] ? "up" : "down";
      Schema grown = schema;
      if (i == 0) {
        grown = grown.withFeature(Feature.numeric("a")).withFeature(Feature.numeric("b"));
      }
      if (schema.classes().stream().noneMatch(name -> name.endsWith(label))) {
        grown = grown.withClass(grown.classCount() + ": " + label);
      }
      if (!grown.equals(schema)) {
        learner.grow(grown);
        schema = grown;
      }
      learner.learn(x, schema.classes().get(0).endsWith(label) ? 0 : 1);
    }
    return lines;
  }
}
