package dev.braid.jobs.demo;

import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Feature;
import dev.braid.data.InstanceSource;
import dev.braid.data.Target;
import dev.braid.jobs.cli.ConfigOptions;
import dev.braid.jobs.cli.ConfiguredCommand;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.StreamArguments;
import dev.braid.jobs.cli.UsageException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.live.LivePage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows Braid at work, with a broker and a cluster of its own. */
@Command(
    name = "demo",
    description =
        "Starts a Kafka broker and a Flink cluster in this process, streams events through the job,"
            + " and writes a report. The last line, on standard output, says how it went.")
public final class DemoCommand implements ConfiguredCommand {
  private static final Set<String> OFFERED =
      Set.of("model.preset", "model.seed", "checkpoints.interval", "metrics.every");

  private final ConfigOptions options =
      new ConfigOptions(
          OFFERED::contains,
          Map.of("checkpoints.interval", "1 s", "metrics.every", "a 200th of the stream"));

  @Mixin private StreamArguments stream;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/demo",
      description = "Folder of report and log. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--web-port",
      paramLabel = "PORTS",
      defaultValue = "8081-8181",
      description = "Port of Flink's web page, or a range. Default: ${DEFAULT-VALUE}.")
  private String webPort;

  @Option(
      names = "--live",
      paramLabel = "PORTS",
      arity = "0..1",
      fallbackValue = LivePage.PORTS,
      description =
          "Serve the live page while it runs; at the first free port of ${FALLBACK-VALUE}, or as"
              + " given.")
  private String live;

  @Option(
      names = "--stay",
      description = "With --live: keep the page when the stream has ended, until Ctrl-C.")
  private boolean stay;

  @Spec private CommandSpec spec;

  /** Keys that tell the job what the columns of a file are. */
  private Map<String, String> schema = Map.of();

  @Override
  public ConfigOptions configuration() {
    return options;
  }

  @Override
  public Integer call() throws Exception {
    if (stay && live == null) {
      throw new UsageException("--stay needs --live: there is no other page that could stay.");
    }
    final StreamSpec source = stream.spec();
    final long records = stream.records(source);
    final LearnerConfig.Model model = config("localhost:0", -1).learner().model();
    FileArguments.tell(source, spec.commandLine().getErr());
    schema = schema(source);
    try (OutFolder folder = OutFolder.nextTo(out)) {
      demo(folder, model, new DemoStream(source, model.seed(), records));
    }
    return 0;
  }

  private void demo(final OutFolder folder, final LearnerConfig.Model model, final DemoStream run)
      throws Exception {
    final Demo demo =
        new Demo(
            run,
            servers -> config(servers, run.expected()),
            folder.path(),
            webPort,
            live,
            spec.commandLine().getErr());
    try {
      report(folder, model, run, demo, demo.run());
    } finally {
      if (demo.page() != null) {
        demo.page().close();
      }
    }
  }

  private void report(
      final OutFolder folder,
      final LearnerConfig.Model model,
      final DemoStream run,
      final Demo demo,
      final Summary summary)
      throws Exception {
    final Path report = folder.path().resolve("report.html");
    ReportPage.write(DemoReport.of(run, model, summary, demo.scoreboard(), demo.diary()), report);
    tell("report in " + report + ", log in " + folder.log());
    spec.commandLine().getOut().println(summary.line());
    spec.commandLine().getOut().flush();
    if (!summary.complete()) {
      throw new IllegalStateException(summary.fault());
    }
    if (stay) {
      tell("the live page stays at " + demo.page().address() + " until Ctrl-C");
      new CountDownLatch(1).await();
    }
  }

  private JobConfig config(final String servers, final long expected) {
    final Map<String, String> own = new HashMap<>(schema);
    own.put("job.name", "braid-demo");
    own.put("kafka.bootstrap-servers", servers);
    own.put("kafka.start", "earliest");
    own.put("job.parallelism", "1");
    return options.load(
        own,
        Map.of(
            "checkpoints.interval", "1 s", "metrics.every", Long.toString(metricsEvery(expected))));
  }

  /**
   * A file says which of its columns hold names, so that the job takes a name that is spelled like
   * a number, or like none, for what it is; every stream says whether it has numbers to be
   * predicted. Lists of keys cannot hold names with commas: then each model finds out for itself.
   */
  private static Map<String, String> schema(final StreamSpec source) {
    try (InstanceSource rows = source.open(0, 1)) {
      final Map<String, String> keys = new HashMap<>();
      if (rows.schema().target() instanceof Target.Quantity) {
        keys.put("schema.target", "numeric");
      }
      final List<Feature> features = rows.schema().features();
      if (!source.understood().isEmpty()
          && features.stream()
              .allMatch(feature -> feature.name().matches("[^,\\s]([^,]*[^,\\s])?"))) {
        keys.put("schema.numeric", names(features, false));
        keys.put("schema.nominal", names(features, true));
      }
      return keys;
    }
  }

  private static String names(final List<Feature> features, final boolean nominal) {
    return features.stream()
        .filter(feature -> feature.isNominal() == nominal)
        .map(Feature::name)
        .collect(Collectors.joining(","));
  }

  /** Some two hundred points for the plots, whatever the length. */
  private static long metricsEvery(final long events) {
    return events < 0 ? 250 : Math.max(50, Math.min(5_000, events / 200));
  }

  private void tell(final String what) {
    spec.commandLine().getErr().println("braid: " + what);
    spec.commandLine().getErr().flush();
  }
}
