package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.moa.MoaSource;
import dev.braid.spec.Term;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeersTest {

  private static List<String> names() {
    return Peers.REGISTRY.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyPeerLearnsAndIsWeighed(final String name) {
    final Cell cell = new Cell("led", name, 1, 20, 0);
    try (MoaSource source = new MoaSource("generators.LEDGenerator")) {
      final Trial<?> trial =
          new Trial<>(cell, Peers.open(Term.parse(name), 1, source.schema()), Run.CHUNK, List.of());
      final CellResult result = new Run(source, List.of(trial)).run(events -> {}).get(0);
      assertEquals(20, result.events());
      assertTrue(result.cost().modelBytes() > 100, "size " + result.cost().modelBytes());
    }
  }

  @Test
  void forestsRunOnOneThread() {
    assertEquals(
        "moa:meta.AdaptiveRandomForest -s 100 -j 1", Peers.REGISTRY.find("arf").description());
  }
}
