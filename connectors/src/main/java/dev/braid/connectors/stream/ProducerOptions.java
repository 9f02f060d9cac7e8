package dev.braid.connectors.stream;

/**
 * How a stream is sent.
 *
 * @param topic of the events
 * @param labelsTopic of the labels that come later; not used where {@code lateShare} is 0
 * @param rate records a second, or 0 for as fast as it goes
 * @param lateShare share of events whose label is withheld at first, 0 to 1
 * @param lateBy events after which a withheld label follows
 * @param seed of the choice which labels are withheld
 */
public record ProducerOptions(
    String topic, String labelsTopic, double rate, double lateShare, int lateBy, long seed) {

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ProducerOptions {
    if (!(rate >= 0) || !(lateShare >= 0 && lateShare <= 1) || lateBy < 1) {
      throw new IllegalArgumentException(
          "the rate ("
              + rate
              + ") must not be negative, the share of late labels ("
              + lateShare
              + ") must be from 0 to 1, and their delay ("
              + lateBy
              + ") at least 1 event");
    }
  }

  /** All at once, every label with its event, one model. */
  public static ProducerOptions to(final String topic) {
    return new ProducerOptions(topic, "", 0, 0, 1, 1);
  }

  /** These options with a rate in records a second. */
  public ProducerOptions withRate(final double recordsPerSecond) {
    return new ProducerOptions(topic, labelsTopic, recordsPerSecond, lateShare, lateBy, seed);
  }

  /** These options with a share of the labels sent to another topic some events later. */
  public ProducerOptions withLateLabels(final String to, final double share, final int events) {
    return new ProducerOptions(topic, to, rate, share, events, seed);
  }
}
