package dev.braid.jobs.cli;

import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.config.KeyDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The configuration on the command line: {@code --config FILE}, {@code --set KEY=VALUE}, and, made
 * from the table of keys, {@code --KEY VALUE} and the short options.
 */
public final class ConfigOptions {
  /** Keys of which some have values that nobody else may see. */
  private static final String SECRETS = "kafka.properties.";

  private final Predicate<String> offered;
  private final Map<String, String> defaults;
  private final Map<String, String> given = new LinkedHashMap<>();
  private final List<String> shown = new ArrayList<>();
  private Path file;

  /**
   * @param offered says of a key's name whether this command takes it; the others it sets itself
   * @param defaults of this command by key, in words, where they differ from the general ones
   */
  public ConfigOptions(final Predicate<String> offered, final Map<String, String> defaults) {
    this.offered = offered;
    this.defaults = Map.copyOf(defaults);
  }

  /** Adds the options to a command, before it parses. */
  void addTo(final CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--config")
            .paramLabel("FILE")
            .type(Path.class)
            .setter(setter(value -> file = (Path) value))
            .description("Configuration in YAML.")
            .build());
    spec.addOption(
        OptionSpec.builder("--set")
            .paramLabel("KEY=VALUE")
            .type(Map.class)
            .auxiliaryTypes(String.class, String.class)
            .setter(
                setter(
                    value ->
                        ((Map<?, ?>) value).forEach((k, v) -> give(k.toString(), v.toString()))))
            .description("Overrides a key of the configuration; may be repeated.")
            .build());
    for (final KeyDescription key : JobConfig.keys()) {
      if (offered.test(key.name())) {
        addKey(spec, key);
      }
    }
  }

  /**
   * The configuration as the user wants it.
   *
   * @param own values by key that this command sets, whatever the user says
   * @param defaults of this command by key, where they differ from the general ones
   * @throws dev.braid.jobs.config.ConfigException if something given cannot be used
   */
  public JobConfig load(final Map<String, String> own, final Map<String, String> defaults) {
    requireHidden();
    final Map<String, String> all = new LinkedHashMap<>(given);
    all.putAll(own);
    return JobConfig.load(defaults, file, all);
  }

  /**
   * Flink's client logs its command line, and every user of a machine sees those of all processes:
   * by then it is too late, but whoever reads this does not do it again.
   */
  private void give(final String key, final String value) {
    if (key.startsWith(SECRETS)) {
      shown.add(key); // Picocli would repeat the value with an exception that came from here.
    } else {
      given.put(key, value);
    }
  }

  private void requireHidden() {
    if (!shown.isEmpty()) {
      throw new ConfigException(
          "Configuration key '"
              + shown.get(0)
              + "' is taken from the configuration file alone, since its value may be a secret, and"
              + " command lines are logged and shown to other users.");
    }
  }

  private void addKey(final CommandSpec spec, final KeyDescription key) {
    final String full = "--" + key.name();
    final String[] names =
        key.option() == null ? new String[] {full} : new String[] {key.option(), full};
    spec.addOption(
        OptionSpec.builder(names)
            .paramLabel("VALUE")
            .type(String.class)
            .hidden(key.option() == null)
            .setter(setter(value -> given.put(key.name(), (String) value)))
            .description(help(key).replace("%", "%%"))
            .build());
  }

  private String help(final KeyDescription key) {
    final String fallback = defaults.getOrDefault(key.name(), key.fallback());
    return key.description()
        + " Takes "
        + key.allowed()
        + (fallback.isEmpty() ? "." : "; default " + fallback + ".");
  }

  /** Picocli also calls a setter with null, for "not given". */
  private static ISetter setter(final Consumer<Object> sink) {
    return new ISetter() {
      @Override
      @SuppressWarnings("TypeParameterUnusedInFormals")
      public <T> T set(final T value) {
        if (value != null) {
          sink.accept(value);
        }
        return null;
      }
    };
  }
}
