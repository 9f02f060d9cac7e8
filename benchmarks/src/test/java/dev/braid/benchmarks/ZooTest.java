package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.benchmarks.report.Study;
import dev.braid.benchmarks.report.ZooPage;
import dev.braid.data.Schema;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.spec.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of mechanisms that are measured side by side. */
class ZooTest {
  private static List<String> learners() throws IOException {
    return Study.read(Path.of("zoo.txt")).learners();
  }

  static Stream<Registry<?>> registries() {
    return Stream.of(
        Gates.SCORES,
        Gates.ASSIGNS,
        Gates.PENALTIES,
        Kinds.ALL,
        Combines.ALL,
        Lives.ALL,
        Codecs.ALL);
  }

  @Test
  void everyLearnerThereOpens() throws IOException {
    for (final String learner : learners()) {
      CommandTexts.preset(learner, 1, Schema.numeric(2, 2));
      assertEquals(List.of(learner), CommandTexts.split(learner), "as it would be asked for");
    }
  }

  /** The weighted sum is what all do that do not say otherwise. */
  @ParameterizedTest
  @MethodSource("registries")
  void everyPartOfALayerIsMeasured(final Registry<?> parts) throws IOException {
    final String all = String.join("\n", learners()) + ",combine=sum";
    for (final String name : parts.names()) {
      assertTrue(ZooPage.names(all, name), name);
    }
  }
}
