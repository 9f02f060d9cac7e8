package dev.braid.jobs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every key that is declared. */
class KeysTest {
  private static final String SENSELESS = "no such value";
  private static final String PAGE = ConfigPage.markdown();

  static Stream<ConfigKey<?>> keys() {
    return Keys.TABLE.keys().stream();
  }

  /** Those that take more than any text. */
  static Stream<ConfigKey<?>> choosy() {
    return keys().filter(key -> !isAllowed(key, SENSELESS));
  }

  private static boolean isAllowed(final ConfigKey<?> key, final String value) {
    try {
      key.parse(value);
      return true;
    } catch (final ConfigException refused) {
      return false;
    }
  }

  @Test
  void noTwoHaveOneName() {
    assertEquals(keys().count(), keys().map(ConfigKey::name).distinct().count());
    assertEquals(
        keys().filter(key -> key.option() != null).count(),
        keys().map(ConfigKey::option).filter(option -> option != null).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void itIsDescribedAndItsDefaultAllowed(final ConfigKey<?> key) {
    assertFalse(key.description().isBlank());
    assertTrue(isAllowed(key, key.fallback()), key.fallback());
    assertTrue(PAGE.contains("| `" + key.name() + "`"));
  }

  /** By some other value than the default: the configuration is another one, or refuses it. */
  @ParameterizedTest
  @MethodSource("keys")
  void itIsRead(final ConfigKey<?> key) {
    final String value =
        Stream.concat(
                Stream.of("true", "false", "2", "3", "20 min", "7 s", "5 mb", "other"),
                Stream.of(key.type().allowed().split(", ")))
            .filter(other -> !other.equals(key.fallback()) && isAllowed(key, other))
            .findFirst()
            .orElseThrow();
    boolean matters;
    try {
      matters = !JobConfig.of(Map.of(key.name(), value)).equals(JobConfig.defaults());
    } catch (final ConfigException refused) {
      matters = true;
    }
    assertTrue(matters, key.name() + " changes nothing when it is " + value);
  }

  @ParameterizedTest
  @MethodSource("choosy")
  void aValueThatItDoesNotTakeStopsTheStartInOneSentence(final ConfigKey<?> key) {
    assertEquals(
        "Configuration key '"
            + key.name()
            + "' cannot be '"
            + SENSELESS
            + "': it takes "
            + key.type().allowed()
            + ".",
        assertThrows(ConfigException.class, () -> JobConfig.of(Map.of(key.name(), SENSELESS)))
            .getMessage());
  }
}
