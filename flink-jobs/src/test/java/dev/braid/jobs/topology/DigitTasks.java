package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tukaani.xz.XZInputStream;

/**
 * Handwritten digits, halved to 14 by 14 pixels, as a sequence of tasks: upright, turned by a
 * quarter, with all pixels permuted.
 */
final class DigitTasks {
  static final int PIXELS = 196;
  private static final int SIDE = 14;
  private static final int TASKS = 3;

  private DigitTasks() {}

  /** Names of the features. */
  static List<String> names() {
    return IntStream.range(0, PIXELS).mapToObj(i -> "p" + i).toList();
  }

  /** Events, the tasks one after the other; skips the test where the file is absent. */
  static List<String> events(final int perTask) throws IOException {
    final Path file = Path.of(System.getProperty("braid.data", "."), "mnist10k.csv.xz");
    assumeTrue(Files.exists(file), "needs " + file);
    final List<Integer> permuted = new ArrayList<>(IntStream.range(0, PIXELS).boxed().toList());
    Collections.shuffle(permuted, new Random(1));
    final List<String> events = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      for (int i = 0; i < TASKS * perTask; i++) {
        final String[] cells = lines.readLine().split(",", -1);
        final int task = i / perTask;
        final int id = i;
        events.add(
            IntStream.range(0, PIXELS)
                .mapToObj(p -> "\"p" + p + "\":" + pixel(cells, seen(task, p, permuted)))
                .collect(
                    Collectors.joining(
                        ",",
                        "{\"id\":\"e" + id + "\",\"features\":{",
                        "},\"label\":\"" + cells[0] + "\"}")));
      }
    }
    return events;
  }

  private static int seen(final int task, final int p, final List<Integer> permuted) {
    return switch (task) {
      case 0 -> p;
      case 1 -> (p % SIDE) * SIDE + SIDE - 1 - p / SIDE;
      default -> permuted.get(p);
    };
  }

  /** Mean of four pixels of the file's 28 by 28; the label stands before them. */
  private static int pixel(final String[] cells, final int p) {
    final int at = 1 + p / SIDE * 2 * 28 + p % SIDE * 2;
    return (Integer.parseInt(cells[at])
            + Integer.parseInt(cells[at + 1])
            + Integer.parseInt(cells[at + 28])
            + Integer.parseInt(cells[at + 29]))
        / 4;
  }
}
