package dev.braid.jobs.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what models a savepoint or retained checkpoint holds. */
@Command(
    name = "inspect",
    description = {
      "Says what models a savepoint or retained checkpoint holds: totals first, then the largest"
          + " models with their experts. Writes one model as a file that a model of the provider"
          + " braid predicts with in Flink SQL.",
    })
public final class InspectCommand implements BraidCommand {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(
      names = "--savepoint",
      required = true,
      paramLabel = "DIR",
      description = "Folder of a savepoint or of one checkpoint (chk-N), or its URI.")
  private String savepoint;

  @Option(names = "--model", paramLabel = "KEY", description = "Show this model alone.")
  private String model;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description =
          "Write the model that --model names to this file, an image for CREATE MODEL in Flink SQL. A"
              + " file that is there gives way at once, so that a running query may read it.")
  private Path image;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Show the N models that take the most bytes; totals count all. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "braid-out/inspect",
      description = "Folder of the log. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  @SuppressWarnings("try") // The folder is held, no more.
  public Integer call() throws Exception {
    if (top < 0) {
      throw new UsageException("--top cannot be " + top + ": it takes 0 or more.");
    }
    if (image != null && model == null) {
      throw new UsageException(
          "--image: a file holds one model; --model KEY says which, --model '' where events have no"
              + " key.");
    }
    try (OutFolder folder = OutFolder.nextTo(out)) {
      inspect();
    }
    return 0;
  }

  private void write(final Learner learner) {
    if (learner == null) {
      throw new UsageException("--image: model '" + model + "' has met no event yet.");
    }
    final Path to = image.toAbsolutePath();
    final Path next = to.resolveSibling(to.getFileName() + ".next");
    try {
      Files.createDirectories(to.getParent());
      Files.write(next, LearnerImage.toBytes(learner));
      Files.move(next, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (final IOException failed) {
      throw new UsageException("--image: '" + image + "' cannot be written: " + failed);
    }
  }

  private void inspect() throws Exception {
    final Inspection inspection = new Inspection(top);
    final Savepoint at = Savepoint.at(savepoint);
    at.read(model, inspection::add);
    final Inspection.Result result = inspection.result();
    if (model != null && result.totals().models() + result.unreadable() == 0) {
      throw new UsageException("--model: '" + savepoint + "' holds no model '" + model + "'.");
    }
    final PrintWriter terminal = spec.commandLine().getOut();
    terminal.print(json ? JSON.writeValueAsString(result) + "\n" : InspectionText.of(result));
    terminal.flush();
    final ModelSummary broken = result.firstUnreadable();
    if (broken != null) {
      throw new IllegalStateException(
          result.unreadable()
              + " of the models cannot be read; of model '"
              + broken.key()
              + "': "
              + broken.error());
    }
    if (image != null) {
      write(at.learner(model));
    }
  }
}
