package dev.braid.benchmarks.harness;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.openjdk.jol.info.GraphStats;
import org.openjdk.jol.vm.VM;

/** Heap bytes reachable from an object, for learners that do not count their own. */
public final class HeapSize {

  static {
    // JOL computes layouts without an agent too, but says so on standard output, which is ours.
    System.setProperty("jol.skipDynamicAttach", "true");
    System.setProperty("jol.skipHotspotSAAttach", "true");
    final PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    try {
      VM.current();
    } finally {
      System.setOut(out);
    }
  }

  private HeapSize() {}

  /** Bytes of an object and of all that it refers to. */
  public static long of(final Object root) {
    // Not GraphLayout, which keeps a record per object: more than a large forest itself weighs.
    return GraphStats.parseInstance(root).totalSize();
  }
}
