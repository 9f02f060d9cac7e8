package dev.braid.data;

/** Delivers the instances of a stream one after the other. Not thread-safe. */
public interface InstanceSource extends AutoCloseable {

  /** Features and classes; may grow while the source is read, never shrinks. */
  Schema schema();

  /** The next instance, or null at the end of the stream. */
  Instance next();

  /** Releases what the source holds open. */
  @Override
  default void close() {}
}
