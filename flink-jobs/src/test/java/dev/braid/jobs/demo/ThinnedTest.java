package dev.braid.jobs.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThinnedTest {
  @Test
  void keepsAllWhileThereIsRoom() {
    assertEquals(List.of(1, 2, 3, 4), kept(4));
  }

  @Test
  void keepsAnEvenSelectionOfMore() {
    assertEquals(List.of(2, 4, 6), kept(6));
    assertEquals(List.of(2, 4, 6, 8), kept(9));
    assertEquals(List.of(4, 8, 12), kept(13));
  }

  private static List<Integer> kept(final int offered) {
    final Thinned<Integer> thinned = new Thinned<>(4);
    IntStream.rangeClosed(1, offered).forEach(thinned::offer);
    return thinned.kept();
  }
}
