package dev.braid.jobs.operator;

import java.util.Map;

/**
 * A map in keyed state, of the current key.
 *
 * @param <K> keys of its entries
 */
public interface ByteMap<K> {

  /** The value of a key, or null. */
  byte[] get(K key) throws Exception;

  void put(K key, byte[] value) throws Exception;

  void remove(K key) throws Exception;

  /** All entries, in any order. */
  Iterable<Map.Entry<K, byte[]>> entries() throws Exception;

  /** Removes all entries. */
  void clear() throws Exception;
}
