package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamSpecTest {

  @ParameterizedTest
  @CsvSource({
    "led_a, 24, 10",
    "led_g, 24, 10",
    "sea_a, 3, 2",
    "sea_g, 3, 2",
    "rbf_m, 10, 2",
    "rbf_f, 10, 2"
  })
  void benchmarkStreamsHaveTheirShape(final String name, final int features, final int classes) {
    final StreamSpec spec = parse(name);
    assertEquals(name, spec.name());
    assertEquals(1_000_000, spec.length());
    try (InstanceSource source = spec.open(1, 100)) {
      assertEquals(features, source.schema().featureCount());
      assertEquals(classes, source.schema().classCount());
      for (int i = 0; i < 100; i++) {
        final Instance instance = source.next();
        assertEquals(features, instance.x().length);
        assertTrue(instance.label() >= 0 && instance.label() < classes);
      }
      assertNull(source.next());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"led_g", "sea_a", "rbf_f"})
  void sameSeedGivesTheSameStreamAndAnotherSeedAnother(final String name) {
    assertArrayEquals(values(name, 7), values(name, 7));
    assertFalse(Arrays.equals(values(name, 7), values(name, 8)));
  }

  @Test
  void driftsScaleWithTheLength() {
    assertEquals(
        List.of(
            new DriftPoint(249_975, 50), new DriftPoint(499_975, 50), new DriftPoint(749_975, 50)),
        parse("sea_a").driftPoints(-1));
    assertEquals(
        List.of(
            new DriftPoint(22_500, 5_000),
            new DriftPoint(47_500, 5_000),
            new DriftPoint(72_500, 5_000)),
        parse("led_g").driftPoints(100_000));
    assertEquals(List.of(), parse("rbf_m").driftPoints(100_000));
  }

  @Test
  void conceptChangesWhereItIsSaidTo() {
    // Without noise a label of SEA follows from the sum of two attributes and a threshold, which is
    // 8 in the first concept and 9 in the second: count the sums in between that are positive.
    final long records = 40_000;
    final DriftPoint first = parse("sea_a").driftPoints(records).get(0);
    final int[] events = new int[2];
    final int[] above = new int[2];
    try (InstanceSource source = parse("sea_a").open(1, records)) {
      for (long n = 0; n < 2 * first.position(); n++) {
        final Instance instance = source.next();
        final double sum = instance.x()[0] + instance.x()[1];
        if (sum > 8.05 && sum < 8.95) {
          final int half = n < first.position() ? 0 : 1;
          events[half]++;
          above[half] += instance.label();
        }
      }
    }
    final double before = (double) above[0] / events[0];
    final double after = (double) above[1] / events[1];
    assertEquals(0.8, Math.abs(after - before), 0.1);
  }

  @Test
  void moaStreamsAreOpenedByTheirCommandLine() {
    final StreamSpec spec = parse("moa:generators.AgrawalGenerator -f 2 -i 3");
    assertEquals("AgrawalGenerator", spec.name());
    assertEquals(-1, spec.length());
    try (InstanceSource source = spec.open(1, 10)) {
      assertEquals(9, source.schema().featureCount());
      for (int i = 0; i < 10; i++) {
        assertNotNull(source.next());
      }
      assertNull(source.next());
    }
  }

  @Test
  void unknownMoaStreamIsRefused() {
    final StreamSpec spec = parse("moa:generators.NoSuchGenerator");
    final StreamException refused = assertThrows(StreamException.class, () -> spec.open(1, 10));
    assertTrue(refused.getMessage().contains("NoSuchGenerator"), refused.getMessage());
  }

  @Test
  void whatIsNoStreamIsRefusedWithWhatWouldBe() {
    assertEquals(
        "'led_x' is not a stream: give one of led_a, led_g, sea_a, sea_g, rbf_m, rbf_f, elec, airl,"
            + " covt, mnist_split, mnist_permuted, mnist_rotated, friedman_a,"
            + " friedman_g, price, a file that ends in .arff or .csv"
            + " (also .gz or .xz; .tsv, .tab, .txt and .data are read as CSV), or moa: and the command line of a MOA stream",
        assertThrows(StreamException.class, () -> parse("led_x")).getMessage());
  }

  @Test
  void realStreamsNeedTheirFolder() {
    assertEquals(
        "stream 'elec' needs the folder that holds electricity.arff[.xz|.gz]: give it with --data,"
            + " or set the variable BRAID_DATA",
        assertThrows(StreamException.class, () -> parse("elec")).getMessage());
    final StreamOptions options = StreamOptions.DEFAULT.withData(Path.of("nowhere"));
    assertEquals(
        "stream 'covt': no covtype100k.arff[.xz|.gz] in nowhere",
        assertThrows(StreamException.class, () -> StreamSpec.parse("covt", options)).getMessage());
  }

  @Test
  void missingFileIsRefusedWhenItIsOpened() {
    final StreamSpec spec = parse("nowhere/none.arff.xz");
    assertEquals("none", spec.name());
    assertEquals(
        "there is no file " + Path.of("nowhere/none.arff.xz"),
        assertThrows(StreamException.class, () -> spec.open(1, -1)).getMessage());
  }

  private static StreamSpec parse(final String text) {
    return StreamSpec.parse(text, StreamOptions.DEFAULT);
  }

  private static double[] values(final String name, final long seed) {
    final double[] values = new double[50];
    try (InstanceSource source = parse(name).open(seed, 50)) {
      for (int i = 0; i < values.length; i++) {
        final Instance instance = source.next();
        values[i] = Arrays.stream(instance.x()).sum() + 1_000 * instance.label();
      }
    }
    return values;
  }
}
