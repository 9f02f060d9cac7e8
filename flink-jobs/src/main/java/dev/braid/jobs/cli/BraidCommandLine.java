package dev.braid.jobs.cli;

import dev.braid.jobs.config.ConfigException;
import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The main class behind {@code ./braid}. */
@Command(
    name = "braid",
    description = "Learns from a stream while it predicts on it.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = BraidCommandLine.Version.class)
public final class BraidCommandLine implements Runnable {
  private static final int FAILURE = 1;
  private static final int BAD_ARGUMENTS = 2;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean verbose;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs one command and ends the process with its exit code. */
  public static void main(final String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command line with every command that the class path offers. */
  public static CommandLine commandLine() {
    final CommandLine root = new CommandLine(new BraidCommandLine());
    for (final BraidCommand command : ServiceLoader.load(BraidCommand.class)) {
      final CommandLine line = new CommandLine(command);
      if (command instanceof ConfiguredCommand configured) {
        configured.configuration().addTo(line.getCommandSpec());
      }
      line.getCommandSpec().mixinStandardHelpOptions(true);
      root.addSubcommand(line);
    }
    // Commands read lists from files behind an @ themselves.
    root.setExpandAtFiles(false);
    root.setParameterExceptionHandler(BraidCommandLine::badArguments);
    root.setExecutionExceptionHandler(BraidCommandLine::failure);
    return root;
  }

  /** Without a command there is nothing to do, so the user is told which there are. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "A command is missing: one of " + String.join(", ", spec.subcommands().keySet()) + ".");
  }

  private static int badArguments(final ParameterException bad, final String[] args) {
    final CommandLine line = bad.getCommandLine();
    print(line, bad.getMessage(), " See '" + line.getCommandSpec().qualifiedName() + " --help'.");
    return BAD_ARGUMENTS;
  }

  private static int failure(
      final Exception failure, final CommandLine line, final ParseResult parsed) {
    final boolean usage = failure instanceof ConfigException || failure instanceof UsageException;
    print(line, FailureText.of(failure), "");
    final CommandLine root = line.getCommandSpec().root().commandLine();
    if (root.getCommand() instanceof BraidCommandLine braid && braid.verbose) {
      failure.printStackTrace(line.getErr());
    }
    return usage ? BAD_ARGUMENTS : FAILURE;
  }

  private static void print(final CommandLine line, final String message, final String hint) {
    final PrintWriter err = line.getErr();
    final String sentence = message.lines().findFirst().orElse("");
    err.println("braid: " + sentence + (sentence.matches(".*[.?!]") ? "" : ".") + hint);
    err.flush();
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      final String version = BraidCommandLine.class.getPackage().getImplementationVersion();
      return new String[] {"Braid " + (version == null ? "built from its sources" : version)};
    }
  }
}
