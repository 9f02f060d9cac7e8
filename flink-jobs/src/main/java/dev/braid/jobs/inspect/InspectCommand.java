package dev.braid.jobs.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.braid.jobs.cli.BraidCommand;
import dev.braid.jobs.cli.OutFolder;
import dev.braid.jobs.cli.UsageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what models a savepoint or retained checkpoint holds. */
@Command(
    name = "inspect",
    description = {
      "Says what models a savepoint or retained checkpoint holds: totals first, then the largest"
          + " models with their experts.",
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
    try (OutFolder folder = OutFolder.nextTo(out)) {
      inspect();
    }
    return 0;
  }

  private void inspect() throws Exception {
    final Inspection inspection = new Inspection(top);
    Savepoint.at(savepoint).read(model, inspection::add);
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
  }
}
