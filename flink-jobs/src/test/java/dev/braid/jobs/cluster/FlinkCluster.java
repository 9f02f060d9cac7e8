package dev.braid.jobs.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A standalone session cluster: one job manager and some task managers, each a process on the
 * loopback interface, with logs, configuration and checkpoints under one folder.
 */
final class FlinkCluster implements AutoCloseable {
  /** What the job needs of the JVM that puts it together. */
  static final String ADD_OPENS = "--add-opens=java.base/java.util=ALL-UNNAMED";

  /**
   * What {@code docs/operations.md} advises for the log: chained sinks share the name of a gauge.
   */
  static final String QUIET_GAUGES =
      """
      logger.metrics.name = org.apache.flink.metrics.MetricGroup
      logger.metrics.level = ERROR
      """;

  private static final int SLOTS = 2;

  private final Path folder;
  private final List<String> jvm;
  private final String libraries;
  private final Configuration configuration;
  private final FlinkRest rest;
  private final JavaProcess[] taskManagers;
  private JavaProcess jobManager;
  private int clients;
  private int starts;

  private FlinkCluster(
      final Path folder,
      final List<String> jvm,
      final Map<String, String> settings,
      final int taskManagers)
      throws IOException {
    this.folder = Files.createDirectories(folder).toAbsolutePath();
    this.jvm = List.copyOf(jvm);
    this.taskManagers = new JavaProcess[taskManagers];
    libraries = FlinkLibraries.link(this.folder.resolve("lib"));
    final List<Integer> ports = freePorts(2);
    final Map<String, String> all = defaults(ports);
    all.putAll(settings);
    configuration = Configuration.fromMap(all);
    writeConfiguration(all);
    rest = new FlinkRest(ports.get(1));
  }

  /**
   * Starts a cluster and waits until all its slots are there.
   *
   * @param folder of everything the cluster writes
   * @param jvm options of every process
   * @param settings of Flink, beside and above the defaults of these tests
   * @param taskManagers how many, of two slots each
   */
  static FlinkCluster start(
      final Path folder,
      final List<String> jvm,
      final Map<String, String> settings,
      final int taskManagers)
      throws Exception {
    final FlinkCluster cluster = new FlinkCluster(folder, jvm, settings, taskManagers);
    try {
      cluster.startJobManager();
      for (int i = 0; i < taskManagers; i++) {
        cluster.startTaskManager(i);
      }
      cluster.awaitSlots();
      return cluster;
    } catch (final Exception | Error failed) {
      cluster.close();
      throw failed;
    }
  }

  private Map<String, String> defaults(final List<Integer> ports) {
    final Map<String, String> all = new TreeMap<>();
    final String host = InetAddress.getLoopbackAddress().getHostAddress();
    all.put("jobmanager.rpc.address", host);
    all.put("jobmanager.rpc.port", ports.get(0).toString());
    all.put("jobmanager.bind-host", host);
    all.put("rest.address", host);
    all.put("rest.bind-address", host);
    all.put("rest.port", ports.get(1).toString());
    all.put("taskmanager.host", host);
    all.put("taskmanager.bind-host", host);
    all.put("taskmanager.numberOfTaskSlots", Integer.toString(SLOTS));
    all.put("taskmanager.load-balance.mode", "SLOTS");
    all.put("heartbeat.interval", "1 s");
    all.put("heartbeat.timeout", "6 s");
    all.put("io.tmp.dirs", folder.resolve("tmp").toString());
    all.put("execution.checkpointing.dir", checkpoints().toUri().toString());
    all.put("jobmanager.memory.heap.size", "256m");
    all.put("taskmanager.memory.task.heap.size", "256m");
    all.put("taskmanager.memory.managed.size", "128m");
    all.put("taskmanager.memory.network.min", "64m");
    all.put("taskmanager.memory.network.max", "64m");
    return all;
  }

  private void writeConfiguration(final Map<String, String> all) throws IOException {
    final Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.createDirectories(folder.resolve("tmp"));
    final StringBuilder yaml = new StringBuilder();
    all.forEach((key, value) -> yaml.append(key).append(": '").append(value).append("'\n"));
    Files.writeString(conf.resolve("config.yaml"), yaml, StandardCharsets.UTF_8);
    writeLogging("log4j.properties", QUIET_GAUGES + "appender.out.type = Console");
    // What the command line logs is not what it says.
    writeLogging(
        "log4j-cli.properties",
        "appender.out.type = File\nappender.out.fileName = " + folder.resolve("cli.log"));
  }

  /** Without a shutdown hook the last words of a dying process are still written. */
  private void writeLogging(final String file, final String appender) throws IOException {
    Files.writeString(
        folder.resolve("conf").resolve(file),
        """
        shutdownHook = disable
        rootLogger.level = INFO
        rootLogger.appenderRef.out.ref = Out
        appender.out.name = Out
        appender.out.layout.type = PatternLayout
        appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} - %m%n
        """
            + appender
            + "\n",
        StandardCharsets.UTF_8);
  }

  private static List<Integer> freePorts(final int count) throws IOException {
    final List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (final ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  /** Everything that was logged so far, by whichever process. */
  String logs() throws IOException {
    final StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (final Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        all.append(Files.readString(log, StandardCharsets.UTF_8));
      }
    }
    return all.toString();
  }

  FlinkRest rest() {
    return rest;
  }

  /** Where checkpoints go unless the settings say otherwise. */
  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Starts the job manager anew, on the same ports, and waits until it answers. */
  void startJobManager() throws Exception {
    final List<String> arguments = new ArrayList<>();
    arguments.add(ADD_OPENS);
    arguments.addAll(
        words(
            JobManagerProcessUtils.generateJvmParametersStr(
                JobManagerProcessUtils.processSpecFromConfig(configuration), configuration)));
    jobManager =
        flink(
            "jobmanager.log",
            arguments,
            StandaloneSessionClusterEntrypoint.class,
            List.of("--executionMode", "cluster"));
    rest.awaitAnswer();
  }

  void killJobManager() {
    jobManager.kill();
  }

  void startTaskManager(final int index) throws Exception {
    final var memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    taskManagers[index] =
        flink(
            "taskmanager-" + index + ".log",
            words(ProcessMemoryUtils.generateJvmParametersStr(memory)),
            TaskManagerRunner.class,
            words(
                TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)
                    + " -D taskmanager.resource-id="
                    + name(index)));
  }

  /** Of a fresh one, since the job manager still knows the one it replaces. */
  private String name(final int index) {
    return "tm-" + index + "-" + starts++;
  }

  /** The task manager that works for some job. */
  int busyTaskManager() throws Exception {
    final String id = rest.busyTaskManager();
    return Integer.parseInt(id.split("-")[1]);
  }

  JavaProcess taskManager(final int index) {
    return taskManagers[index];
  }

  /** Starts what ended by itself, as whoever runs a cluster does. */
  void replaceTheDead() throws Exception {
    for (int i = 0; i < taskManagers.length; i++) {
      if (!taskManagers[i].alive()) {
        startTaskManager(i);
      }
    }
    if (!jobManager.alive()) {
      startJobManager();
    }
  }

  /** What the task managers' heaps hold after a collection, in words. */
  String liveHeaps() throws Exception {
    final List<String> heaps = new ArrayList<>();
    for (final JavaProcess taskManager : taskManagers) {
      final long bytes = taskManager.alive() ? taskManager.liveBytes() : -1;
      heaps.add(bytes < 0 ? "unknown" : (bytes >> 20) + " MB");
    }
    return heaps.toString();
  }

  /** Waits until every task manager has registered. */
  void awaitSlots() throws Exception {
    rest.awaitSlots(SLOTS * taskManagers.length);
  }

  /**
   * Runs Flink's command line to its end.
   *
   * @return the process, which has ended
   */
  JavaProcess cli(final String... arguments) throws Exception {
    final List<String> command = new ArrayList<>(jvm);
    command.addAll(List.of(ADD_OPENS, "-Xmx256m", log4j("log4j-cli.properties"), "-cp", libraries));
    command.add("org.apache.flink.client.cli.CliFrontend");
    command.addAll(Arrays.asList(arguments));
    final JavaProcess process =
        JavaProcess.start(
            folder.resolve("cli-" + clients++ + ".log"),
            Map.of("FLINK_CONF_DIR", folder.resolve("conf").toString()),
            command);
    process.await(120);
    return process;
  }

  private JavaProcess flink(
      final String log,
      final List<String> jvmArguments,
      final Class<?> main,
      final List<String> arguments)
      throws IOException {
    final List<String> command = new ArrayList<>(jvm);
    command.addAll(jvmArguments);
    command.addAll(List.of(log4j("log4j.properties"), "-cp", libraries, main.getName()));
    command.addAll(List.of("--configDir", folder.resolve("conf").toString()));
    command.addAll(arguments);
    return JavaProcess.start(folder.resolve(log), Map.of(), command);
  }

  private String log4j(final String file) {
    return "-Dlog4j.configurationFile=" + folder.resolve("conf").resolve(file);
  }

  private static List<String> words(final String line) {
    return List.of(line.trim().split("\\s+"));
  }

  /** Ends all processes at once; what they wrote stays. */
  @Override
  public void close() {
    for (final JavaProcess taskManager : taskManagers) {
      if (taskManager != null) {
        taskManager.kill();
      }
    }
    if (jobManager != null) {
      jobManager.kill();
    }
  }
}
