package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Records cannot bring predictions of models that nobody has named. */
class ExternalNamesTest {
  private static final String EVENT =
      "{\"id\":1,\"features\":{\"vote:x:low\":1,\"@x:low\":1,\"@scores:low\":1,\"@\":1,\"a@b\":1}}";

  @Test
  void namesOfExternalPredictionsAreEscaped() {
    assertEquals(
        List.of("vote:x:low", "@@x:low", "@@scores:low", "@@", "a@b"),
        List.of(Records.event(Records.jsonEvents(DecoderOptions.DEFAULT), EVENT).names()));
  }

  @Test
  void thoseOfModelsThatAreNamedAreTaken() {
    final DecoderOptions options = DecoderOptions.DEFAULT.withExternal(List.of("scores"));
    assertEquals(
        List.of("vote:x:low", "@@x:low", "@scores:low", "@@", "a@b"),
        List.of(Records.event(Records.jsonEvents(options), EVENT).names()));
  }
}
