package dev.braid.jobs.cli;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.serve.ServeOptions;
import dev.braid.jobs.serve.ServeServer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predicts over HTTP with the models that a job publishes. */
@Command(
    name = "serve",
    description =
        "Predicts over HTTP, with the models as of the job's last checkpoint: reads the topic that"
            + " the job publishes them to (kafka.models-topic), and needs nothing else of it. Stays"
            + " until Ctrl-C.")
public final class ServeCommand implements ConfiguredCommand {
  private static final Set<String> OFFERED =
      Set.of(
          "kafka.bootstrap-servers",
          "kafka.models-topic",
          "events.id-field",
          "events.key-field",
          "events.timestamp-field",
          "events.features-field",
          "events.label-field");

  private static final int MEBIBYTE = 1 << 20;

  private final ConfigOptions options =
      new ConfigOptions(OFFERED::contains, Map.of("kafka.models-topic", "models"));

  @Option(
      names = "--port",
      defaultValue = "8421",
      description = "Port to listen on, or 0 for any. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on; by default this machine's own alone. There is no log-in: whoever"
              + " reaches another address may ask. Default: ${DEFAULT-VALUE}.")
  private String bind;

  @Option(
      names = "--model-memory",
      paramLabel = "MIB",
      description =
          "Heap for the models as they were published; those beyond it are not served, and said to"
              + " be too large. Twice as much for a moment where a job begins anew. Default: a"
              + " quarter of the heap.")
  private Integer modelMebibytes;

  @Option(
      names = "--learner-memory",
      paramLabel = "MIB",
      description =
          "Heap for learners ready to predict; those used longest ago are made anew when asked"
              + " again. Default: a quarter of the heap.")
  private Integer learnerMebibytes;

  @Spec private CommandSpec spec;

  @Override
  public ConfigOptions configuration() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    final JobConfig config = options.load(Map.of(), Map.of("kafka.models-topic", "models"));
    if (port < 0 || port > 65_535) {
      throw new ConfigException("--port is " + port + ": it takes 0 to 65535.");
    }
    final ServeOptions usual = ServeOptions.defaults();
    try (ServeServer server =
        ServeServer.start(
            new KafkaCluster(config.kafka().bootstrapServers(), config.kafka().properties()),
            config.kafka().modelsTopic(),
            config.fields(),
            usual
                .at(bind, port)
                .holding(
                    bytes("--model-memory", modelMebibytes, usual.chunkBytes()),
                    bytes("--learner-memory", learnerMebibytes, usual.learnerBytes())))) {
      spec.commandLine().getErr().println("braid: serving at " + server.address());
      spec.commandLine().getErr().flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private static long bytes(final String option, final Integer mebibytes, final long usual) {
    if (mebibytes != null && mebibytes < 1) {
      throw new ConfigException(option + " is " + mebibytes + ": it takes 1 or more.");
    }
    return mebibytes == null ? usual : (long) mebibytes * MEBIBYTE;
  }
}
