package dev.braid.connectors.format;

import java.io.IOException;

/** A value in a record, for readers that look for the record proper in what is around it. */
interface Node {

  /** What lies under a name; null where nothing does, or this is no object. */
  Node get(String name) throws Refusal, IOException;

  /** A single value as text, as it is written; null for an object or an array. */
  String text() throws Refusal;

  /** Whether this is an object. */
  boolean isObject();

  /**
   * Hands over this object as a record.
   *
   * @throws Refusal if it cannot be one
   */
  void read(RecordFields into) throws Refusal, IOException;

  /** What lies under names, one in the other; the same as {@link #get} for one name. */
  default Node at(final Iterable<String> path) throws Refusal, IOException {
    Node at = this;
    for (final String name : path) {
      at = at == null ? null : at.get(name);
    }
    return at;
  }

  /** The single value under a name; null where there is none. */
  default String text(final String name) throws Refusal, IOException {
    final Node node = get(name);
    return node == null ? null : node.text();
  }
}
