package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.harness.CellResult.Routing;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * With {@code -Dbraid.write-docs=true -Dbraid.data=FOLDER} the operations of networks are counted
 * anew in the results of the zoo: they follow from a learner's text and a stream's schema.
 */
@EnabledIfSystemProperty(named = "braid.write-docs", matches = "true")
@EnabledIfSystemProperty(named = "braid.data", matches = ".+")
class ZooOperationsTest {
  private final Map<String, Schema> schemas = new HashMap<>();

  @Test
  void ofNetworksFollowFromTextAndSchema() {
    final ResultsFile file = ResultsFile.open(Path.of("results", "zoo", "results.csv"));
    final List<CellResult> counted = new ArrayList<>();
    for (final CellResult result : file.results()) {
      if (result.cell().learner().startsWith("neural(")) {
        counted.add(with(result, operations(result.cell())));
      }
    }
    assertTrue(counted.size() > 100, "networks: " + counted.size());
    file.add(counted);
  }

  private long operations(final Cell cell) {
    final Schema schema = schemas.computeIfAbsent(cell.stream(), ZooOperationsTest::schema);
    final LearnerSpec spec = LearnerSpec.parse(cell.learner(), cell.seed());
    return new BraidContestant(Presets.open(spec, schema)).operations();
  }

  private static Schema schema(final String stream) {
    final Path data = Path.of(System.getProperty("braid.data"));
    try (InstanceSource source =
        StreamSpec.parse(stream, StreamOptions.DEFAULT.withData(data)).open(1, 1)) {
      return source.schema();
    }
  }

  private static CellResult with(final CellResult result, final long operations) {
    final Routing was = result.routing();
    return new CellResult(
        result.cell(),
        result.events(),
        result.scores(),
        result.probabilities(),
        result.stretches(),
        new Routing(
            was.loadVariation(),
            was.entropy(),
            was.experts(),
            was.changeRate(),
            was.bestGroup(),
            was.cacheHits(),
            (double) operations),
        result.window(),
        result.curve(),
        result.cost(),
        result.alarms());
  }
}
