package dev.braid.experts.moe.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a row costs, of five inputs, three classes, and two experts of four behind a linear gate.
 */
class ActiveParametersTest {
  private static final int GATE = 4 * (5 + 1);
  private static final int MLP = 6 * (5 + 1) + 3 * (6 + 1);

  @ParameterizedTest
  @CsvSource({
    // Own numbers, and all of the net that the experts share: each asked goes through it.
    "mlp(6), 0",
    "film(6), 12",
    "'lora(6,2)', 40",
    // A network's numbers, and an eighth of what writes them, since it writes once for a batch.
    "'hyper(6,4,8)', 55",
    // One adapter of four, and the scores of all.
    "'perft(6,2,4,1)', 36",
  })
  void aRowGoesThroughWhatExpertsShareOnceForEachThatItIsSentTo(
      final String kind, final int beyondTheNet) {
    final LayerSpec layer = LayerSpec.parse("gate=linear/top-k(2),expert=" + kind + "*4");
    assertEquals(
        2 * (MLP + beyondTheNet) + GATE, new DenseMoeSpec(5, 3, layer, 1).activeParameters());
  }
}
