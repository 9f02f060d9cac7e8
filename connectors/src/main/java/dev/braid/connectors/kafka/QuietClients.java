package dev.braid.connectors.kafka;

import java.lang.reflect.Method;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Kafka's clients from logging what they are configured with: each writes all of its settings
 * when it is made, and only what Kafka itself knows for a password is left out. Called wherever
 * clients are made, in whatever process, since nobody's logging configuration can be relied on.
 */
final class QuietClients {
  private static final List<String> TELL_TALES =
      List.of(
          // All of the clients' settings are logged there.
          AbstractConfig.class.getName(),
          // Where the stores of keys lie.
          "org.apache.kafka.common.security.ssl.DefaultSslEngineFactory");

  private QuietClients() {}

  /** Has these loggers write warnings and errors alone: with Log4j 2 or Logback, as Flink has. */
  static void hush() {
    for (final String name : TELL_TALES) {
      final Logger logger = LoggerFactory.getLogger(name);
      if (logger.isInfoEnabled() && !log4j(name)) {
        logback(logger);
      }
    }
  }

  private static boolean log4j(final String name) {
    try {
      final Class<?> level = Class.forName("org.apache.logging.log4j.Level");
      final Method set =
          Class.forName("org.apache.logging.log4j.core.config.Configurator")
              .getMethod("setLevel", String.class, level);
      set.invoke(null, name, level.getField("WARN").get(null));
      return true;
    } catch (final ReflectiveOperationException | LinkageError another) {
      return false;
    }
  }

  private static void logback(final Logger logger) {
    try {
      final Class<?> level = Class.forName("ch.qos.logback.classic.Level");
      logger
          .getClass()
          .getMethod("setLevel", level)
          .invoke(logger, level.getField("WARN").get(null));
    } catch (final ReflectiveOperationException | LinkageError another) {
      // Another logging system: docs/operations.md names the loggers.
    }
  }
}
