package dev.braid.benchmarks.jmh;

import java.util.Locale;
import java.util.Map;

/** The tables of the trees and of the preset that consists of them. */
final class TreePage {
  private static final String[] STREAMS = {"elec", "covt", "rbf_m", "airl"};
  private static final String[] TREES = {"ht", "hat"};

  private TreePage() {}

  static void write(final StringBuilder page, final JmhScores scores) {
    speed(page, scores);
    heap(page);
    allocation(page, scores);
    images(page, scores);
    preset(page, scores);
  }

  private static void speed(final StringBuilder page, final JmhScores scores) {
    page.append("\n## Trees, test then train\n\n")
        .append("Rows a second, the first 40,000 rows from an empty tree on (`TreeBenchmark`), and")
        .append(" MOA 2024.07 in the same run.\n\n")
        .append("| tree | stream | Braid | MOA | times | goal |\n|---|---|---|---|---|---|\n");
    for (final String tree : TREES) {
      for (final String stream : STREAMS) {
        final Map<String, String> run = Map.of("tree", tree, "stream", stream);
        final double braid = scores.rate("TreeBenchmark.braid", run);
        final double moa = scores.rate("TreeBenchmark.moa", run);
        final int goal = "hat".equals(tree) ? 4 : "airl".equals(stream) ? 3 : 5;
        line(
            page,
            "| %s | %s | %,.0f | %,.0f | %.1f | %d |",
            name(tree),
            stream,
            braid,
            moa,
            braid / moa,
            goal);
      }
    }
  }

  private static void heap(final StringBuilder page) {
    page.append("\n## Trees, heap\n\n")
        .append("After those rows: ours by its own count of its arrays, MOA's as what is reachable")
        .append(" from it, without the header it shares with the stream; goal 0.5.\n\n")
        .append("| tree | stream | Braid, KiB | MOA, KiB | share |\n")
        .append("|---|---|---|---|---|\n");
    for (final String tree : TREES) {
      for (final String stream : STREAMS) {
        final TreePair pair = new TreePair(TreeRows.of(stream, TreePair.ROWS), tree);
        pair.learnAll();
        final double braid = pair.ours.sizeBytes() / 1024.0;
        final double moa = pair.moaBytes() / 1024.0;
        line(
            page,
            "| %s | %s | %,.0f | %,.0f | %.2f |",
            name(tree),
            stream,
            braid,
            moa,
            braid / moa);
      }
    }
  }

  private static void allocation(final StringBuilder page, final JmhScores scores) {
    page.append("\n## Bytes allocated per event\n\n")
        .append("A grown tree, without a split (`TreeSteadyBenchmark`); JMH's own work is some")
        .append(" thousandths of a byte.\n\n")
        .append("| tree | stream | predict | learn |\n|---|---|---|---|\n");
    for (final String tree : TREES) {
      for (final String stream : new String[] {"elec", "airl"}) {
        final Map<String, String> run = Map.of("tree", tree, "stream", stream);
        line(
            page,
            "| %s | %s | %.3f | %.3f |",
            name(tree),
            stream,
            scores.bytes("TreeSteadyBenchmark.predict", run),
            scores.bytes("TreeSteadyBenchmark.learn", run));
      }
    }
  }

  private static void images(final StringBuilder page, final JmhScores scores) {
    page.append("\n## Images\n\nMB (1e6 bytes) a second of a whole image, goal 500 each way.\n\n")
        .append("| tree | stream | image, kB | write | read |\n|---|---|---|---|---|\n");
    for (final String tree : TREES) {
      for (final String stream : new String[] {"elec", "airl"}) {
        final Map<String, String> run = Map.of("tree", tree, "stream", stream);
        final double write = scores.counter("TreeSteadyBenchmark.write", run, "megabytes");
        line(
            page,
            "| %s | %s | %,.0f | %,.0f | %,.0f |",
            name(tree),
            stream,
            1e3 * write / scores.rate("TreeSteadyBenchmark.write", run),
            write,
            scores.counter("TreeSteadyBenchmark.read", run, "megabytes"));
      }
    }
  }

  private static void preset(final StringBuilder page, final JmhScores scores) {
    page.append("\n## The preset driftmoe-data on elec\n\n");
    line(
        page,
        "Test then train from an untrained learner on: **%,.0f rows a second** (goal 60,000)."
            + " A trained learner whose trees do not split allocates %.3f bytes per event.",
        scores.rate("PresetBenchmark.testThenTrain", Map.of()),
        scores.bytes("PresetBenchmark.steady", Map.of()));
  }

  private static String name(final String tree) {
    return "hat".equals(tree) ? "Hoeffding adaptive tree" : "Hoeffding tree";
  }

  static void line(final StringBuilder page, final String format, final Object... values) {
    page.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
