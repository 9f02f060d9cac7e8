package dev.braid.connectors.kafka;

/** Kafka is not as it must be; the message is one sentence for the person who runs the job. */
public final class BrokerException extends RuntimeException {

  /**
   * @param message what is wrong, where, and what to do
   */
  public BrokerException(final String message, final Throwable cause) {
    super(message, cause);
  }
}
