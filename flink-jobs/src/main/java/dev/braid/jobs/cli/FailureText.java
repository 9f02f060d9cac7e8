package dev.braid.jobs.cli;

import dev.braid.connectors.kafka.BrokerException;
import dev.braid.jobs.config.ConfigException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What went wrong, in one sentence for the person at the terminal. */
final class FailureText {
  /** What Flink and the JDK wrap around a cause, and what says nothing to anybody. */
  private static final List<String> WRAPPERS =
      List.of("org.apache.flink.", "java.util.concurrent.", "java.io.UncheckedIOException");

  private FailureText() {}

  /** The sentence; of a chain of causes that which says most. */
  static String of(final Throwable failure) {
    final Deque<Throwable> chain = chain(failure);
    for (final Throwable cause : chain) {
      if (String.valueOf(cause.getMessage()).contains("No space left on device")) {
        return "a disk is full: "
            + file(cause)
            + "free some space on those of --out and of "
            + System.getProperty("java.io.tmpdir")
            + ", or name other folders with --out and BRAID_JAVA_OPTS=-Djava.io.tmpdir=FOLDER.";
      }
    }
    for (final Throwable cause : chain) {
      if (forPeople(cause) || cause == chain.getLast()) {
        return sentence(cause);
      }
    }
    return sentence(failure);
  }

  private static boolean forPeople(final Throwable cause) {
    if (cause instanceof ConfigException
        || cause instanceof UsageException
        || cause instanceof BrokerException) {
      return true;
    }
    final String name = cause.getClass().getName();
    return cause.getMessage() != null
        && WRAPPERS.stream().noneMatch(name::startsWith)
        // A message that is only the cause's, with its class.
        && (cause.getCause() == null || !cause.getMessage().equals(cause.getCause().toString()));
  }

  private static String sentence(final Throwable cause) {
    if (cause instanceof FileSystemException file && file.getFile() != null) {
      return "'" + file.getFile() + "' " + reason(file);
    }
    final String message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private static String reason(final FileSystemException file) {
    if (file instanceof AccessDeniedException) {
      return "may not be read or written by this user";
    }
    if (file instanceof NoSuchFileException) {
      return "is not there";
    }
    return file.getReason() == null ? "is in the way" : "cannot be used: " + file.getReason();
  }

  private static String file(final Throwable cause) {
    return cause instanceof FileSystemException file && file.getFile() != null
        ? "'" + file.getFile() + "' could not be written; "
        : "";
  }

  private static Deque<Throwable> chain(final Throwable failure) {
    final Deque<Throwable> chain = new ArrayDeque<>();
    final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }
}
