package dev.braid.benchmarks.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The share of the time in which a kernel ran on the first device, as its driver counts. */
final class BusyShare {
  private static final String[] COMMAND = {
    "nvidia-smi",
    "--id=0",
    "--query-gpu=utilization.gpu",
    "--format=csv,noheader,nounits",
    "--loop-ms=100"
  };

  private BusyShare() {}

  /**
   * Takes so many seconds.
   *
   * @return the mean, or NaN where nvidia-smi is not there or does not tell
   */
  static double over(final double seconds) throws InterruptedException, IOException {
    final long millis = (long) (seconds * 1000);
    final Process asking;
    try {
      asking = new ProcessBuilder(COMMAND).redirectErrorStream(true).start();
    } catch (final IOException notThere) {
      Thread.sleep(millis);
      return Double.NaN;
    }
    if (!asking.waitFor(millis, TimeUnit.MILLISECONDS)) {
      asking.destroy();
    }
    return mean(asking);
  }

  private static double mean(final Process asking) throws IOException {
    double sum = 0;
    int count = 0;
    try (BufferedReader lines = asking.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.strip().matches("\\d+")) {
          sum += Integer.parseInt(line.strip()) / 100.0;
          count++;
        }
      }
    }
    return sum / count;
  }
}
