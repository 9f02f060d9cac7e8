package dev.braid.connectors.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A schema registry in memory, with what Braid asks of one. */
final class StubRegistry implements AutoCloseable {
  private static final String PROTOBUF = "PROTOBUF";
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Else each answer waits 40 ms for the client's word that it got the headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final Map<Integer, Map<String, Object>> schemas = new TreeMap<>();
  private final Map<String, Integer> subjects = new ConcurrentHashMap<>();

  /** Requests so far. */
  final AtomicInteger asked = new AtomicInteger();

  /** So many requests from now on are answered by an error of the server's. */
  final AtomicInteger failing = new AtomicInteger();

  /** Whether Protobuf schemas are given as descriptors where that is asked for. */
  volatile boolean descriptors = true;

  /** What a request must bring as its authorization; null for nothing. */
  volatile String authorization;

  StubRegistry() {
    this(0);
  }

  StubRegistry(final int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  Map<String, String> options() {
    return Map.of("registry", url());
  }

  /** Puts an Avro schema there under a number. */
  synchronized void put(final int number, final String schema) {
    schemas.put(number, Map.of("schema", schema));
  }

  /**
   * Puts a Protobuf schema there under a number.
   *
   * @param imports numbers of the schemas that it imports, by their files
   */
  synchronized void put(
      final int number, final FileDescriptorProto file, final Map<String, Integer> imports) {
    final List<Map<String, Object>> references = new ArrayList<>();
    imports.forEach(
        (name, imported) -> {
          references.add(Map.of("name", name, "subject", "s " + imported, "version", 1));
          subjects.put("s " + imported, imported);
        });
    schemas.put(
        number,
        Map.of(
            "schemaType",
            PROTOBUF,
            "schema",
            Base64.getEncoder().encodeToString(file.toByteArray()),
            "references",
            references));
  }

  /** Takes a subject away, though not its schemas. */
  void forget(final String subject) {
    subjects.remove(subject);
  }

  /** The number that a subject's last schema has. */
  Integer number(final String subject) {
    return subjects.get(subject);
  }

  synchronized String schema(final int number) {
    return (String) schemas.get(number).get("schema");
  }

  private void answer(final HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    try (exchange) {
      if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      final String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization != null && !authorization.equals(given)) {
        send(exchange, 401, Map.of("error_code", 401, "message", "Unauthorized"));
        return;
      }
      final List<String> path = List.of(exchange.getRequestURI().getPath().split("/"));
      if (path.get(1).equals("schemas")) {
        find(exchange, Integer.parseUnsignedInt(path.get(3)));
      } else if (exchange.getRequestMethod().equals("GET")) {
        findVersion(exchange, path.get(2));
      } else {
        register(exchange, path.get(2));
      }
    }
  }

  private synchronized void find(final HttpExchange exchange, final int number) throws IOException {
    final Map<String, Object> schema = schemas.get(number);
    if (schema == null) {
      send(exchange, 404, Map.of("error_code", 40403, "message", "Schema not found"));
    } else if (PROTOBUF.equals(schema.get("schemaType"))
        && !(descriptors && "format=serialized".equals(exchange.getRequestURI().getQuery()))) {
      send(exchange, 200, Map.of("schemaType", PROTOBUF, "schema", "syntax = \"proto3\";"));
    } else {
      send(exchange, 200, schema);
    }
  }

  private void findVersion(final HttpExchange exchange, final String subject) throws IOException {
    final Integer number = subjects.get(subject);
    if (number == null) {
      send(exchange, 404, Map.of("error_code", 40401, "message", "Subject not found"));
    } else {
      send(exchange, 200, Map.of("subject", subject, "version", 1, "id", number));
    }
  }

  private synchronized void register(final HttpExchange exchange, final String subject)
      throws IOException {
    final JsonNode wanted = JSON.readTree(exchange.getRequestBody());
    final String schema = wanted.path("schema").textValue();
    final List<Integer> numbers = new ArrayList<>(schemas.keySet());
    int number = 0;
    for (final int known : numbers) {
      number = schema(known).equals(schema) ? known : number;
    }
    if (number == 0) {
      number = numbers.isEmpty() ? 1 : numbers.get(numbers.size() - 1) + 1;
      schemas.put(
          number, Map.of("schema", schema, "schemaType", wanted.path("schemaType").asText("AVRO")));
    }
    subjects.put(subject, number);
    send(exchange, 200, Map.of("id", number));
  }

  private static void send(final HttpExchange exchange, final int status, final Map<String, ?> body)
      throws IOException {
    final byte[] bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
