package dev.braid.experts.moe;

/** Settings of JavaCPP that must be made before its first class is loaded. */
public final class NativeSetup {
  private static final String PHYSICAL_LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

  private NativeSetup() {}

  public static void prepare() {
    if (System.getProperty(PHYSICAL_LIMIT) == null) {
      // By default JavaCPP stalls allocations when the process is four times the heap: device
      // libraries and pinned memory make it so.
      System.setProperty(PHYSICAL_LIMIT, "0");
    }
  }
}
