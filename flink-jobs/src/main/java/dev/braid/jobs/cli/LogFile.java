package dev.braid.jobs.cli;

import java.nio.file.Path;

/** Sends what the libraries log to a file, so that the console belongs to the command. */
public final class LogFile {
  private LogFile() {}

  /**
   * Has to be called before anything logs for the first time.
   *
   * @param folder where {@code braid.log} is written; made when it is not there
   * @return the file
   */
  public static Path in(final Path folder) {
    final Path file = folder.resolve("braid.log");
    System.setProperty("braid.log", file.toAbsolutePath().toString());
    if (System.getProperty("log4j2.configurationFile") == null) {
      System.setProperty("log4j2.configurationFile", "classpath:dev/braid/jobs/cli/log4j2.xml");
    }
    return file;
  }
}
