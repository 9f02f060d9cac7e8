package dev.braid.connectors.format;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Decimals as binary formats have them: an integer, big-endian, and where its point is. */
final class Decimals {
  /** Longest decimal, in bytes: 300 digits, more than a double tells apart. */
  private static final int LONGEST = 128;

  private Decimals() {}

  /**
   * The decimal of some bytes.
   *
   * @throws Refusal if there are none, too many, or the point is too far away
   */
  static BigDecimal of(final byte[] bytes, final int scale) throws Refusal {
    if (bytes.length == 0 || bytes.length > LONGEST || scale > LONGEST || scale < -LONGEST) {
      throw new Refusal(
          "a decimal has "
              + bytes.length
              + " bytes and scale "
              + scale
              + ", 1 to "
              + LONGEST
              + " are allowed");
    }
    return new BigDecimal(new BigInteger(bytes), scale);
  }
}
