package dev.braid.connectors.format;

import java.io.Serializable;

/** Turns a record into the bytes that go to Kafka. Serializable and thread-safe. */
@FunctionalInterface
public interface RecordEncoder<T> extends Serializable {

  /** The record's value as bytes. */
  byte[] encode(T value);
}
