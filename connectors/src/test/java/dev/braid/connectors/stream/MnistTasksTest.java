package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTasksTest {

  private static StreamSpec stream(final String name) {
    final Path folder = Path.of(System.getProperty("braid.data", "none"));
    assumeTrue(
        Files.exists(folder.resolve("mnist10k.csv.xz")), () -> "no mnist10k.csv.xz in " + folder);
    return StreamSpec.parse(name, StreamOptions.DEFAULT.withData(folder));
  }

  private static List<Instance> all(final StreamSpec spec, final long records) {
    final List<Instance> events = new ArrayList<>();
    try (InstanceSource source = spec.open(1, records)) {
      assertEquals(14 * 14, source.schema().featureCount());
      for (Instance event = source.next(); event != null; event = source.next()) {
        events.add(event);
      }
    }
    return events;
  }

  @Test
  void splitShowsTwoDigitsAtATimeAndReturnsToThemWithOtherImages() {
    final StreamSpec spec = stream("mnist_split");
    final List<Instance> events = all(spec, -1);
    assertEquals(spec.length(), events.size());
    for (int e = 0; e < events.size(); e++) {
      assertEquals(e / 900 % 5, events.get(e).label() / 2, "event " + e);
    }
    final Set<Integer> images = new HashSet<>();
    events.forEach(event -> images.add(Arrays.hashCode(event.x())));
    assertTrue(images.size() > 0.99 * events.size(), () -> images.size() + " images");
    assertEquals(
        List.of(900L, 1800L, 2700L, 3600L, 4500L, 5400L, 6300L, 7200L, 8100L),
        spec.driftPoints(-1).stream().map(DriftPoint::position).toList());
  }

  @Test
  void permutedReordersThePixelsOfATaskAlwaysAlike() {
    final List<Instance> permuted = all(stream("mnist_permuted"), 180);
    final List<Instance> usual = all(stream("mnist_rotated"), 160);
    // Both begin with the images as they are.
    assertArrayEquals(usual.get(19).x(), permuted.get(19).x());
    assertEquals(180, permuted.size());
    // Corners are never written on; a permutation moves them, and to the same place each time.
    final Set<Integer> blankInSecondTask = blank(permuted, 20, 40);
    assertNotEquals(blank(permuted, 0, 20), blankInSecondTask);
    final Set<Integer> both = new HashSet<>(blankInSecondTask);
    both.retainAll(blank(permuted, 80, 100));
    assertTrue(both.size() > 0.7 * blankInSecondTask.size(), () -> both.size() + " in common");
  }

  private static Set<Integer> blank(final List<Instance> events, final int from, final int to) {
    final Set<Integer> blank = new HashSet<>();
    for (int p = 0; p < 14 * 14; p++) {
      boolean ink = false;
      for (final Instance event : events.subList(from, to)) {
        ink |= event.x()[p] > 0;
      }
      if (!ink) {
        blank.add(p);
      }
    }
    return blank;
  }

  @Test
  void aCutStreamHasAllItsVisitsAndItsChangesBetweenThem() {
    final StreamSpec spec = stream("mnist_rotated");
    assertEquals(800, all(spec, 807).size());
    assertEquals(
        List.of(100L, 200L, 300L, 400L, 500L, 600L, 700L),
        spec.driftPoints(807).stream().map(DriftPoint::position).toList());
    assertEquals(spec.driftPoints(-1), spec.driftPoints(1_000_000));
  }

  @Test
  void aTableOfSomethingElseIsRefused(@TempDir final Path folder) throws Exception {
    Files.writeString(folder.resolve("mnist10k.csv"), "1,0,0\n2,0,255\n");
    final StreamSpec spec = StreamSpec.parse("mnist_split", StreamOptions.DEFAULT.withData(folder));
    final StreamException refused = assertThrows(StreamException.class, () -> spec.open(1, -1));
    assertTrue(refused.getMessage().contains("28 x 28"), refused.getMessage());
  }
}
