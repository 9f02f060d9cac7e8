package dev.braid.jobs.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file system of a few megabytes in memory, which really says that it is full. */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(final Path folder) {
    this.folder = folder;
  }

  /**
   * Mounts the disk.
   *
   * @return null where this user may not mount
   */
  public static SmallDisk mount(final Path folder, final int megabytes) throws Exception {
    Files.createDirectories(folder);
    final String absolute = folder.toAbsolutePath().toString();
    if (!run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", absolute)) {
      return null;
    }
    return new SmallDisk(Path.of(absolute));
  }

  public Path folder() {
    return folder;
  }

  /** Takes all the room there is. */
  public void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("ballast"))) {
      final byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (final IOException full) {
      if (Files.size(folder.resolve("ballast")) == 0) {
        throw full;
      }
    }
  }

  /** Gives the room back. */
  public void free() throws IOException {
    Files.delete(folder.resolve("ballast"));
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", folder.toString());
  }

  private static boolean run(final String... command) throws IOException {
    try {
      final Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
