package dev.braid.connectors.format;

import dev.braid.connectors.DecimalText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;

/**
 * Times as people write them, in milliseconds since the epoch.
 *
 * <p>A number is taken by its magnitude: from 10^8 to below 10^11 as seconds (March 1973 to the
 * year 5138), up to the end of the year 9999 as milliseconds, below 10^17 as microseconds, beyond
 * as nanoseconds; what is below 10^8 is no time of our days, and counts as milliseconds. Decimals
 * are fractions of that unit. A text is such a number, or a date and time as in ISO 8601, with an
 * offset or in UTC; a date alone is its midnight.
 */
final class Timestamps {
  /** The last millisecond of the year 9999. */
  static final long MAX = 253_402_300_799_999L;

  private static final long FIRST_SECONDS = 100_000_000L;
  private static final long FIRST_MILLIS = 100_000_000_000L;
  private static final long FIRST_NANOS = 100_000_000_000_000_000L;

  /** Longer than any time that people write, short enough to be parsed in no time. */
  private static final int LONGEST = 64;

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][ ]")
          .optionalStart()
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[ ][XXX][XX][X]")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  private Timestamps() {}

  /** The time that a text stands for, 0 to {@link #MAX}, or -1 if it is none. */
  static long millis(final String text) {
    final String time = text.strip();
    if (time.isEmpty() || time.length() > LONGEST) {
      return -1;
    }
    return DecimalText.isNumber(time) ? number(time) : iso(time);
  }

  private static long number(final String text) {
    final boolean whole = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (whole && text.length() <= 18) {
      return within(millis(Long.parseLong(text)));
    }
    final double value = DecimalText.value(text);
    if (!(value >= 0)) {
      return -1;
    }
    final boolean seconds = value >= FIRST_SECONDS && value < FIRST_MILLIS;
    final double small = seconds ? value * 1e3 : value;
    return within(
        Math.round(value <= MAX ? small : value < FIRST_NANOS ? value / 1e3 : value / 1e6));
  }

  private static long millis(final long value) {
    if (value >= FIRST_SECONDS && value < FIRST_MILLIS) {
      return value * 1_000;
    }
    return value <= MAX ? value : value < FIRST_NANOS ? value / 1_000 : value / 1_000_000;
  }

  private static long iso(final String text) {
    // Parsing tells by an exception what is wrong: look first, so that garbage costs little.
    if (text.length() < 8 || text.charAt(4) != '-') {
      return -1;
    }
    try {
      final TemporalAccessor parsed = ISO.parse(text);
      final LocalTime time = parsed.query(TemporalQueries.localTime());
      final LocalDateTime local =
          LocalDate.from(parsed).atTime(time == null ? LocalTime.MIDNIGHT : time);
      final ZoneOffset offset = parsed.query(TemporalQueries.offset());
      final Instant instant =
          offset == null
              ? local.toInstant(ZoneOffset.UTC)
              : OffsetDateTime.of(local, offset).toInstant();
      return within(instant.toEpochMilli());
    } catch (final DateTimeException | ArithmeticException none) {
      return -1;
    }
  }

  private static long within(final long millis) {
    return millis >= 0 && millis <= MAX ? millis : -1;
  }
}
