package dev.braid.jobs.topology;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Events as producers write them, of a concept that a tree can learn. */
public final class Rows {
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

  private Rows() {}

  /** Event i, with its label. */
  public static String event(final int i, final String key) {
    return event(i, key, "e" + i, true);
  }

  /** Event i under an id of one's own, with or without its label. */
  public static String event(
      final int i, final String key, final String id, final boolean labelled) {
    final SplittableRandom random = new SplittableRandom(i);
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    final int c = random.nextInt(4);
    return String.format(
        Locale.ROOT,
        "{\"id\":\"%s\",\"key\":\"%s\",\"ts\":%d,\"features\":{\"a\":%s,\"b\":%s,\"c\":\"v%d\"}%s}",
        id,
        key,
        1_700_000_000_000L + i,
        a,
        b,
        c,
        labelled ? ",\"label\":\"" + label(i) + "\"" : "");
  }

  /** The class of event i. */
  public static String label(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    return random.nextDouble() + random.nextDouble() * (1 + random.nextInt(4)) > 1.5
        ? "high"
        : "low";
  }

  /** The class of event i, or a number that its features tell. */
  public static String label(final int i, final boolean ofNumber) {
    if (!ofNumber) {
      return label(i);
    }
    final SplittableRandom random = new SplittableRandom(i);
    final double a = random.nextDouble();
    final double b = random.nextDouble();
    return Double.toString(10 * (a - b) + random.nextInt(4));
  }

  /** Ids of events or predictions, in order. */
  public static List<String> ids(final List<String> records) {
    return records.stream().map(Rows::id).toList();
  }

  private static String id(final String record) {
    final Matcher id = ID.matcher(record);
    if (!id.find()) {
      throw new AssertionError("no id in " + record);
    }
    return id.group(1);
  }
}
