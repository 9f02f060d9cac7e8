package dev.braid.experts.moe.device;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.state.Backend;
import dev.braid.experts.moe.state.MoeState;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A device with the CPU as its twin. When the device fails, the twin takes the host's copy of the
 * weights, learns again what was learned since that copy was made, predicts what the device still
 * owed, and goes on: no row goes without its prediction, none is learned twice or not at all.
 *
 * <p>For that, the batches learned since the copy are kept; when there are as many as allowed, the
 * copy is brought up to date.
 */
public final class TwinnedMoe implements Backend {
  private static final System.Logger LOG = System.getLogger(TwinnedMoe.class.getName());

  private final BiFunction<MoeState, String, Backend> twin;
  private final int most;
  private final List<DenseBatch> journal = new ArrayList<>();
  private final List<DenseBatch> unused = new ArrayList<>();

  /** Submitted and not awaited by the caller. */
  private final ArrayDeque<DenseBatch> owed = new ArrayDeque<>();

  /** How many of those have their results already. */
  private int delivered;

  private DeviceMoe device;
  private Backend cpu;

  /**
   * @param twin opens the CPU backend on weights, for a reason
   * @param most batches to keep
   */
  public TwinnedMoe(
      final DeviceMoe device, final BiFunction<MoeState, String, Backend> twin, final int most) {
    this.device = device;
    this.twin = twin;
    this.most = most;
  }

  @Override
  public String name() {
    return current().name();
  }

  private Backend current() {
    return cpu != null ? cpu : device;
  }

  @Override
  public void submit(final DenseBatch batch) {
    owed.add(batch);
    if (cpu != null) {
      cpu.submit(batch);
      return;
    }
    try {
      device.submit(batch);
    } catch (final DeviceException failure) {
      takeOver(failure);
    }
  }

  @Override
  public void await(final DenseBatch batch) {
    if (cpu == null && delivered == 0) {
      deliverOne();
    }
    delivered = Math.max(0, delivered - 1);
    owed.remove();
    if (cpu == null && (journal.size() >= most || device.isCrowded())) {
      state();
    }
  }

  /** Fetches the oldest results that are still out. */
  private void deliverOne() {
    final DenseBatch next = owed.stream().skip(delivered).findFirst().orElseThrow();
    try {
      device.await(next);
    } catch (final DeviceException failure) {
      takeOver(failure);
      return;
    }
    delivered++;
    if (next.labelledRows() > 0) {
      journal.add(copy(next));
    }
  }

  private DenseBatch copy(final DenseBatch batch) {
    final int last = unused.size() - 1;
    if (last >= 0 && unused.get(last).capacity() >= batch.rows()) {
      return unused.remove(last).take(batch);
    }
    return batch.copy();
  }

  @Override
  public MoeState state() {
    while (cpu == null && delivered < owed.size()) {
      deliverOne();
    }
    if (cpu == null) {
      try {
        final MoeState state = device.state();
        unused.clear();
        unused.addAll(journal);
        journal.clear();
        return state;
      } catch (final DeviceException failure) {
        takeOver(failure);
      }
    }
    return cpu.state();
  }

  private void takeOver(final DeviceException failure) {
    LOG.log(
        Level.WARNING,
        "The dense layer goes on on the CPU, from the weights of {0} batches ago: {1}",
        journal.size(),
        failure.getMessage());
    cpu = twin.apply(device.saved(), "the device failed: " + failure.getMessage());
    journal.forEach(cpu::submit);
    owed.stream().skip(delivered).forEach(cpu::submit);
    delivered = 0;
    journal.clear();
    unused.clear();
    device.close();
    device = null;
  }

  @Override
  public RestFigures rest() {
    return current().rest();
  }

  @Override
  public MemoryFigures memory() {
    return current().memory();
  }

  @Override
  public long deviceBytes() {
    return current().deviceBytes();
  }

  @Override
  public long workspaceBytes() {
    long bytes = current().workspaceBytes();
    for (final DenseBatch batch : journal) {
      bytes += batch.bytes();
    }
    for (final DenseBatch batch : unused) {
      bytes += batch.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    current().close();
  }
}
