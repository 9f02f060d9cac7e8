package dev.braid.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the micro-benchmarks and writes their page, {@code benchmarks/results/jmh.md}. From the root
 * of the project, on a machine that does nothing else, in about twelve minutes:
 *
 * <pre>
 * mvn -q -Pjmh-page -pl benchmarks -am process-classes
 * </pre>
 */
public final class ResultsPage {
  private static final String COMMAND = "mvn -q -Pjmh-page -pl benchmarks -am process-classes";
  private static final TimeValue ITERATION = TimeValue.seconds(1);

  private ResultsPage() {}

  /**
   * Takes the file to write.
   *
   * @throws RunnerException if a benchmark fails
   * @throws IOException if the page cannot be written
   */
  public static void main(final String[] args) throws RunnerException, IOException {
    final JmhScores scores = new JmhScores(run());
    final StringBuilder page = new StringBuilder();
    page.append("# Micro-benchmarks\n\n")
        .append("`")
        .append(COMMAND)
        .append("`, ")
        .append(LocalDate.now(ZoneOffset.UTC))
        .append(", ")
        .append(Runtime.getRuntime().availableProcessors())
        .append(" cores, Java ")
        .append(System.getProperty("java.version"))
        .append(", JMH: trees test-then-train 3 forks of 2 + 3 iterations of 1 s, all else one")
        .append(" fork of 3 + 5, garbage-collection profiler.\n");
    TreePage.write(page, scores);
    RouterPage.write(page, scores);
    Files.writeString(Path.of(args[0]), page);
  }

  private static Collection<RunResult> run() throws RunnerException {
    final List<RunResult> results = new ArrayList<>();
    // The compiler's choices move a tree's rate by a tenth from one process to the next.
    results.addAll(new Runner(options(3, 2, 3).include("\\.TreeBenchmark\\.").build()).run());
    results.addAll(
        new Runner(
                options(1, 3, 5)
                    .include("\\.TreeSteadyBenchmark\\.")
                    .include("\\.RouterBenchmark\\.")
                    .include("\\.PresetBenchmark\\.")
                    .build())
            .run());
    return results;
  }

  private static ChainedOptionsBuilder options(
      final int forks, final int warmups, final int measurements) {
    return new OptionsBuilder()
        .param("tree", "ht", "hat")
        .addProfiler(GCProfiler.class)
        .forks(forks)
        .warmupIterations(warmups)
        .warmupTime(ITERATION)
        .measurementIterations(measurements)
        .measurementTime(ITERATION)
        .shouldFailOnError(true)
        .jvmArgsAppend("-Dbraid.data=" + System.getProperty("braid.data"));
  }
}
