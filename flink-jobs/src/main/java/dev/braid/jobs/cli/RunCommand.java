package dev.braid.jobs.cli;

import dev.braid.jobs.config.ConfigPage;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.live.LivePage;
import dev.braid.jobs.topology.BraidTopology;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the job: on the cluster that {@code flink run} names, or in this process. */
@Command(
    name = "run",
    description = "Runs the job on Kafka's topics, with --local in this process.",
    footer = {"", "On a cluster: flink run flink-jobs/target/braid-job.jar --config job.yaml"})
public final class RunCommand implements ConfiguredCommand {
  private final ConfigOptions options = new ConfigOptions(key -> true, Map.of());

  @Option(
      names = "--local",
      description =
          "Run in this process, with Flink's web page; unless configured otherwise, give up after"
              + " ten restarts.")
  private boolean local;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --local: task slots, the highest parallelism. Default: ${DEFAULT-VALUE}.")
  private int slots;

  @Option(
      names = "--web-port",
      paramLabel = "PORTS",
      defaultValue = "8081-8181",
      description = "With --local: port of the web page, or a range. Default: ${DEFAULT-VALUE}.")
  private String webPort;

  @Option(
      names = "--live",
      paramLabel = "PORTS",
      arity = "0..1",
      fallbackValue = LivePage.PORTS,
      description =
          "With --local: serve the live page; at the first free port of ${FALLBACK-VALUE}, or as"
              + " given. Beside a job on a cluster: ./braid live.")
  private String live;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/run",
      description = "With --local: folder of log and checkpoints. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(names = "--help-config", description = "Print every key of the configuration, and end.")
  private boolean helpConfig;

  @Spec private CommandSpec spec;

  @Override
  public ConfigOptions configuration() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    if (helpConfig) {
      spec.commandLine().getOut().print(ConfigPage.text());
      spec.commandLine().getOut().flush();
      return 0;
    }
    final JobConfig config =
        options.load(Map.of(), local ? Map.of("job.restart-attempts", "10") : Map.of());
    if (live != null && !local) {
      throw new UsageException(
          "--live needs --local: beside a job on a cluster start './braid live --bootstrap-servers"
              + " ...'.");
    }
    if (local) {
      runLocally(config);
    } else {
      submit(config);
    }
    return 0;
  }

  private void runLocally(final JobConfig config) throws Exception {
    try (OutFolder folder = OutFolder.of(out);
        LocalCluster cluster =
            LocalCluster.start(folder.path(), slots, webPort, LocalCluster.MANAGED)) {
      spec.commandLine().getErr().println("braid: web page at " + cluster.webPage());
      spec.commandLine().getErr().flush();
      final StreamExecutionEnvironment environment = cluster.environment();
      BraidTopology.build(environment, config);
      try (LivePage page = live == null ? null : LivePage.start(config, live)) {
        if (page != null) {
          spec.commandLine().getErr().println("braid: live page at " + page.address());
          spec.commandLine().getErr().flush();
        }
        environment.execute(config.job().name());
      }
    }
  }

  /** Without one, Flink keeps small checkpoints in the job manager and loses them with it. */
  static void requireCheckpointPlace(final JobConfig config, final ReadableConfig cluster) {
    if (config.checkpoints().dir().isEmpty()
        && cluster.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).orElse("").isEmpty()) {
      throw new UsageException(
          "Configuration key 'checkpoints.dir' is needed: Flink's own configuration has no"
              + " execution.checkpointing.dir, and checkpoints in the job manager's memory are lost"
              + " with it.");
    }
  }

  private static void submit(final JobConfig config) throws Exception {
    final StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment();
    if ("local".equals(environment.getConfiguration().get(DeploymentOptions.TARGET))) {
      throw new UsageException(
          "There is no cluster here: give --local, or submit the job jar with 'flink run'.");
    }
    requireCheckpointPlace(config, environment.getConfiguration());
    BraidTopology.build(environment, config);
    environment.execute(config.job().name());
  }
}
