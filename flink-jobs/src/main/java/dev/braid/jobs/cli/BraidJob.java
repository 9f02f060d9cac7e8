package dev.braid.jobs.cli;

import dev.braid.jobs.config.ConfigException;
import picocli.CommandLine;

/**
 * The main class of the job jar: {@code flink run braid-job.jar --config job.yaml}. It takes the
 * arguments of {@link RunCommand}, and leaves the process alone: where it is called, a cluster may
 * be running.
 */
public final class BraidJob {
  private BraidJob() {}

  /**
   * Builds the job and hands it to Flink.
   *
   * @throws ConfigException if an argument or the configuration cannot be used
   */
  public static void main(final String[] args) throws Exception {
    final RunCommand command = new RunCommand();
    final CommandLine line = new CommandLine(command);
    command.configuration().addTo(line.getCommandSpec());
    try {
      line.parseArgs(args);
    } catch (final CommandLine.ParameterException bad) {
      throw new ConfigException(bad.getMessage());
    }
    command.call();
  }
}
