package dev.braid.jobs.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.demo.Chromium;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A tab of a headless Chromium, driven by the DevTools protocol. */
final class Tab implements AutoCloseable, WebSocket.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PATIENCE_MILLIS = 60_000;

  private final Process browser;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private WebSocket socket;

  private Tab(final Process browser) {
    this.browser = browser;
  }

  /**
   * @param profile an empty folder for the browser
   */
  static Tab open(final Chromium chromium, final Path profile, final String address)
      throws Exception {
    final Process browser =
        chromium.start(profile, profile.resolve("out.log"), "--remote-debugging-port=0");
    final Tab tab = new Tab(browser);
    try {
      final Path port = profile.resolve("DevToolsActivePort");
      for (long tries = PATIENCE_MILLIS / 50; tries > 0 && !Files.exists(port); tries--) {
        Thread.sleep(50);
      }
      Thread.sleep(100);
      final String host = "http://127.0.0.1:" + Files.readAllLines(port).get(0);
      final HttpClient http = HttpClient.newHttpClient();
      final String made =
          http.send(
                  HttpRequest.newBuilder(URI.create(host + "/json/new"))
                      .PUT(HttpRequest.BodyPublishers.noBody())
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      tab.socket =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create(JSON.readTree(made).path("webSocketDebuggerUrl").asText()), tab)
              .get();
      tab.call("Runtime.enable", Map.of());
      tab.call("Log.enable", Map.of());
      tab.call("Page.enable", Map.of());
      tab.call("Page.navigate", Map.of("url", address));
      return tab;
    } catch (final Exception failed) {
      tab.close();
      throw failed;
    }
  }

  @Override
  public CompletionStage<?> onText(
      final WebSocket from, final CharSequence data, final boolean last) {
    text.append(data);
    if (last) {
      try {
        take(JSON.readTree(text.toString()));
      } catch (final IOException malformed) {
        errors.add(malformed.toString());
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  private void take(final JsonNode message) {
    final CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt(-1));
    if (answer != null) {
      answer.complete(message);
    } else if (message.path("method").asText().equals("Runtime.exceptionThrown")) {
      errors.add(message.path("params").toString());
    } else if (message.path("method").asText().equals("Log.entryAdded")) {
      final JsonNode entry = message.path("params").path("entry");
      if (entry.path("level").asText().equals("error")
          && !entry.path("source").asText().equals("network")) {
        errors.add(entry.toString());
      }
    }
  }

  private JsonNode call(final String method, final Map<String, Object> parameters)
      throws Exception {
    final int id = ids.incrementAndGet();
    final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    final ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    socket.sendText(message.toString(), true).get();
    final JsonNode got = answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (got.has("error")) {
      throw new IOException(method + ": " + got.get("error"));
    }
    return got.path("result");
  }

  /** The value of an expression of the page. */
  JsonNode value(final String expression) throws Exception {
    final JsonNode result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(expression + ": " + result.get("exceptionDetails"));
    }
    return result.path("result").path("value");
  }

  String text(final String selector) throws Exception {
    return value("document.querySelector(" + JSON.writeValueAsString(selector) + ").textContent")
        .asText();
  }

  /** Waits until an expression of the page is true. */
  void await(final String expression) throws Exception {
    for (long tries = PATIENCE_MILLIS / 100; tries > 0; tries--) {
      // Not a failure yet: the document may be on its way.
      if (value("(() => { try { return " + expression + "; } catch (e) { return false; } })()")
          .asBoolean()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(
        expression + " does not come true; errors: " + errors + "; the page: " + text("main"));
  }

  void type(final String characters) throws Exception {
    call("Input.insertText", Map.of("text", characters));
  }

  void press(final String key, final int code) throws Exception {
    for (final String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  void size(final int width, final int height, final boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    Thread.sleep(500);
  }

  void screenshot(final Path file) throws Exception {
    final String data =
        call("Page.captureScreenshot", Map.of("format", "png")).path("data").asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  /** Exceptions and violations of the page's policy. */
  List<String> errors() {
    return List.copyOf(errors);
  }

  @Override
  public void close() {
    browser.descendants().forEach(ProcessHandle::destroy);
    browser.destroy();
    try {
      if (!browser.waitFor(10, TimeUnit.SECONDS)) {
        browser.destroyForcibly();
      }
    } catch (final InterruptedException e) {
      browser.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
