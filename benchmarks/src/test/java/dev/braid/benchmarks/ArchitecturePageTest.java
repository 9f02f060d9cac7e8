package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever follows docs/architecture.md finds the classes and methods that it names. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of("..");

  private static final String MAIN = ".*/src/main/java/.*\\.java";

  /** In code: a class, and perhaps a method or constant of it. */
  private static final Pattern NAME = Pattern.compile("`(?:[a-z]+\\.)*([A-Z]\\w+)(?:\\.(\\w+))?`");

  private static final Pattern WRITTEN =
      Pattern.compile("(?:out|reset\\(\\)|new ImageWriter\\(.*?\\))\\s*\\.begin\\(\\s*ImageKind");

  private static final Pattern LAYOUT = Pattern.compile("Layout|Chunks:|[Cc]hunk 0|<pre>");

  private static final Pattern LETTERS = Pattern.compile("\\{@code ([A-Z]{4})\\}, version");

  private static final Pattern PACKAGE = Pattern.compile("`((?:[a-z]+\\.)+[a-z]+)`");

  private static Map<String, String> sources() throws IOException {
    final Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/"))
          .forEach(
              file -> {
                final String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, read(file), String::concat);
              });
    }
    return sources;
  }

  private static String read(final Path file) {
    try {
      return Files.readString(file);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyClassAndMemberThatThePageNamesIsThere() throws IOException {
    final Map<String, String> sources = sources();
    final Matcher named = NAME.matcher(read(ROOT.resolve("docs/architecture.md")));
    int found = 0;
    while (named.find()) {
      if (named.group(1).endsWith("Math")) {
        // Java's, or ours, which is there for whoever compiles.
        continue;
      }
      final String source = sources.get(named.group(1));
      assertTrue(source != null, "no class " + named.group());
      assertTrue(
          named.group(2) == null
              || Pattern.compile("\\b" + named.group(2) + "\\b").matcher(source).find(),
          "no member " + named.group());
      found++;
    }
    assertTrue(found > 40, found + " names");
  }

  @Test
  void whatIsSavedHasItsLayoutWhereItIsWritten() throws IOException {
    final String kinds = sources().get("ImageKind");
    int found = 0;
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (final Path file :
          (Iterable<Path>) files.filter(path -> path.toString().matches(MAIN))::iterator) {
        final String source = read(file);
        final Matcher letters = LETTERS.matcher(source);
        while (letters.find()) {
          assertTrue(kinds.contains('"' + letters.group(1) + '"'), file + ": " + letters.group(1));
        }
        if (WRITTEN.matcher(source).find()) {
          assertTrue(LAYOUT.matcher(source).find(), file + " says no layout of what it writes");
          found++;
        }
      }
    }
    assertTrue(found > 40, found + " writers of images");
  }

  @Test
  void everyPackageOfTheTableIsThere() throws IOException {
    final String page = read(ROOT.resolve("docs/architecture.md"));
    final int from = page.indexOf("## Modules");
    // Behind the table, keys of the configuration look like packages.
    final Matcher named = PACKAGE.matcher(page.substring(from, page.indexOf("\n## ", from + 1)));
    while (named.find()) {
      final String folder = "java/dev/braid/" + named.group(1).replace('.', '/');
      final boolean there;
      try (Stream<Path> modules = Files.list(ROOT)) {
        there =
            modules.anyMatch(
                module ->
                    Files.isDirectory(module.resolve("src/main").resolve(folder))
                        || Files.isDirectory(module.resolve("src/test").resolve(folder)));
      }
      assertTrue(there, named.group(1));
    }
  }
}
