package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HeapShareTest {
  private static final long MB = 1 << 20;

  @Test
  void whatIsConfiguredHoldsWhereTheHeapHasRoom() {
    assertEquals(256 * MB, HeapShare.bytes(256 * MB, 1024 * MB, 1));
    assertEquals(256 * MB, HeapShare.bytes(256 * MB, 1024 * MB, 2));
  }

  @Test
  void theWorkingSetsOfAllSlotsTakeHalfTheHeapAtTheMost() {
    assertEquals(128 * MB, HeapShare.bytes(256 * MB, 512 * MB, 2));
    assertEquals(64 * MB, HeapShare.bytes(1024 * MB, 512 * MB, 4));
  }
}
