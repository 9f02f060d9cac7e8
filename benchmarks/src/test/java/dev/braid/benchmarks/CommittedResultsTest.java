package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.harness.Peers;
import dev.braid.benchmarks.harness.ResultsFile;
import dev.braid.data.Schema;
import dev.braid.spec.Term;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A benchmark goes on from the results that are committed. */
class CommittedResultsTest {

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("results"))) {
      // Runs on numbers have figures and a command of their own.
      return all.filter(file -> file.endsWith("results.csv"))
          .filter(file -> !file.startsWith(Path.of("results", "regression")))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyLineIsARunOfALearnerThatThereIs(final Path file) {
    final List<CellResult> results = List.copyOf(ResultsFile.open(file).results());
    assertTrue(results.size() > 5, "few runs in " + file);
    for (final CellResult result : results) {
      final String learner = result.cell().learner();
      if (!learner.startsWith("moa:") && !Peers.REGISTRY.has(Term.parse(learner).name())) {
        CommandTexts.preset(learner, result.cell().seed(), Schema.numeric(2, 2));
      }
      assertEquals(CommandTexts.split(learner), List.of(learner), "as it would be asked for");
    }
  }
}
