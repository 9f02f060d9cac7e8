package dev.braid.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The critical-difference diagram: learners on a line of mean ranks, best on the left; a bar joins
 * those that the Nemenyi test cannot tell apart (Demsar 2006, figure 1).
 */
final class RankDiagram {
  private static final int WIDTH = 760;
  private static final int MARGIN = 190;
  private static final int AXIS = 60;
  private static final int ROW = 20;
  private static final int BAR = 9;

  private RankDiagram() {}

  static String of(final Ranking ranking) {
    final List<String> names = List.copyOf(ranking.meanRanks().keySet());
    final double[] ranks =
        ranking.meanRanks().values().stream().mapToDouble(Double::doubleValue).toArray();
    final List<int[]> groups = groups(ranks, ranking.criticalDifference());
    final int left = (names.size() + 1) / 2;
    final int firstRow = AXIS + 24 + BAR * groups.size();
    final Svg svg =
        new Svg("ranks", "Mean ranks and critical difference", WIDTH, firstRow + ROW * left + 4);
    final Axis x = new Axis(1, names.size(), MARGIN, WIDTH - MARGIN);

    svg.line("axis", x.start(), AXIS, x.end(), AXIS);
    for (int rank = 1; rank <= names.size(); rank++) {
      svg.line("axis", x.at(rank), AXIS - 5, x.at(rank), AXIS)
          .text(x.at(rank), AXIS - 9, "middle", Integer.toString(rank));
    }
    if (!Double.isNaN(ranking.criticalDifference())) {
      final double end = Math.min(WIDTH - 10, x.at(1 + ranking.criticalDifference()));
      svg.line("group", x.at(1), 22, end, 22)
          .text(
              x.at(1),
              15,
              "start",
              String.format(Locale.ROOT, "critical difference %.2f", ranking.criticalDifference()));
    }
    for (int g = 0; g < groups.size(); g++) {
      final double y = AXIS + 10 + BAR * g;
      svg.line("group", x.at(ranks[groups.get(g)[0]]) - 3, y, x.at(ranks[groups.get(g)[1]]) + 3, y);
    }
    for (int i = 0; i < ranks.length; i++) {
      final boolean onLeft = i < left;
      final double y = firstRow + ROW * (onLeft ? i : ranks.length - 1 - i);
      final double side = onLeft ? MARGIN - 14 : WIDTH - MARGIN + 14;
      final String label = String.format(Locale.ROOT, "%s (%.2f)", names.get(i), ranks[i]);
      svg.line("stem", x.at(ranks[i]), AXIS, x.at(ranks[i]), y)
          .line("stem", x.at(ranks[i]), y, side, y)
          .text(side + (onLeft ? -4 : 4), y + 4, onLeft ? "end" : "start", label);
    }
    return svg.end();
  }

  /**
   * The largest runs of learners that lie within the critical difference, as first and last index.
   *
   * @param ranks ascending
   */
  static List<int[]> groups(final double[] ranks, final double criticalDifference) {
    final List<int[]> groups = new ArrayList<>();
    int reached = 0;
    for (int first = 0; first < ranks.length; first++) {
      int last = first;
      while (last + 1 < ranks.length && ranks[last + 1] - ranks[first] <= criticalDifference) {
        last++;
      }
      if (last > first && last > reached) {
        groups.add(new int[] {first, last});
        reached = last;
      }
    }
    return groups;
  }
}
