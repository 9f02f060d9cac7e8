package dev.braid.jobs.live;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Dead letters by reason. Names and numbers in a reason are left out, so that one mistake in many
 * records is one line. Bounded.
 */
final class DeadLetterCounts {
  static final String OTHERS = "other reasons";

  private static final int MOST = 50;
  private static final int LONGEST = 160;
  private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'(?=\\w))*'");
  private static final Pattern NUMBER = Pattern.compile("\\d+(?:[.,]\\d+)*");

  private final Map<String, Long> counts = new HashMap<>();
  private long total;

  void add(final String reason) {
    total++;
    final String kind = kind(reason);
    counts.merge(counts.size() < MOST || counts.containsKey(kind) ? kind : OTHERS, 1L, Long::sum);
  }

  /** A reason without what differs from record to record. */
  static String kind(final String reason) {
    final String names = QUOTED.matcher(reason).replaceAll("'…'");
    final String kind = NUMBER.matcher(names).replaceAll("n");
    return kind.length() <= LONGEST ? kind : kind.substring(0, LONGEST) + "…";
  }

  /** All of them. */
  long total() {
    return total;
  }

  /** By reason, the most frequent first. */
  Map<String, Long> byReason() {
    final Map<String, Long> sorted = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}
