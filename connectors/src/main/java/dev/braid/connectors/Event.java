package dev.braid.connectors;

/**
 * One event as it was decoded, before it meets a model's schema.
 *
 * <p>Feature i is named {@code names[i]}. It is a number where {@code texts[i]} is null, NaN if the
 * value was null or absent, and a nominal value otherwise. Names are unique.
 *
 * @param id unique per event, never null
 * @param key the model the event belongs to, never null; the empty string where the record had none
 * @param timestamp milliseconds since the epoch
 * @param names feature names, shape [features]
 * @param numbers numeric values, shape [features]
 * @param texts nominal values, shape [features]
 * @param label class name, or null where it is not known yet
 * @param origin where the event was read
 */
@SuppressWarnings("ArrayRecordComponent")
public record Event(
    String id,
    String key,
    long timestamp,
    String[] names,
    double[] numbers,
    String[] texts,
    String label,
    Origin origin)
    implements Decoded {

  /**
   * The number that a feature is, or that its text stands for; NaN where it is missing, or a text
   * that stands for none.
   */
  public double number(final int feature) {
    final String text = texts[feature];
    return text == null ? numbers[feature] : DecimalText.finite(text);
  }

  /**
   * The nominal value of a feature; a number stands for its text, 3 and 3.0 for "3". Null where the
   * feature is missing.
   */
  public String text(final int feature) {
    final double number = numbers[feature];
    if (texts[feature] != null || !Double.isFinite(number)) {
      return texts[feature];
    }
    final long whole = (long) number;
    return whole == number ? Long.toString(whole) : Double.toString(number);
  }
}
