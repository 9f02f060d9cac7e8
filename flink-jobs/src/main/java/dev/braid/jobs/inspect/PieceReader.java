package dev.braid.jobs.inspect;

import org.apache.flink.state.api.functions.KeyedStateReaderFunction;

/** Reads what an operator keeps, key by key. */
abstract class PieceReader<T> extends KeyedStateReaderFunction<String, T> {
  private static final long serialVersionUID = 1L;

  /** The model that what is kept under a key belongs to. */
  String model(final String key) {
    return key;
  }
}
