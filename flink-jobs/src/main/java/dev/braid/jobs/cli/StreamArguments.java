package dev.braid.jobs.cli;

import dev.braid.connectors.stream.StreamException;
import dev.braid.connectors.stream.StreamSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which events to send, for every command that sends some. */
public final class StreamArguments {
  private static final long RECORDS = 50_000;
  private static final long LONG_STREAM = 100_000;

  @Option(
      names = "--stream",
      paramLabel = "S",
      defaultValue = "sea_g",
      description =
          "A benchmark's name (led_a, led_g, sea_a, sea_g, rbf_m, rbf_f, elec, airl, covt), an ARFF"
              + " or CSV file (plain, .gz or .xz), or moa: and a MOA stream. Default:"
              + " ${DEFAULT-VALUE}.")
  private String stream;

  @Option(
      names = "--records",
      paramLabel = "N",
      description =
          "Events to send, at most. Default: all of a file, 50000 of a generator. The drifts of a"
              + " benchmark move with its length.")
  private Long records;

  @Mixin private FileArguments files;

  /**
   * The stream that is meant.
   *
   * @throws UsageException if there is none of that name
   */
  public StreamSpec spec() {
    try {
      return StreamSpec.parse(stream, files.options());
    } catch (final StreamException unknown) {
      throw new UsageException("--stream: " + unknown.getMessage());
    }
  }

  /**
   * How many events to send.
   *
   * @return 1 or more, or -1 for all there are
   * @throws UsageException if the user wants less than one
   */
  public long records(final StreamSpec spec) {
    if (records != null) {
      if (records < 1) {
        throw new UsageException("--records cannot be " + records + ": it takes 1 or more.");
      }
      return records;
    }
    return stream.startsWith("moa:") || spec.length() > LONG_STREAM ? RECORDS : -1;
  }
}
