package dev.braid.benchmarks.harness;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.openjdk.jol.info.GraphStats;
import org.openjdk.jol.vm.VM;

/** Heap bytes reachable from an object, for learners that do not count their own. */
public final class HeapSize {

  private HeapSize() {}

  /**
   * Has JOL look at the JVM, before a command starts threads of its own. JOL computes layouts
   * without an agent too, but says so on standard output, which belongs to the results: so that is
   * turned away for this moment, in which nobody else may print.
   */
  public static synchronized void prepare() {
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

  /** Bytes of an object and of all that it refers to; {@link #prepare} comes first. */
  public static long of(final Object root) {
    // Not GraphLayout, which keeps a record per object: more than a large forest itself weighs.
    return GraphStats.parseInstance(root).totalSize();
  }
}
