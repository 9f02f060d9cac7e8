package dev.braid.jobs.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.ConfigException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LiveServerTest {
  private final LiveStore store = new LiveStore();
  private LiveServer server;

  @BeforeEach
  void start() throws Exception {
    server = LiveServer.start(store, "0");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void metrics(final String key, final int events) {
    final String json = "{\"key\":\"%s\",\"events\":%d}".formatted(key, events);
    store.record("metrics", "key", "ts", events, json.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> get(final String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private int port() {
    return URI.create(server.address()).getPort();
  }

  /** What a request as it is written here is answered with. */
  private List<String> raw(final String request, final int lines) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      final OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.UTF_8));
      out.flush();
      final BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      final List<String> read = new ArrayList<>();
      for (String line; read.size() < lines && (line = in.readLine()) != null; ) {
        read.add(line);
      }
      return read;
    }
  }

  /** The ids and kinds of the first events of a stream. */
  private List<String> events(final String path, final String lastId, final int count)
      throws Exception {
    final List<String> events = new ArrayList<>();
    final HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    try (var lines =
        HttpClient.newHttpClient()
            .send(request.build(), HttpResponse.BodyHandlers.ofLines())
            .body()) {
      final var each = lines.iterator();
      String id = "";
      while (events.size() < count) {
        final String line = each.next();
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          events.add(line.substring(7) + " " + id);
          id = "";
        }
      }
    }
    return events;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/live.js", "/charts.js", "/plots.js", "/page.css", "/models"})
  void everythingIsServedWithAPolicyThatRunsNoScriptButOurs(final String path) throws Exception {
    final HttpResponse<String> answer = get(path);
    assertEquals(200, answer.statusCode());
    final String policy = answer.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertTrue(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"));
    assertFalse(policy.contains("unsafe"));
    assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElseThrow());
  }

  @Test
  void theDocumentHasNoScriptOrHandlerInIt() throws Exception {
    final String page = get("/").body();
    assertFalse(page.matches("(?s).*<script[^>]*>[^<].*"));
    assertFalse(page.matches("(?s).*\\son[a-z]+=.*"));
    assertFalse(page.matches("(?s).*(src|href)=\"(https?:)?//.*"));
    assertFalse(get("/live.js").body().contains("innerHTML"));
    assertFalse(get("/charts.js").body().contains("innerHTML"));
  }

  @Test
  void whoNamesAnotherHostIsRefused() throws Exception {
    assertTrue(raw("GET /models HTTP/1.1\r\nHost: evil.example\r\n\r\n", 1).get(0).contains("403"));
    assertTrue(raw("GET /models HTTP/1.1\r\nHost: localhost:1\r\n\r\n", 1).get(0).contains("200"));
  }

  @Test
  void nothingCanBeWrittenAndWhatIsNotThereIsNotFound() throws Exception {
    assertTrue(
        raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 1)
            .get(0)
            .contains("405"));
    assertEquals(404, get("/../live.js").statusCode());
    assertEquals(404, get("/nothing").statusCode());
    assertEquals(200, get("/models?most=-3&search=%25zz").statusCode());
  }

  @Test
  void whoComesBackGoesOnWhereItWas() throws Exception {
    metrics("a", 1);
    metrics("b", 2);
    metrics("a", 3);
    final List<String> first = events("/events?key=a", null, 3);
    assertEquals("reset ", first.get(0));
    assertTrue(first.get(1).startsWith("metrics ") && first.get(2).startsWith("metrics "));

    final String id = first.get(1).substring(8);
    assertEquals(List.of(first.get(2)), events("/events?key=a", id, 1));
    assertEquals(List.of(first.get(2)), events("/events?key=a&after=" + id, null, 1));
    assertEquals(first, events("/events?key=a", "another-1", 3), "an id of another run");
  }

  @Test
  void whatHappensComesWithoutAsking() throws Exception {
    final Thread later =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
              } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              metrics("a", 7);
            });
    later.start();
    List<String> events = List.of();
    while (events.stream().noneMatch(event -> event.startsWith("metrics"))) {
      events = events("/events?key=a", null, 3);
    }
    later.join();
  }

  @Test
  void aPortThatIsTakenOrNoneIsToldInOneSentence() {
    final ConfigException taken =
        assertThrows(
            ConfigException.class, () -> LiveServer.start(store, Integer.toString(port())));
    assertTrue(taken.getMessage().contains("is free for the live page"), taken.getMessage());
    final ConfigException none =
        assertThrows(ConfigException.class, () -> LiveServer.start(store, "many"));
    assertTrue(none.getMessage().contains("cannot be 'many'"), none.getMessage());
  }
}
