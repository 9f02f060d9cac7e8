package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeapSizeTest {

  @Test
  void measuringLeavesStandardOutputToTheResults() {
    final PrintStream before = System.out;
    final ByteArrayOutputStream said = new ByteArrayOutputStream();
    final PrintStream ours = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(ours);
    try {
      HeapSize.prepare();
      assertSame(ours, System.out);
      assertTrue(HeapSize.of(new double[1_000]) >= 8_000);
      assertSame(ours, System.out);
      assertEquals("", said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }
}
