package dev.braid.jobs.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium, where this machine has one. */
public final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Path program;

  private Chromium(final Path program) {
    this.program = program;
  }

  /** The first one on the path. */
  public static Optional<Chromium> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Chromium::new);
  }

  /**
   * Opens a page without network, lets its scripts run, and returns the document as it is then.
   *
   * @param profile an empty folder for the browser
   */
  public String open(final Path page, final Path profile) throws IOException, InterruptedException {
    final Path document = profile.resolve("document.html");
    final Process process =
        start(
            profile,
            document,
            "--virtual-time-budget=10000",
            "--dump-dom",
            page.toUri().toString());
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("the browser did not end: see " + profile.resolve("browser.log"));
    }
    return Files.readString(document);
  }

  /**
   * Starts the browser, which reaches nobody but this machine.
   *
   * @param profile an empty folder for the browser
   * @param out what it prints
   */
  public Process start(final Path profile, final Path out, final String... more)
      throws IOException {
    final List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--user-data-dir=" + profile,
                "--window-size=1200,1400"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(profile.resolve("browser.log").toFile())
        .start();
  }
}
