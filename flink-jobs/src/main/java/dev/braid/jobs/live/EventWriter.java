package dev.braid.jobs.live;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events. An id is that of a server's run and of an item, so that who comes back
 * goes on where it was, and begins anew with another run.
 */
final class EventWriter {
  private final HttpExchange exchange;
  private final String epoch;
  private OutputStream out;

  EventWriter(final HttpExchange exchange, final String epoch) {
    this.exchange = exchange;
    this.epoch = epoch;
  }

  /**
   * @param after the last id that the client has, or anything else
   * @return the item after which it goes on
   */
  long begin(final String after) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.sendResponseHeaders(200, 0);
    out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16);
    text("retry: 1000\n\n");
    final String mine = epoch + "-";
    if (after.startsWith(mine) && after.substring(mine.length()).matches("\\d{1,18}")) {
      return Long.parseLong(after.substring(mine.length()));
    }
    text("event: reset\ndata: all\n\n");
    return 0;
  }

  /** What has no line breaks in it, as JSON is written here. */
  void item(final Item item) throws IOException {
    text("id: " + epoch + "-" + item.id() + "\nevent: " + item.kind() + "\n");
    text("data: " + item.data() + "\n\n");
  }

  void status(final String json) throws IOException {
    text("event: status\ndata: " + json + "\n\n");
  }

  void flush() throws IOException {
    out.flush();
  }

  private void text(final String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
