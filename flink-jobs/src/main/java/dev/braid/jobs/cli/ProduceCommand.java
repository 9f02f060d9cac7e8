package dev.braid.jobs.cli;

import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.Topics;
import dev.braid.connectors.stream.ProducerOptions;
import dev.braid.connectors.stream.StreamException;
import dev.braid.connectors.stream.StreamProducer;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends a stream to a topic as JSON events. */
@Command(
    name = "produce",
    description = "Sends a stream to a Kafka topic as JSON events with their labels.")
public final class ProduceCommand implements BraidCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Mixin private StreamArguments stream;

  @Option(
      names = "--bootstrap-servers",
      required = true,
      paramLabel = "B",
      description = "Kafka's brokers, host:port, separated by commas.")
  private String bootstrapServers;

  @Option(
      names = "--topic",
      required = true,
      paramLabel = "T",
      description = "Topic of the events; it must exist.")
  private String topic;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "0",
      description = "Records a second; 0, the default, is as fast as it goes.")
  private double rate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of a generator. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--labels-topic",
      paramLabel = "T",
      description = "Send the labels to this topic, after their events.")
  private String labelsTopic;

  @Option(
      names = "--late-by",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "With --labels-topic: events between one and its label. Default: ${DEFAULT-VALUE}.")
  private int lateBy;

  @Option(
      names = "--late-share",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "With --labels-topic: share of the labels that come late. Default: ${DEFAULT-VALUE}.")
  private double lateShare;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "A property of Kafka's clients; may be repeated.")
  private Map<String, String> properties = Map.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/produce",
      description = "Folder of the log. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  @SuppressWarnings("try") // The folder is held, no more.
  public Integer call() throws Exception {
    final StreamSpec source = stream.spec();
    final long records = stream.records(source);
    final ProducerOptions options = options();
    FileArguments.tell(source, spec.commandLine().getErr());
    try (OutFolder folder = OutFolder.nextTo(out)) {
      final long sent = send(source, records, options);
      spec.commandLine().getOut().println("sent: " + sent);
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  private long send(final StreamSpec source, final long records, final ProducerOptions options) {
    final KafkaCluster cluster = new KafkaCluster(bootstrapServers, properties);
    try (Topics topics = Topics.connect(cluster, PATIENCE)) {
      topics.require(labelsTopic == null ? List.of(topic) : List.of(topic, labelsTopic));
    }
    try (InstanceSource instances = open(source, records);
        StreamProducer producer =
            new StreamProducer(
                cluster,
                RecordFormats.writer(JsonFormat.NAME, Content.EVENT, FieldNames.DEFAULT, Map.of()),
                options)) {
      return producer.send(source.name(), instances, n -> {});
    }
  }

  private InstanceSource open(final StreamSpec source, final long records) {
    try {
      return source.open(seed, records);
    } catch (final StreamException unreadable) {
      throw new UsageException("--stream: " + unreadable.getMessage());
    }
  }

  private ProducerOptions options() {
    try {
      final ProducerOptions options = ProducerOptions.to(topic).withRate(rate);
      return labelsTopic == null ? options : options.withLateLabels(labelsTopic, lateShare, lateBy);
    } catch (final IllegalArgumentException bad) {
      throw new UsageException(bad.getMessage());
    }
  }
}
