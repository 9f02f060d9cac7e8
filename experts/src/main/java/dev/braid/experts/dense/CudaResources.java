package dev.braid.experts.dense;

import java.util.ArrayDeque;
import org.bytedeco.javacpp.Pointer;

/** What has been taken from CUDA, given back in reverse. */
final class CudaResources {
  private final ArrayDeque<Runnable> releases = new ArrayDeque<>();

  /** A call that gives something back; its return code is of no interest any more. */
  void add(final Runnable release) {
    releases.push(release);
  }

  /** Keeps a host pointer for as long as the rest. */
  <P extends Pointer> P keep(final P pointer) {
    releases.push(pointer::close);
    return pointer;
  }

  void release() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
