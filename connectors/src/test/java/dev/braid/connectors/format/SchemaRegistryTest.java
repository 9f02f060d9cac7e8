package dev.braid.connectors.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.spec.Options;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registry that is well, overloaded, without the schema, not there, or wants a password. */
class SchemaRegistryTest {
  private final StubRegistry stub = new StubRegistry();

  @AfterEach
  void close() {
    stub.close();
  }

  private SchemaRegistry registry(final String... keysAndValues) {
    final Map<String, String> options = new HashMap<>(stub.options());
    options.put("registry-wait", "1");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      options.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new SchemaRegistry(options(options));
  }

  private static RegistryOptions options(final Map<String, String> options) {
    return RegistryOptions.of(Options.of("registry", RegistryOptions.ALL, options));
  }

  @Test
  void aSchemaThatIsMissingCostsItsRecordsAndIsNotAskedForAgainAtOnce() {
    final SchemaRegistry registry = registry();
    for (int i = 0; i < 3; i++) {
      final Refusal refusal = assertThrows(Refusal.class, () -> registry.schema(-1));
      assertEquals(
          "schema 4294967295 of the record is not in the registry " + stub.url(),
          refusal.getMessage());
    }
    assertEquals(1, stub.asked.get());
  }

  @Test
  void aRegistryThatIsOverloadedIsAskedAgain() throws Refusal {
    stub.put(5, "\"string\"");
    stub.failing.set(2);
    assertEquals("\"string\"", registry().schema(5).path("schema").textValue());
    assertEquals(3, stub.asked.get());
  }

  @Test
  void aRegistryThatStaysAwayIsNotTheRecordsFault() {
    final SchemaRegistry registry = registry();
    stub.close();
    final UnavailableException gone =
        assertThrows(UnavailableException.class, () -> registry.schema(5));
    assertEquals(
        "The schema registry "
            + stub.url()
            + " cannot be reached (ConnectException), for 1 s; the job begins anew from its last"
            + " checkpoint and asks again.",
        gone.getMessage());
  }

  @Test
  void theSecondAddressAnswersWhereTheFirstIsGone() throws Refusal {
    stub.put(5, "\"string\"");
    final StubRegistry gone = new StubRegistry();
    gone.close();
    final SchemaRegistry registry = registry("registry", gone.url() + "," + stub.url() + "/");
    assertEquals("\"string\"", registry.schema(5).path("schema").textValue());
  }

  @Test
  void aPasswordIsShownWhereItIsAskedFor() throws Refusal {
    stub.put(5, "\"string\"");
    stub.authorization = "Basic " + Base64.getEncoder().encodeToString("ann:p:w".getBytes(UTF_8));
    assertEquals(
        "\"string\"",
        registry("registry-user", "ann", "registry-password", "p:w")
            .schema(5)
            .path("schema")
            .textValue());
    final UnavailableException refused =
        assertThrows(UnavailableException.class, () -> registry().schema(5));
    assertTrue(
        refused
            .getMessage()
            .contains("answered 401 ('Unauthorized') when it was asked for schema 5"),
        refused.getMessage());
  }

  @Test
  void thePasswordIsNotPrinted() {
    final RegistryOptions options =
        options(Map.of("registry-user", "ann", "registry-password", "secret"));
    assertTrue(!options.toString().contains("secret"), options.toString());
  }

  @Test
  void whatIsNoAddressIsRefused() {
    for (final String url : new String[] {"", "localhost:8081", "ftp://x", "http://", "a b"}) {
      final IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> options(Map.of("registry", url)), url);
      assertTrue(refused.getMessage().startsWith("option 'registry' of"), refused.getMessage());
    }
  }

  @Test
  void aSchemaIsRegisteredOnce() {
    final SchemaRegistry registry = registry();
    final int number = registry.register("a b/c", "AVRO", "\"int\"");
    assertEquals(number, registry.register("a b/c", "AVRO", "\"int\""));
    assertEquals("\"int\"", stub.schema(number));
  }
}
