package dev.braid.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the micro-benchmarks and writes their page, {@code benchmarks/results/jmh.md}. From the root
 * of the project, on a machine that does nothing else, in about ten minutes:
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
        .append(", JMH: one fork, 3 + 5 iterations of 1 s, garbage-collection profiler.\n");
    TreePage.write(page, scores);
    RouterPage.write(page, scores);
    Files.writeString(Path.of(args[0]), page);
  }

  private static Collection<RunResult> run() throws RunnerException {
    final Options options =
        new OptionsBuilder()
            .include("\\.TreeBenchmark\\.")
            .include("\\.TreeSteadyBenchmark\\.")
            .include("\\.RouterBenchmark\\.")
            .include("\\.PresetBenchmark\\.")
            .param("tree", "ht", "hat")
            .addProfiler(GCProfiler.class)
            .forks(1)
            .warmupIterations(3)
            .warmupTime(ITERATION)
            .measurementIterations(5)
            .measurementTime(ITERATION)
            .shouldFailOnError(true)
            .jvmArgsAppend("-Dbraid.data=" + System.getProperty("braid.data"))
            .build();
    return new Runner(options).run();
  }
}
