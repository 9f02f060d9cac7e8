package dev.braid.jobs.serve;

import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The open connections, and what they may hold together. Thread-safe. */
final class Connections {
  private final int most;
  private final long mostBytes;
  private final ServeFigures figures;
  private final AtomicLong bytes = new AtomicLong();

  /** Whether each waits for its next request; the one that does so longest is first. */
  private final Map<Channel, Boolean> open = new LinkedHashMap<>();

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
        gone = channel;
        for (final Iterator<Map.Entry<Channel, Boolean>> each = open.entrySet().iterator();
            each.hasNext(); ) {
          final Map.Entry<Channel, Boolean> oldest = each.next();
          if (oldest.getValue()) {
            gone = oldest.getKey();
            each.remove();
            break;
          }
        }
      }
      if (!channel.equals(gone)) {
        open.put(channel, true);
      }
      count();
    }
    if (gone != null) {
      figures.dropped();
      gone.close();
    }
  }

  /** A request is whole and at work, or answered and the next one awaited. */
  void waits(final Channel channel, final boolean waits) {
    synchronized (open) {
      if (open.remove(channel) != null) {
        open.put(channel, waits);
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
