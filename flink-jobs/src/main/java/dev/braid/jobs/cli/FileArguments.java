package dev.braid.jobs.cli;

import dev.braid.connectors.stream.StreamException;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.connectors.stream.TableColumns;
import dev.braid.connectors.stream.TableFormat;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that say how files are to be read, for every command that reads some. */
public final class FileArguments {
  private static final String DATA_VARIABLE = "BRAID_DATA";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with the files of elec, airl, covt (electricity, airlines and covtype100k, each"
              + " .arff, plain, .gz or .xz) and of mnist_* (mnist10k.csv). Default: the variable"
              + " BRAID_DATA.")
  private Path data;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description =
          "Attribute or column of a file that holds the class. Default: the last attribute of an"
              + " ARFF file; of a CSV file label, class or target, else the last.")
  private String labelColumn;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "NAME,..",
      description = "Columns of a file to leave out.")
  private List<String> drop = List.of();

  @Option(
      names = "--nominal",
      split = ",",
      paramLabel = "NAME,..",
      description = "Columns of a file whose values are names, even if they look like numbers.")
  private List<String> nominal = List.of();

  @Option(
      names = "--numeric",
      split = ",",
      paramLabel = "NAME,..",
      description = "Columns of a file that hold numbers; anything else in them counts as missing.")
  private List<String> numeric = List.of();

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      description =
          "What separates the cells of a CSV file: a character, or tab, comma, semicolon, pipe or"
              + " space. Default: found from the file, as all that follows.")
  private String delimiter;

  @Option(
      names = "--quote",
      paramLabel = "C",
      description = "What quotes the cells of a CSV file: a character.")
  private String quote;

  @Option(
      names = "--header",
      paramLabel = "yes|no",
      description = "Whether the first row of a CSV file names the columns.")
  private String header;

  @Option(
      names = "--decimal",
      paramLabel = "point|comma",
      description = "What is before the decimals of a CSV file's numbers.")
  private String decimal;

  @Option(
      names = "--missing",
      split = ",",
      paramLabel = "WORD,..",
      description =
          "Cells of a file that stand for a missing value, as an empty one always does. Default:"
              + " NA, null, ? and others that are usual.")
  private List<String> missing;

  @Option(
      names = "--encoding",
      paramLabel = "E",
      description = "Encoding of a file, for instance UTF-8 or windows-1252.")
  private String encoding;

  /**
   * What the user says about streams and files.
   *
   * @throws UsageException if a value cannot be
   */
  public StreamOptions options() {
    try {
      return new StreamOptions(
          dataFolder(),
          new TableFormat(
              charset(),
              delimiter == null ? null : delimiter(),
              quote == null ? null : one("--quote", quote),
              header == null ? null : choice("--header", header, "yes", "no"),
              decimal == null ? null : choice("--decimal", decimal, "point", "comma") ? '.' : ',',
              missing == null ? null : missing()),
          new TableColumns(
              labelColumn,
              names("--drop", drop),
              names("--nominal", nominal),
              names("--numeric", numeric)));
    } catch (final IllegalArgumentException bad) {
      throw new UsageException(bad.getMessage());
    }
  }

  /** Says on one line how a stream's file is understood; nothing where there is no file. */
  public static void tell(final StreamSpec stream, final PrintWriter err) {
    final String understood;
    try {
      understood = stream.understood();
    } catch (final StreamException unreadable) {
      throw new UsageException("--stream: " + unreadable.getMessage());
    }
    if (!understood.isEmpty()) {
      err.println("braid: " + understood);
      err.flush();
    }
  }

  private Path dataFolder() {
    if (data != null) {
      return data;
    }
    final String configured = System.getenv(DATA_VARIABLE);
    return configured == null || configured.isBlank() ? null : Path.of(configured);
  }

  private Charset charset() {
    try {
      return encoding == null ? null : Charset.forName(encoding);
    } catch (final IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      throw new UsageException(
          "--encoding cannot be '" + encoding + "': it takes the name of one, such as UTF-8");
    }
  }

  private char delimiter() {
    return switch (delimiter.toLowerCase(Locale.ROOT)) {
      case "tab", "\\t" -> '\t';
      case "comma" -> ',';
      case "semicolon" -> ';';
      case "pipe" -> '|';
      case "space" -> ' ';
      default -> one("--delimiter", delimiter);
    };
  }

  private static char one(final String option, final String text) {
    if (text.length() != 1) {
      throw new UsageException(option + " cannot be '" + text + "': it takes one character");
    }
    return text.charAt(0);
  }

  private static boolean choice(
      final String option, final String text, final String yes, final String no) {
    if (!text.equalsIgnoreCase(yes) && !text.equalsIgnoreCase(no)) {
      throw new UsageException(option + " cannot be '" + text + "': it takes " + yes + " or " + no);
    }
    return text.equalsIgnoreCase(yes);
  }

  private Set<String> missing() {
    final Set<String> words = new LinkedHashSet<>(missing);
    words.remove("");
    return words;
  }

  /** Names that hold a comma come in double quotes. */
  private static List<String> names(final String option, final List<String> given) {
    final List<String> names = given.stream().map(FileArguments::unquoted).toList();
    if (names.contains("")) {
      throw new UsageException(option + " takes names separated by commas, and one is empty");
    }
    return names;
  }

  private static String unquoted(final String name) {
    return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
        ? name.substring(1, name.length() - 1)
        : name;
  }
}
