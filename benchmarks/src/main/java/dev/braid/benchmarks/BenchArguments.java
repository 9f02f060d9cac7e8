package dev.braid.benchmarks;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.jobs.cli.FileArguments;
import dev.braid.jobs.cli.UsageException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs learners over streams and keeps the results. */
public final class BenchArguments {

  @Option(
      names = "--seeds",
      defaultValue = "1",
      split = ",",
      paramLabel = "N",
      description =
          "Seeds of the learners; the events of a stream are always the same. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<Long> seeds;

  @Option(
      names = "--label-delay",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Events between a prediction and the arrival of its label. Default: ${DEFAULT-VALUE}.")
  private int labelDelay;

  @Option(
      names = "--interleave",
      description =
          "Let the learners of a stream work in turn on the same events, a thousand at a time, so"
              + " that their speeds compare.")
  private boolean interleave;

  @Option(
      names = "--redo",
      defaultValue = "",
      paramLabel = "L,..",
      description = "Learners whose finished runs are to be made again.")
  private String redo;

  @Mixin private FileArguments files;

  /** Seeds of the learners. */
  public List<Long> seeds() {
    return seeds;
  }

  /**
   * Events between a prediction and the arrival of its label, 0 or more.
   *
   * @throws UsageException if it is fewer
   */
  public int labelDelay() {
    if (labelDelay < 0) {
      throw new UsageException("--label-delay takes a number of events, 0 or more.");
    }
    return labelDelay;
  }

  /** Whether the learners of a stream take turns on the same events. */
  public boolean interleave() {
    return interleave;
  }

  /** Learners whose finished runs are to be made again. */
  public List<String> redone() {
    return CommandTexts.split(redo);
  }

  /** How files are to be read, and where they are. */
  public StreamOptions streams() {
    return files.options();
  }
}
