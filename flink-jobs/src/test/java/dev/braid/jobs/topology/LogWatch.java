package dev.braid.jobs.topology;

import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * Keeps everything that is logged in this JVM while it is open, whatever the level. What is printed
 * stays what it was.
 */
final class LogWatch implements AutoCloseable {
  private final StringWriter text = new StringWriter();
  private final Level before = LogManager.getRootLogger().getLevel();
  private final List<Appender> printing = new ArrayList<>();
  private final Appender appender;

  private LogWatch() {
    final Writer target = text;
    appender =
        WriterAppender.createAppender(
            PatternLayout.newBuilder().withPattern("%c %m%n%xEx").build(),
            null,
            target,
            "watch",
            false,
            true);
  }

  static LogWatch start() {
    final LogWatch watch = new LogWatch();
    watch.appender.start();
    final LoggerContext context = LoggerContext.getContext(false);
    context.getConfiguration().addAppender(watch.appender);
    final LoggerConfig root = context.getConfiguration().getRootLogger();
    for (final Appender printing : root.getAppenders().values()) {
      watch.printing.add(printing);
      root.removeAppender(printing.getName());
      root.addAppender(printing, watch.before, null);
    }
    root.addAppender(watch.appender, null, null);
    Configurator.setRootLevel(Level.DEBUG);
    return watch;
  }

  String text() {
    return text.toString();
  }

  @Override
  public void close() {
    final LoggerConfig root = LoggerContext.getContext(false).getConfiguration().getRootLogger();
    root.removeAppender(appender.getName());
    for (final Appender each : printing) {
      root.removeAppender(each.getName());
      root.addAppender(each, null, null);
    }
    Configurator.setRootLevel(before);
    appender.stop();
  }
}
