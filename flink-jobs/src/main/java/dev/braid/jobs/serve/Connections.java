package dev.braid.jobs.serve;

import io.netty.channel.Channel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The open connections, and what they may hold together. Thread-safe. */
final class Connections {
  private final int most;
  private final long mostBytes;
  private final ServeFigures figures;
  private final AtomicLong bytes = new AtomicLong();

  /** What each does; the one that has done so longest is first. */
  private final Map<Channel, Doing> open = new LinkedHashMap<>();

  /** In the order in which they make room for others: those that never asked come first. */
  private enum Doing {
    NEVER_ASKED,
    WAITS,
    WORKS
  }

  Connections(final ServeOptions options, final ServeFigures figures) {
    this.most = options.connections();
    this.mostBytes = options.largeBytes();
    this.figures = figures;
  }

  /** Takes one more; another makes room, or it is this one where all others are at work. */
  @SuppressWarnings("FutureReturnValueIgnored") // Closed is closed, however.
  void add(final Channel channel) {
    Channel gone = null;
    synchronized (open) {
      if (open.size() >= most) {
        gone = firstThat(Doing.NEVER_ASKED);
        gone = gone == null ? firstThat(Doing.WAITS) : gone;
        gone = gone == null ? channel : gone;
        open.remove(gone);
      }
      if (!channel.equals(gone)) {
        open.put(channel, Doing.NEVER_ASKED);
      }
      count();
    }
    if (gone != null) {
      figures.dropped();
      gone.close();
    }
  }

  private Channel firstThat(final Doing doing) {
    for (final Map.Entry<Channel, Doing> each : open.entrySet()) {
      if (each.getValue() == doing) {
        return each.getKey();
      }
    }
    return null;
  }

  /** A request is whole and at work, or answered and the next one awaited. */
  void waits(final Channel channel, final boolean waits) {
    synchronized (open) {
      if (open.remove(channel) != null) {
        open.put(channel, waits ? Doing.WAITS : Doing.WORKS);
      }
    }
  }

  void remove(final Channel channel) {
    synchronized (open) {
      open.remove(channel);
      count();
    }
  }

  private void count() {
    figures.connections(open.size());
  }

  /** Whether so many bytes more fit; if so they are held. */
  boolean hold(final long more) {
    if (bytes.addAndGet(more) <= mostBytes) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  void release(final long held) {
    bytes.addAndGet(-held);
  }
}
