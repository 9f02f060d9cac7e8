package dev.braid.jobs.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A schema registry in memory that can be down for a while: it takes schemas and gives them. */
final class SmallRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Map<String, String>> schemas = new ArrayList<>();
  private HttpServer server;
  private int port;

  SmallRegistry() throws IOException {
    up();
  }

  /** Begins to answer, always at the same address. */
  void up() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    port = server.getAddress().getPort();
    server.createContext("/", this::answer);
    server.start();
  }

  /** Answers no more, until it is {@link #up} again. */
  void down() {
    server.stop(0);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The schema of a number. */
  synchronized String schema(final int number) {
    return schemas.get(number - 1).get("schema");
  }

  private synchronized void answer(final HttpExchange exchange) throws IOException {
    try (exchange) {
      final Object answer;
      if (exchange.getRequestMethod().equals("POST")) {
        final JsonNode wanted = JSON.readTree(exchange.getRequestBody());
        final Map<String, String> schema =
            Map.of(
                "schema",
                wanted.path("schema").asText(),
                "schemaType",
                wanted.path("schemaType").asText("AVRO"));
        if (!schemas.contains(schema)) {
          schemas.add(schema);
        }
        answer = Map.of("id", schemas.indexOf(schema) + 1);
      } else {
        final String path = exchange.getRequestURI().getPath();
        answer = schemas.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)) - 1);
      }
      final byte[] bytes = JSON.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    down();
  }
}
