package dev.braid.jobs.cli;

import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.live.LivePage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how a job is doing that runs anywhere. */
@Command(
    name = "live",
    description =
        "Serves a page, on this machine alone, that shows how a job is doing: it reads the topics of"
            + " metrics, drift and dead letters, and needs nothing else of the job. Stays until"
            + " Ctrl-C.")
public final class LiveCommand implements ConfiguredCommand {
  private static final Set<String> OFFERED =
      Set.of(
          "kafka.bootstrap-servers",
          "kafka.metrics-topic",
          "kafka.drift-topic",
          "kafka.dead-letters-topic");

  private final ConfigOptions options = new ConfigOptions(OFFERED::contains, Map.of());

  @Option(
      names = "--port",
      paramLabel = "PORTS",
      defaultValue = LivePage.PORTS,
      description = "Port of the page, a range, or 0 for any. Default: ${DEFAULT-VALUE}.")
  private String port;

  @Spec private CommandSpec spec;

  @Override
  public ConfigOptions configuration() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    final JobConfig config = options.load(Map.of(), Map.of());
    try (LivePage page = LivePage.start(config, port)) {
      spec.commandLine().getErr().println("braid: live page at " + page.address());
      spec.commandLine().getErr().flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
