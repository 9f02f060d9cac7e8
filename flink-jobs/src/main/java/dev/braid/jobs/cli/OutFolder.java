package dev.braid.jobs.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder that a command writes to, for as long as it runs: no two processes share one. What the
 * libraries log goes to a file in it, so that the console belongs to the command.
 */
public final class OutFolder implements AutoCloseable {
  private static final int MOST = 1000;

  private final Path folder;
  private final FileLock lock;

  private OutFolder(final Path folder, final FileLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes a folder, for a command whose results belong there. Has to be called before anything logs
   * for the first time.
   *
   * @param folder made when it is not there
   * @throws UsageException if it cannot be written to, or another process has it
   */
  public static OutFolder of(final Path folder) {
    final OutFolder taken = take(folder);
    if (taken == null) {
      throw new UsageException(
          "--out: another Braid process writes to '" + folder + "': name another folder.");
    }
    return taken;
  }

  /**
   * The same for a command that may as well write beside it: where another process has the folder
   * {@code demo}, this takes {@code demo-2}, and so on.
   */
  public static OutFolder nextTo(final Path folder) {
    OutFolder taken = take(folder);
    for (int n = 2; taken == null && n < MOST; n++) {
      taken = take(folder.resolveSibling(folder.getFileName() + "-" + n));
    }
    return taken == null ? of(folder) : taken;
  }

  /** The folder, or null where another process has it. */
  private static OutFolder take(final Path folder) {
    final Path absolute = folder.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new UsageException("--out: '" + folder + "' is a file: name a folder.");
    }
    try {
      Files.createDirectories(absolute);
      final FileChannel channel =
          FileChannel.open(
              absolute.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      final FileLock lock = lock(channel);
      if (lock == null) {
        channel.close();
        return null;
      }
      logTo(absolute.resolve("braid.log"));
      return new OutFolder(absolute, lock);
    } catch (final IOException unusable) {
      throw new UsageException(
          "--out: '" + folder + "' cannot be written to: " + FailureText.of(unusable));
    }
  }

  private static FileLock lock(final FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (final OverlappingFileLockException hereToo) {
      return null;
    }
  }

  private static void logTo(final Path file) {
    System.setProperty("braid.log", file.toString());
    if (System.getProperty("log4j2.configurationFile") == null) {
      System.setProperty("log4j2.configurationFile", "classpath:dev/braid/jobs/cli/log4j2.xml");
    }
  }

  /** The folder, absolute. */
  public Path path() {
    return folder;
  }

  /** What the libraries log. */
  public Path log() {
    return folder.resolve("braid.log");
  }

  /** Lets other processes have the folder; what was written stays. */
  @Override
  public void close() {
    try {
      lock.channel().close();
    } catch (final IOException closing) {
      // The system takes the lock back when the process ends.
    }
  }
}
