package dev.braid.jobs.topology;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Any number of records of every kind that should not be sent, among good ones, made from their
 * number alone. Whatever id a record has, its digits at the end are its number; so are those of an
 * id that is made from its place in the topic.
 */
final class FuzzedRecords {
  /** Events whose labels come late, on a topic of their own: one in so many. */
  static final int LATE = 10;

  private static final MalformedRecords[] MALFORMED = MalformedRecords.values();
  private static final List<String> PIECES =
      List.of(
          "\"",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "NaN",
          "-Infinity",
          "1e999",
          "null",
          "true",
          "\\u",
          "\\ud800",
          "\"a\":",
          "\u0000",
          "\n",
          "é",
          "-",
          "0x1",
          "99999999999999999999",
          "\uFEFF");
  private static final List<String> TIMES =
      List.of(
          "1700000000",
          "1700000000.25",
          "\"1700000000000\"",
          "\"2023-11-14T22:13:20Z\"",
          "\"noon\"",
          "-1",
          "1e30",
          "[1]",
          "{\"a\":{}}",
          "\"9999-12-31T23:59:60Z\"",
          "true");

  private FuzzedRecords() {}

  /** Value of the event with that number. */
  static byte[] event(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final int kind = random.nextInt(100);
    if (i == 0) {
      // That one whose id comes again, in the same model.
      return utf8(Rows.event(0, ""));
    }
    if (i < 100 || kind < 40) {
      return utf8(Rows.event(i, "k" + i % 20, "e" + i, i % LATE > 0));
    }
    if (kind < 60) {
      return MALFORMED[random.nextInt(MALFORMED.length)].record(i);
    }
    if (kind < 80) {
      return mutated(i, random);
    }
    return utf8(attack(i, random));
  }

  /** Value of the label with that number: one in two is the late label of an event. */
  static byte[] label(final int i) {
    final SplittableRandom random = new SplittableRandom(~i);
    final int event = i / 2 * LATE;
    return switch (i % 2 == 0 ? 0 : random.nextInt(1, 6)) {
      case 0 -> utf8(label("e" + event, "k" + event % 20, Rows.label(event)));
      case 1 -> utf8(label("nobody" + i, "k" + i % 20, "low"));
      case 2 -> utf8(label("e" + event, "k" + event % 20, "another" + i));
      case 3 -> utf8("{\"id\":\"e" + i + "\",\"label\":{}}");
      case 4 -> utf8(label("lonely" + i, "new" + i % 1000, "low"));
      default -> noise(random);
    };
  }

  /**
   * The same value where numbers are predicted: in the place of the good classes there are numbers,
   * usual and absurd ones.
   */
  static byte[] ofNumber(final byte[] value, final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final String number =
        switch (random.nextInt(50)) {
          case 0 -> extreme(random);
          case 1 -> "0";
          case 2 -> "NaN";
          default -> Double.toString(random.nextDouble());
        };
    // Bytes that are no text stay as they are.
    return new String(value, StandardCharsets.ISO_8859_1)
        .replaceFirst("\"(low|high)\"", "\"" + number + "\"")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String label(final String id, final String key, final String label) {
    return "{\"id\":\"" + id + "\",\"key\":\"" + key + "\",\"label\":\"" + label + "\"}";
  }

  /** Growth in every direction, and what else is valid and should not be there. */
  private static String attack(final int i, final SplittableRandom random) {
    return switch (random.nextInt(14)) {
      case 0 -> event(i, "features", "\"a\":1,\"f" + i + "\":2", "low");
      case 1 -> event(i, "classes", many(20, "f", "1"), "class" + i);
      case 2 -> event(i, "values", many(20, "n", "\"v" + i + "\""), "low");
      case 3 -> event(i, "product" + i % 3, many(1 + i % 60, "p" + i % 7 + "-", "1"), "class" + i);
      case 4 -> event(i, "new" + i % 5_000, "\"a\":" + random.nextDouble(), "low");
      case 5 -> event(i, "refused" + i, "\"a\":null", "low");
      case 6 -> event(i, "types", "\"t" + i % 50 + "\":" + oddOrNumber(random), "low");
      case 7 -> event(i, "k1", "\"vote:x:low\":1,\"@x:low\":1,\"a\":0.5", "low");
      case 8 -> event(i, "k2", "\"c\":\"" + "x".repeat(random.nextInt(600)) + "\"", "low");
      case 9 -> event(i, "k3", "\"" + "n".repeat(random.nextInt(600)) + "\":1", "low");
      case 10 -> event(i, "k4", "\"a\":" + "[".repeat(200) + "]".repeat(200), "low");
      case 11 ->
          random.nextInt(100) == 0 ? event(i, "wide", many(3_000, "w", "1"), "low") : timed(i);
      case 12 -> event(i, "k" + "5".repeat(random.nextInt(600)), "\"a\":1", "low");
      default -> event(i, "k6", "\"a\":" + extreme(random) + ",\"b\":" + extreme(random), "high");
    };
  }

  private static String timed(final int i) {
    return "{\"id\":\"e"
        + i
        + "\",\"ts\":"
        + TIMES.get(i % TIMES.size())
        + ",\"features\":{\"a\":1}}";
  }

  private static String oddOrNumber(final SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> "\"n/a\"";
      case 1 -> "\"" + random.nextInt() + "\"";
      case 2 -> "\"NaN\"";
      default -> Integer.toString(random.nextInt());
    };
  }

  private static String extreme(final SplittableRandom random) {
    return String.format(
        Locale.ROOT, "%se%d", random.nextDouble() - 0.5, random.nextInt(-320, 309));
  }

  private static String event(
      final int i, final String key, final String features, final String label) {
    return String.format(
        Locale.ROOT,
        "{\"id\":\"e%d\",\"key\":\"%s\",\"features\":{%s},\"label\":\"%s\"}",
        i,
        key,
        features,
        label);
  }

  private static String many(final int count, final String name, final String value) {
    final StringBuilder features = new StringBuilder();
    for (int f = 0; f < count; f++) {
      features.append(f == 0 ? "\"" : ",\"").append(name).append(f).append("\":").append(value);
    }
    return features.toString();
  }

  /** A good record without an id, so that no change of it can give it one, and then changed. */
  private static byte[] mutated(final int i, final SplittableRandom random) {
    final String id = "\"id\":\"e" + i + "\",";
    final StringBuilder text =
        new StringBuilder(Rows.event(i, "k" + i % 20, "e" + i, true).replace(id, ""));
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      final int at = random.nextInt(text.length() + 1);
      final int to = Math.min(text.length(), at + random.nextInt(1, 6));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, to);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
        case 3 -> text.insert(at, text.substring(at, to));
        default -> text.setLength(at);
      }
    }
    final byte[] bytes = utf8(text.toString());
    if (bytes.length > 0 && random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static byte[] noise(final SplittableRandom random) {
    final byte[] noise = new byte[random.nextInt(100)];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
