package dev.braid.jobs.config;

import dev.braid.connectors.format.RecordFormats;
import dev.braid.data.Target;
import dev.braid.experts.Experts;
import dev.braid.experts.moe.layer.LayerPage;
import dev.braid.router.Preset;
import dev.braid.router.Presets;
import dev.braid.router.combine.Chain;
import dev.braid.spec.Option;

/** Writes the reference of all keys, from the table that the parser uses. */
public final class ConfigPage {
  private static final String INTRODUCTION =
      """
      # Configuration

      A job is configured by a YAML file, `--config job.yaml`. Every key has a default, so a file
      holds only what differs. Groups may be nested or written with dots:

      ```yaml
      kafka:
        bootstrap-servers: broker-1:9092,broker-2:9092
        events-topic: clicks
      state.working-set: 1 gb
      ```

      On the command line `--set KEY=VALUE` overrides a key, as often as needed, and so does its short
      option where it has one. What is given last wins: default, file, command line. A key that is not
      known, or a value that is not allowed, stops the command at the start with exit code 2.

      Durations are written `500 ms`, `10 s`, `5 min`, `2 h`, `1 d`; sizes `64 mb`, `2 gb`.
      """;

  private static final String FORMATS =
      """
      Of events (`events.options.NAME`) and late labels (`labels.options.NAME`). Another format is a class on the class path, a
      `dev.braid.connectors.format.RecordFormat`, that a service file names.
      """;

  private static final String PRESETS =
      """
      A job that resumes from a savepoint or checkpoint keeps its models. It may change the options
      marked so below; another preset, seed, or value of any other option is refused at the start, by
      name. An option that is left out has its default, and numbers may be written in any way.
      """;

  private static final String EXPERTS =
      """
      Wherever an expert is asked for: its name, in parentheses the options that differ from their
      defaults, as `naive-bayes(memory=100)` or, by place, `naive-bayes(100)`.

      """;

  private static final String COMBINERS =
      """
      What makes one prediction of those of several experts, one or more with `+` between them.

      """;

  private ConfigPage() {}

  /** The page {@code docs/configuration.md}. */
  public static String markdown() {
    final StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append(tables(Keys.TABLE));
    page.append("\n## Formats\n\n").append(FORMATS);
    page.append('\n').append(RecordFormats.registry().reference("###"));
    page.append("\n## Presets\n\n").append(PRESETS);
    for (final Preset preset : Presets.REGISTRY.entries()) {
      page.append("\n### ").append(preset.name()).append("\n\n");
      page.append(preset.description()).append("\n\n");
      page.append("| option | default | may change | meaning |\n|---|---|---|---|\n");
      for (final Option option : preset.options()) {
        page.append("| `").append(Keys.MODEL_OPTIONS.start()).append(option.name());
        page.append("` | ");
        page.append(option.defaultValue().isEmpty() ? "" : "`" + cell(option.defaultValue()) + "`");
        page.append(ofNumber(preset, option));
        page.append(" | ").append(option.adjustable() ? "yes" : "no");
        page.append(" | ").append(cell(option.description())).append(" |\n");
      }
    }
    page.append("\n## Experts\n\n").append(EXPERTS);
    page.append(Experts.REGISTRY.reference("###"));
    page.append("\n## Combiners\n\n").append(COMBINERS);
    page.append(Chain.REGISTRY.reference("###"));
    return page.append("\n## Dense layers\n\n").append(LayerPage.markdown()).toString();
  }

  /** A table of the keys of each group, and one of those with a name of one's own. */
  static String tables(final KeyTable keys) {
    final StringBuilder page = new StringBuilder();
    String group = "";
    for (final ConfigKey<?> key : keys.keys()) {
      if (!group.equals(group(key.name()))) {
        group = group(key.name());
        page.append("\n## ").append(group).append("\n\n");
        page.append("| key | default | takes | meaning |\n|---|---|---|---|\n");
      }
      page.append("| `").append(key.name()).append('`');
      if (key.option() != null) {
        page.append("<br>`").append(key.option()).append('`');
      }
      page.append(" | ").append(key.fallback().isEmpty() ? "empty" : "`" + key.fallback() + "`");
      page.append(" | ").append(key.type().allowed());
      page.append(" | ").append(key.description()).append(" |\n");
    }
    page.append("\n## Keys with a name of your own\n\n| key | meaning |\n|---|---|\n");
    for (final ConfigPrefix prefix : keys.prefixes()) {
      page.append("| `").append(prefix.start()).append("NAME` | ");
      page.append(prefix.description()).append(" |\n");
    }
    return page.toString();
  }

  /** The default where a number is predicted, if that is another one. */
  private static String ofNumber(final Preset preset, final Option option) {
    return preset.options(new Target.Quantity()).stream()
        .filter(other -> other.name().equals(option.name()))
        .map(Option::defaultValue)
        .filter(value -> !value.equals(option.defaultValue()))
        .map(value -> "<br>of a number: `" + cell(value) + "`")
        .findFirst()
        .orElse("");
  }

  /** The same for a terminal. */
  public static String text() {
    return text(Keys.TABLE);
  }

  static String text(final KeyTable keys) {
    final StringBuilder page = new StringBuilder();
    for (final ConfigKey<?> key : keys.keys()) {
      page.append(key.name());
      if (key.option() != null) {
        page.append("  (").append(key.option()).append(')');
      }
      page.append("\n    ").append(key.description().replace("`", ""));
      page.append("\n    Takes ").append(key.type().allowed());
      page.append("; default ").append(key.fallback().isEmpty() ? "empty" : key.fallback());
      page.append(".\n");
    }
    for (final ConfigPrefix prefix : keys.prefixes()) {
      page.append(prefix.start()).append("NAME\n    ");
      page.append(prefix.description().replace("`", "")).append('\n');
    }
    return page.toString();
  }

  private static String cell(final String text) {
    return text.replace("|", "\\|");
  }

  private static String group(final String name) {
    return name.substring(0, name.indexOf('.'));
  }
}
