package dev.braid.data;

/**
 * Streams that another module makes or reads, found as a service: {@code NAME:} and what the module
 * understands.
 */
public interface GeneratorKind {
  /** What stands before the colon. */
  String name();

  /**
   * Opens a stream at its start.
   *
   * @param commandLine what follows the colon
   * @throws IllegalArgumentException with one sentence, if it cannot be opened
   */
  InstanceSource open(String commandLine);
}
