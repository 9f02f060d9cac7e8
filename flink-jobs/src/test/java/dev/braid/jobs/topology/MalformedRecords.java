package dev.braid.jobs.topology;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Records that no producer should send, of every kind, each with what must become of it. */
enum MalformedRecords {
  TRUNCATED(
      Outcome.DEAD_LETTER,
      (i, random) -> {
        final String whole = Rows.event(i, "", "t" + i, true);
        return whole.substring(0, random.nextInt(whole.length()));
      }),
  GARBAGE(
      Outcome.DEAD_LETTER,
      (i, random) -> {
        final byte[] bytes = new byte[1 + random.nextInt(60)];
        random.nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }),
  EMPTY(Outcome.DEAD_LETTER, (i, random) -> ""),
  NO_OBJECT(Outcome.DEAD_LETTER, (i, random) -> random.nextBoolean() ? "[1,2]" : "null"),
  NO_ID(Outcome.DEAD_LETTER, (i, random) -> "{\"features\":{\"a\":1},\"label\":\"low\"}"),
  NO_FEATURES(Outcome.DEAD_LETTER, (i, random) -> "{\"id\":\"n" + i + "\",\"label\":\"low\"}"),
  TEXT_FOR_A_NUMBER(
      Outcome.PREDICTED, (i, random) -> event("w" + i, "\"a\":\"fast\",\"b\":1", "low")),
  NESTED(Outcome.PREDICTED, (i, random) -> event("s" + i, "\"a\":{\"b\":[1]}", "low")),
  NOT_A_NUMBER(
      Outcome.DEAD_LETTER,
      (i, random) ->
          event("f" + i, "\"a\":" + pick(random, "NaN", "Infinity", "-Infinity", "1e999"), "low")),
  DUPLICATE_ID(Outcome.DEAD_LETTER, (i, random) -> Rows.event(i, "", "e0", true)),
  LABEL_OF_WRONG_TYPE(
      Outcome.DEAD_LETTER,
      (i, random) -> "{\"id\":\"l" + i + "\",\"features\":{\"a\":1},\"label\":{\"x\":1}}"),
  MISSING_FEATURE(Outcome.PREDICTED, (i, random) -> event("m" + i, "\"a\":0.5", "low")),
  NULL_FEATURE(Outcome.PREDICTED, (i, random) -> event("u" + i, "\"a\":null,\"b\":1", "low")),
  ADDITIONAL_FEATURE(
      Outcome.PREDICTED,
      (i, random) -> event("x" + i, "\"a\":0.5,\"new" + random.nextInt(10) + "\":1", "high")),
  NUMBER_FOR_TEXT(Outcome.PREDICTED, (i, random) -> event("q" + i, "\"c\":" + i, "high")),
  UNSEEN_VALUE(Outcome.PREDICTED, (i, random) -> event("v" + i, "\"c\":\"new" + i + "\"", "high")),
  EXTREME_NUMBER(
      Outcome.PREDICTED,
      (i, random) ->
          event("h" + i, "\"a\":" + pick(random, "1e308", "-1e308", "4.9e-324", "-0.0"), "low"));

  /** What must become of a record. */
  enum Outcome {
    DEAD_LETTER,
    PREDICTED
  }

  final Outcome outcome;

  // The functions given above keep nothing.
  @SuppressWarnings("ImmutableEnumChecker")
  private final BiFunction<Integer, SplittableRandom, String> maker;

  MalformedRecords(
      final Outcome outcome, final BiFunction<Integer, SplittableRandom, String> maker) {
    this.outcome = outcome;
    this.maker = maker;
  }

  /** Record i of this kind. */
  byte[] record(final int i) {
    return maker.apply(i, new SplittableRandom(i)).getBytes(StandardCharsets.UTF_8);
  }

  /** An event whose label nobody has met. */
  static String unseenClass(final int i) {
    return event("c" + i, "\"a\":0.5,\"b\":0.5", "class" + i);
  }

  /** A record of ten megabytes. */
  static byte[] huge(final int i) {
    final byte[] text = new byte[10_000_000];
    Arrays.fill(text, (byte) 'x');
    final byte[] start =
        String.format(Locale.ROOT, "{\"id\":\"g%d\",\"features\":{\"c\":\"", i)
            .getBytes(StandardCharsets.UTF_8);
    System.arraycopy(start, 0, text, 0, start.length);
    return text;
  }

  private static String event(final String id, final String features, final String label) {
    return "{\"id\":\"" + id + "\",\"features\":{" + features + "},\"label\":\"" + label + "\"}";
  }

  private static String pick(final SplittableRandom random, final String... of) {
    return of[random.nextInt(of.length)];
  }
}
