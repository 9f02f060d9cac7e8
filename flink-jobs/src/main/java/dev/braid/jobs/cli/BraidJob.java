package dev.braid.jobs.cli;

import dev.braid.connectors.kafka.BrokerException;
import dev.braid.jobs.config.ConfigException;
import org.apache.flink.client.program.ProgramParametrizationException;
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
   * @throws ProgramParametrizationException if the arguments, the configuration or what they name
   *     cannot be used; of this one Flink's command line prints the message alone
   */
  public static void main(final String[] args) throws Exception {
    final RunCommand command = new RunCommand();
    final CommandLine line = new CommandLine(command);
    command.configuration().addTo(line.getCommandSpec());
    try {
      line.parseArgs(args);
      command.call();
    } catch (final CommandLine.ParameterException
        | ConfigException
        | UsageException
        | BrokerException wrong) {
      final ProgramParametrizationException shown =
          new ProgramParametrizationException("braid: " + wrong.getMessage());
      shown.initCause(wrong);
      throw shown;
    }
  }
}
