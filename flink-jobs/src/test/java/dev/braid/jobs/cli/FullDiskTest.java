package dev.braid.jobs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.jobs.cluster.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full say so, and what to do; skipped for a user who may not mount one. */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class FullDiskTest {
  @TempDir Path folder;

  @Test
  void aFullFolderForTemporaryFilesIsNamedWithWhatToDo() throws Exception {
    try (SmallDisk disk = mounted("tmp", 4)) {
      disk.fill();
      try (BraidProcess demo = demo(disk.folder(), folder.resolve("out"))) {
        assertEquals(1, demo.await(), demo.said());
        assertSays(demo, "braid: The folder for temporary files, " + disk.folder());
        assertSays(demo, "Name another with BRAID_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
      }
    }
  }

  @Test
  void aFullFolderOfOutputIsNamedWithWhatToDo() throws Exception {
    try (SmallDisk disk = mounted("out", 4)) {
      disk.fill();
      try (BraidProcess demo = demo(folder.resolve("tmp"), disk.folder())) {
        assertTrue(demo.await() != 0, demo.said());
        assertSays(demo, "disk");
        assertSays(demo, "--out");
      }
    }
  }

  /** The broker writes there until it cannot. */
  @Test
  void aDiskThatFillsUpUnderTheBrokerEndsTheDemoWithASentence() throws Exception {
    try (SmallDisk disk = mounted("tmp", 80)) {
      try (BraidProcess demo = demo(disk.folder(), folder.resolve("out"))) {
        demo.awaitSaid("records,");
        disk.fill();
        assertTrue(demo.await() != 0, demo.said());
        assertSays(demo, "is full");
        assertSays(demo, "BRAID_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
      }
    }
  }

  private SmallDisk mounted(final String name, final int megabytes) throws Exception {
    final SmallDisk disk = SmallDisk.mount(folder.resolve(name), megabytes);
    assumeTrue(disk != null, "this user may not mount");
    return disk;
  }

  private static BraidProcess demo(final Path temporary, final Path out) throws Exception {
    Files.createDirectories(temporary);
    return BraidProcess.start(
        temporary, "demo", "--web-port", "0", "--records", "1000000", "--out", out.toString());
  }

  private static void assertSays(final BraidProcess process, final String text) throws Exception {
    assertTrue(process.said().contains(text), process.said());
  }
}
