package dev.braid.jobs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.braid.jobs.dense.DenseSamples;
import dev.braid.jobs.operator.OperatorSamples;
import dev.braid.jobs.publish.PublishedSamples;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is saved loads, and what was damaged is refused or harmless. An image of each sample is kept
 * as a resource, with what came of using it. Until the first release they are made anew when a
 * format changes, and from there on they stay:
 *
 * <pre>
 * mvn -pl flink-jobs -am test -Dtest=EveryImageTest#makesTheKeptImages \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dbraid.images=make
 * </pre>
 *
 * With {@code -Dbraid.long=true} a million mutations are tried in place of twenty thousand.
 */
class EveryImageTest {
  private static final int MUTATIONS = Boolean.getBoolean("braid.long") ? 1_000_000 : 20_000;

  /** The longest that one damaged image may take. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /** The most that reading and using one damaged image may allocate. */
  private static final long MOST_BYTES = 64L << 20;

  private static final List<Sample> SAMPLES = samples();

  private static List<Sample> samples() {
    final List<Sample> all = new ArrayList<>(LearnerSamples.all());
    all.addAll(OperatorSamples.all());
    all.addAll(DenseSamples.all());
    all.addAll(PublishedSamples.all());
    return all;
  }

  static List<Sample> all() {
    return SAMPLES;
  }

  @ParameterizedTest
  @MethodSource("all")
  void keptImageLoadsAndGoesOnAsRecorded(final Sample sample) throws Exception {
    final ImageReader kept;
    try (InputStream in = getClass().getResourceAsStream("/images/" + sample.name() + ".image")) {
      assertNotNull(in, "no image of " + sample + " is kept");
      kept = new ImageReader(in.readAllBytes());
    }
    final double[] used = sample.user().use(kept.getBytes());
    assertArrayEquals(kept.getDoubles(), used, 1e-9);
  }

  @ParameterizedTest
  @MethodSource("all")
  void damagedImageIsRefusedOrHarmless(final Sample sample) throws Exception {
    final byte[] image = sample.maker().make();
    final int rounds = MUTATIONS / SAMPLES.size() + 1;
    Assertions.assertTimeoutPreemptively(
        LONGEST.multipliedBy(20 + rounds / 100), () -> mutate(sample, image, rounds));
  }

  private static void mutate(final Sample sample, final byte[] image, final int rounds)
      throws Exception {
    final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    final Mutations mutations = new Mutations(sample.name().hashCode());
    final Map<String, Integer> faults = new TreeMap<>();
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      final byte[] damaged = mutations.damaged(image);
      final long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      final long start = System.nanoTime();
      try {
        sample.user().use(damaged);
      } catch (final MalformedImageException expected) {
        refused++;
      } catch (final Exception | Error other) {
        final StackTraceElement[] trace = other.getStackTrace();
        fault(faults, other + (trace.length == 0 ? "" : " at " + trace[0]), round);
      }
      if (System.nanoTime() - start > LONGEST.toNanos()) {
        fault(faults, "took longer than " + LONGEST, round);
      }
      final long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      if (bytes > MOST_BYTES) {
        fault(faults, "allocated more than " + MOST_BYTES + " bytes", round);
      }
    }
    assertTrue(refused > rounds / 8, refused + " refused of " + rounds);
    assertEquals(Map.of(), faults, sample + ": " + refused + " refused of " + rounds);
  }

  private static void fault(final Map<String, Integer> faults, final String what, final int round) {
    faults.putIfAbsent(what, round);
  }

  @ParameterizedTest
  @MethodSource("all")
  void anyChangedBitIsRefused(final Sample sample) throws Exception {
    final byte[] image = sample.maker().make();
    final int step = 1 + image.length / 50;
    for (int at = 0; at < image.length; at += step) {
      final byte[] damaged = image.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      assertThrows(MalformedImageException.class, () -> sample.user().use(damaged));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "braid.images", matches = "make")
  void makesTheKeptImages() throws Exception {
    final Path folder = Path.of("src", "test", "resources", "images");
    Files.createDirectories(folder);
    for (final Sample sample : SAMPLES) {
      final byte[] image = sample.maker().make();
      final double[] used = sample.user().use(image);
      Files.write(
          folder.resolve(sample.name() + ".image"),
          new ImageWriter().putBytes(image).putDoubles(used, used.length).toByteArray());
    }
  }
}
