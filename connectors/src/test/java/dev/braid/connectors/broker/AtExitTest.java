package dev.braid.connectors.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AtExitTest {

  @Test
  void whatWasTakenBackIsNotDoneAtTheExitAndWhatWasNotIs() throws Exception {
    final String said = exit();
    assertTrue(said.contains("kept"), said);
    assertFalse(said.contains("taken back"), said);
  }

  @Test
  void brokersThatWereClosedLeaveNothingToDoAtTheExit() {
    final int before = AtExit.pending();
    final LocalBroker broker = LocalBroker.start();
    assertEquals(before + 1, AtExit.pending());
    broker.close();
    assertEquals(before, AtExit.pending());
  }

  private static String exit() throws Exception {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AtExitTest.class.getName())
            .redirectErrorStream(true)
            .start();
    final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** Ends with one action kept and one taken back. */
  public static void main(final String[] arguments) {
    AtExit.run("kept", () -> System.out.println("kept"));
    AtExit.run("back", () -> System.out.println("taken back")).close();
  }
}
