package dev.braid.jobs.live;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.page.PageAssets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.flink.util.NetUtils;

/**
 * Serves the live page, on the loopback interface alone. A browser is told to load nothing from
 * elsewhere and to run no script but ours; a request that names another host is refused, so that no
 * page of another site reaches this one under a name of its own.
 */
final class LiveServer implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 100;
  private static final int MOST_LISTED = 200;
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final LiveStore store;
  private final HttpServer server;
  private final ExecutorService threads;
  private final String epoch = Long.toString(System.currentTimeMillis(), 36);
  private final Map<String, Asset> assets = new HashMap<>();
  private volatile boolean closed;

  @SuppressWarnings("ArrayRecordComponent")
  private record Asset(String type, byte[] bytes) {
    static Asset of(final String type, final String text) {
      return new Asset(type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private LiveServer(final LiveStore store, final HttpServer server) {
    this.store = store;
    this.server = server;
    threads =
        new ThreadPoolExecutor(
            0,
            MOST_CONNECTIONS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              final Thread thread = new Thread(work, "live-page");
              thread.setDaemon(true);
              return thread;
            });
    assets.put("/", Asset.of("text/html", PageAssets.own("live/live.html")));
    assets.put("/live.js", Asset.of("text/javascript", PageAssets.own("live/live.js")));
    assets.put("/live.css", Asset.of("text/css", PageAssets.own("live/live.css")));
    assets.put("/charts.js", Asset.of("text/javascript", PageAssets.own("page/charts.js")));
    assets.put("/page.css", Asset.of("text/css", PageAssets.own("page/page.css")));
    assets.put("/plots.js", Asset.of("text/javascript", PageAssets.plotsScript()));
    assets.put("/plots.css", Asset.of("text/css", PageAssets.plotsStyle()));
  }

  /**
   * @param ports a port, or a range of which the first free one is taken
   * @throws ConfigException if none is free, or this is no such text
   */
  static LiveServer start(final LiveStore store, final String ports) throws IOException {
    final Iterator<Integer> each;
    try {
      each = NetUtils.getPortRangeFromString(ports);
    } catch (final IllegalArgumentException malformed) {
      throw new ConfigException(
          "the live page's port cannot be '"
              + ports
              + "': it takes a port, a range as 8420-8520, or 0 for any.");
    }
    while (each.hasNext()) {
      try {
        final HttpServer http =
            HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), each.next()), 0);
        final LiveServer started = new LiveServer(store, http);
        http.createContext("/", started::answer);
        http.setExecutor(started.threads);
        http.start();
        return started;
      } catch (final BindException taken) {
        // The next one, then.
      }
    }
    throw new ConfigException(
        "no port of '" + ports + "' is free for the live page: name another, or 0 for any.");
  }

  /** Where the page is. */
  String address() {
    return "http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort();
  }

  private void answer(final HttpExchange exchange) throws IOException {
    try (exchange) {
      final Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Security-Policy", POLICY);
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Cache-Control", "no-store");
      final String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null || !LOCAL.matcher(host).matches()) {
        send(exchange, 403, Asset.of("text/plain", "This page is for this machine alone.\n"));
        return;
      }
      if (!exchange.getRequestMethod().equals("GET")) {
        headers.set("Allow", "GET");
        send(exchange, 405, Asset.of("text/plain", "This page is only read.\n"));
        return;
      }
      route(exchange, exchange.getRequestURI().getPath());
    }
  }

  private void route(final HttpExchange exchange, final String path) throws IOException {
    final Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    if (path.equals("/events")) {
      follow(exchange, query);
    } else if (path.equals("/models")) {
      final String models = store.models(query.getOrDefault("search", ""), most(query));
      send(exchange, 200, Asset.of("application/json", models));
    } else if (assets.containsKey(path)) {
      send(exchange, 200, assets.get(path));
    } else {
      send(exchange, 404, Asset.of("text/plain", "There is nothing here.\n"));
    }
  }

  private static int most(final Map<String, String> query) {
    final String most = query.getOrDefault("most", "");
    return most.matches("\\d{1,6}") ? Math.min(MOST_LISTED, Integer.parseInt(most)) : MOST_LISTED;
  }

  private static void send(final HttpExchange exchange, final int code, final Asset asset)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", asset.type());
    exchange.sendResponseHeaders(code, asset.bytes().length);
    exchange.getResponseBody().write(asset.bytes());
  }

  /** What stands behind the question mark; what is no escape stays as it is. */
  private static Map<String, String> query(final String raw) {
    final Map<String, String> query = new HashMap<>();
    for (final String pair : raw == null ? new String[0] : raw.split("&")) {
      final int is = pair.indexOf('=');
      if (is > 0) {
        query.put(decoded(pair.substring(0, is)), decoded(pair.substring(is + 1)));
      }
    }
    return query;
  }

  private static String decoded(final String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (final IllegalArgumentException noEscape) {
      return text;
    }
  }

  /** Server-sent events of one model, from where this client was, until one of both leaves. */
  private void follow(final HttpExchange exchange, final Map<String, String> query)
      throws IOException {
    final String resumed = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    final EventWriter out = new EventWriter(exchange, epoch);
    long last = out.begin(resumed == null ? query.getOrDefault("after", "") : resumed);
    long told = 0;
    try {
      while (!closed) {
        for (final Item item : store.await(query.get("key"), last, 500)) {
          out.item(item);
          last = item.id();
        }
        if (System.nanoTime() - told > TimeUnit.SECONDS.toNanos(1)) {
          told = System.nanoTime();
          out.status(store.status());
        }
        out.flush();
      }
    } catch (final InterruptedException ending) {
      Thread.currentThread().interrupt();
    } catch (final IOException gone) {
      // The page was closed.
    }
  }

  @Override
  public void close() {
    closed = true;
    server.stop(0);
    threads.shutdownNow();
  }
}
