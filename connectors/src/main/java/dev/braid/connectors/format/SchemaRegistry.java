package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A schema registry with Confluent's interface, over HTTP. A registry that does not answer is asked
 * again, with growing pauses, until patience ends. Not thread-safe.
 */
final class SchemaRegistry {
  /** Wire format: this byte, the schema's number in four bytes, then the record. */
  static final int HEADER = 5;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE = 100;
  private static final long LONGEST_PAUSE = 5_000;

  /** What Confluent's interface says where there is no schema of a number. */
  private static final int NO_SCHEMA = 40403;

  /** So long a number without a schema is not asked for again. */
  private static final long FORGET_MISSING_NANOS = 10_000_000_000L;

  private static final int MOST_MISSING = 10_000;

  /** When a number was asked for, and why it is of no use. */
  private record Missing(long since, String reason) {}

  private final RegistryOptions options;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /** Numbers that had no schema, or one of another type. */
  private final Map<Integer, Missing> missing = new HashMap<>();

  SchemaRegistry(final RegistryOptions options) {
    this.options = options;
  }

  /**
   * The schema's number in a record's wire format.
   *
   * @throws Refusal if the record is not in it
   */
  static int number(final byte[] record) throws Refusal {
    if (record[0] != 0) {
      throw new Refusal(
          String.format(
              "the record is not in the wire format of a schema registry: it begins with byte 0x%02x"
                  + " instead of 0x00",
              record[0]));
    }
    if (record.length < HEADER) {
      throw new Refusal("the record ends within the number of its schema");
    }
    return record[1] << 24
        | (record[2] & 0xff) << 16
        | (record[3] & 0xff) << 8
        | (record[4] & 0xff);
  }

  /** The wire format's beginning, into the first bytes of a record. */
  static void number(final int schema, final byte[] record) {
    record[0] = 0;
    for (int i = 1; i < HEADER; i++) {
      record[i] = (byte) (schema >>> (8 * (HEADER - 1 - i)));
    }
  }

  /**
   * What the registry answers of an Avro schema.
   *
   * @throws Refusal if there is none of that number
   * @throws UnavailableException if the registry does not answer
   */
  JsonNode schema(final int number) throws Refusal {
    return schema(number, "AVRO", "");
  }

  /**
   * What the registry answers of a Protobuf schema: its descriptor, in Base64, and what it imports.
   *
   * @throws Refusal if there is none of that number
   * @throws UnavailableException if the registry does not answer
   */
  JsonNode descriptor(final int number) throws Refusal {
    return schema(number, "PROTOBUF", "?format=serialized");
  }

  private JsonNode schema(final int number, final String type, final String query) throws Refusal {
    final Missing known = missing.get(number);
    if (known != null && System.nanoTime() - known.since < FORGET_MISSING_NANOS) {
      throw new Refusal(known.reason);
    }
    final String name = Integer.toUnsignedString(number);
    final HttpResponse<String> answer = ask("/schemas/ids/" + name + query, null);
    final JsonNode body = json(answer);
    if (answer.statusCode() == 404 && body.path("error_code").asInt() == NO_SCHEMA) {
      throw missing(
          number,
          "schema " + name + " of the record is not in the registry " + options.urls().get(0));
    }
    if (answer.statusCode() != 200 || !body.path("schema").isTextual()) {
      throw unusable(answer, "schema " + name);
    }
    final String is = body.path("schemaType").asText("AVRO");
    if (!is.equals(type)) {
      throw missing(number, "schema " + name + " is of type " + Refusal.show(is) + ", not " + type);
    }
    return body;
  }

  private Refusal missing(final int number, final String reason) {
    if (missing.size() >= MOST_MISSING) {
      missing.clear();
    }
    missing.put(number, new Missing(System.nanoTime(), reason));
    return new Refusal(reason);
  }

  /**
   * The number of a subject's schema.
   *
   * @throws Refusal if the subject has none of that version
   * @throws UnavailableException if the registry does not answer
   */
  int number(final String subject, final int version) throws Refusal {
    final HttpResponse<String> answer = ask(versions(subject) + '/' + version, null);
    final String what = "version " + version + " of subject " + Refusal.show(subject);
    if (answer.statusCode() == 404) {
      throw new Refusal("the record's schema imports " + what + ", which is not in the registry");
    }
    final JsonNode id = json(answer).path("id");
    if (answer.statusCode() != 200 || !id.isIntegralNumber()) {
      throw unusable(answer, what);
    }
    return id.asInt();
  }

  private static String versions(final String subject) {
    return "/subjects/"
        + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20")
        + "/versions";
  }

  /**
   * Registers a schema under a subject; one that is there already keeps its number.
   *
   * @param type as the registry names it
   * @return the schema's number
   * @throws UnavailableException if the registry does not answer, or does not take it
   */
  int register(final String subject, final String type, final String schema) {
    final ObjectNode wanted = JSON.createObjectNode().put("schema", schema);
    if (!type.equals("AVRO")) {
      // Registries that know Avro alone do not know the word.
      wanted.put("schemaType", type);
    }
    final HttpResponse<String> answer = ask(versions(subject), wanted.toString());
    final JsonNode id = json(answer).path("id");
    if (answer.statusCode() != 200 || !id.isIntegralNumber()) {
      throw unusable(answer, "a schema for subject '" + subject + "'");
    }
    return id.asInt();
  }

  private UnavailableException unusable(final HttpResponse<String> answer, final String what) {
    final String message = json(answer).path("message").asText();
    return new UnavailableException(
        "The schema registry "
            + answer.uri()
            + " answered "
            + answer.statusCode()
            + (message.isEmpty() ? "" : " ('" + message + "')")
            + " when it was asked for "
            + what
            + "; check the options that begin with 'registry'.",
        null);
  }

  private static JsonNode json(final HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (final JsonProcessingException noJson) {
      return JSON.createObjectNode();
    }
  }

  /** Asks each address in turn until one answers for good. */
  private HttpResponse<String> ask(final String path, final String body) {
    final long deadline = System.nanoTime() + options.patience().toNanos();
    long pause = FIRST_PAUSE;
    while (true) {
      String problem = "";
      IOException cause = null;
      for (final URI url : options.urls()) {
        try {
          final HttpResponse<String> answer =
              http.send(request(url, path, body), HttpResponse.BodyHandlers.ofString());
          if (isFinal(answer.statusCode())) {
            return answer;
          }
          problem = " answers " + answer.statusCode();
        } catch (final IOException failed) {
          problem = " cannot be reached (" + failed.getClass().getSimpleName() + ")";
          cause = failed;
        } catch (final InterruptedException cancelled) {
          throw interrupted(cancelled);
        }
      }
      if (System.nanoTime() + pause * 1_000_000 > deadline) {
        throw new UnavailableException(
            "The schema registry "
                + options.urls().get(0)
                + problem
                + ", for "
                + options.patience().toSeconds()
                + " s; the job begins anew from its last checkpoint and asks again.",
            cause);
      }
      try {
        Thread.sleep(pause);
      } catch (final InterruptedException cancelled) {
        throw interrupted(cancelled);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  private static UnavailableException interrupted(final InterruptedException cancelled) {
    Thread.currentThread().interrupt();
    return new UnavailableException("Cancelled while the schema registry was asked.", cancelled);
  }

  /** Whether asking again changes nothing: all but an overload or a fault of the server's own. */
  private static boolean isFinal(final int status) {
    return status < 500 && status != 408 && status != 429;
  }

  private HttpRequest request(final URI url, final String path, final String body) {
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(ANSWER)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (!options.user().isEmpty()) {
      final byte[] both =
          (options.user() + ':' + options.password()).getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(both));
    }
    if (body != null) {
      request
          .header("Content-Type", "application/vnd.schemaregistry.v1+json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return request.build();
  }
}
